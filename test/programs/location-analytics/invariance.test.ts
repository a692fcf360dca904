/** The same rows give the same bytes, however they are ordered and whoever holds them. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../protocol/json.ts";
import type { MemberTable } from "../../../protocol/program.ts";
import { ask, memberTable, type Row } from "./support.ts";

/** Many rows at the same place, on the same parallel, and too far apart for exact squares. */
const coordinate = fc.oneof(
  fc.integer({ min: -1500, max: 1500 }).map((value) => value / 100),
  fc.integer({ min: -2, max: 2 }).map((value) => value * 40),
);
const place = fc.tuple(coordinate, coordinate);
const labelled = fc.tuple(coordinate, coordinate, fc.constantFrom("a", "b", "c"), fc.boolean());

/** Rows, the same rows shuffled, and for each of those one of three members. */
function arrangements(row: fc.Arbitrary<Row>) {
  return fc.array(row, { minLength: 12, maxLength: 40 }).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      shuffled: fc.shuffledSubarray(rows, { minLength: rows.length }),
      members: fc.array(fc.nat({ max: 2 }), { minLength: rows.length, maxLength: rows.length }),
    }),
  );
}

/** A member without rows sends no dataset. */
function split(rows: readonly Row[], members: readonly number[]): MemberTable[] {
  return [0, 1, 2]
    .map((member) => ({ member, rows: rows.filter((_, i) => members[i] === member) }))
    .filter((shard) => shard.rows.length > 0)
    .map((shard) => memberTable(shard.member, shard.rows));
}

const classify = (params: Json, training: readonly MemberTable[]): Json =>
  ask("classify", { params, tables: { training, locations: training } });

describe("order of rows and members", () => {
  it("does not change clusters", () => {
    fc.assert(
      fc.property(arrangements(place), ({ rows, shuffled, members }) => {
        const params = { k: 3 };
        const one = ask("cluster", { params, tables: { locations: [memberTable(0, rows)] } });
        const three = ask("cluster", { params, tables: { locations: split(shuffled, members) } });
        expect(three).toEqual(one);
      }),
      { numRuns: 40 },
    );
  });

  it.each([{ method: "knn", k: 3 }, { method: "naive-bayes" }])(
    "does not change classes by %o",
    (params) => {
      fc.assert(
        fc.property(arrangements(labelled), ({ rows, shuffled, members }) => {
          fc.pre(rows.some(([, , , test]) => test) && rows.filter((row) => !row[3]).length >= 3);
          expect(classify(params, split(shuffled, members))).toEqual(
            classify(params, [memberTable(0, rows)]),
          );
        }),
        { numRuns: 150 },
      );
    },
  );
});
