/** Whatever a program proposes, the gate answers, and never with a group below the cohort. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failureReasons } from "../../../../protocol/reasons.ts";
import { memberTable, policy, type Row } from "../../../programs/location-analytics/support.ts";
import { ask, askClusters, labelled, spread } from "./support.ts";

interface Clusters {
  readonly centres: readonly { readonly size: number }[];
}
interface Classes {
  readonly rows: number;
  readonly other: number;
  readonly classes: readonly { readonly rows: number }[];
  readonly holdout: { readonly rows: number; readonly matrix: readonly number[][] };
}

const reasons: readonly unknown[] = failureReasons;
const loose = policy({ minParties: 2, minCohort: 4, maxShare: 0.9 });
const numbers = fc.oneof(fc.nat({ max: 5 }), fc.double(), fc.integer());
const anyList = fc.oneof(
  fc.uint32Array({ max: 4, minLength: 24, maxLength: 24 }),
  fc.uint32Array(),
  fc.float64Array(),
  fc.anything(),
);

describe("the gate under arbitrary proposals", () => {
  const tables = {
    locations: spread([8, 8, 8]),
    training: labelled({ a: 20, b: 20, c: 20 }),
  };

  it("answers anything with an output or a known reason", () => {
    const proposal = fc.oneof(
      fc.anything({
        withBigInt: true,
        withMap: true,
        withTypedArray: true,
        withNullPrototype: true,
      }),
      fc.record(
        {
          kind: fc.constantFrom("clusters", "classes", "predictions"),
          k: fc.oneof(numbers, fc.anything()),
          labels: fc.oneof(fc.constant(["a", "b", "c"]), fc.array(fc.string()), fc.anything()),
          assignment: anyList,
          actual: anyList,
          predicted: anyList,
        },
        { requiredKeys: ["kind"] },
      ),
    );
    const name = fc.constantFrom("cluster", "classify", "predict");
    fc.assert(
      fc.property(name, proposal, (functionName, value) => {
        const answer = ask(functionName, {
          proposal: value,
          tables,
          privateTable: memberTable(0, [[0, 0]]),
        });
        expect(typeof answer === "object" || reasons.includes(answer)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it("never releases a cluster below the cohort, of too few parties or of one member's mass", () => {
    const members = fc.array(fc.nat({ max: 3 }), { minLength: 10, maxLength: 40 });
    let released = 0;
    fc.assert(
      fc.property(
        members,
        fc.integer({ min: 1, max: 3 }),
        fc.infiniteStream(fc.nat()),
        (list, k, draw) => {
          const groups = Uint32Array.from(list, () => draw.next().value! % k);
          const locations = list.map((member, i) =>
            memberTable(member, [[i * 0.1 + i * i * 0.01, i] satisfies Row]),
          );
          const answer = askClusters(locations, groups, k, loose);
          if (typeof answer === "string") return;
          released++;
          for (let group = 0; group < k; group++) {
            const owners = list.filter((_, i) => groups[i] === group);
            const largest = Math.max(
              ...owners.map((one) => owners.filter((m) => m === one).length),
            );
            expect(owners.length).toBeGreaterThanOrEqual(4);
            expect(new Set(owners).size).toBeGreaterThanOrEqual(2);
            expect(largest / owners.length).toBeLessThanOrEqual(0.9);
          }
          const sizes = (answer as unknown as Clusters).centres.map(({ size }) => size);
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(list.length);
        },
      ),
      { numRuns: 1000 },
    );
    expect(released).toBeGreaterThan(100);
  });

  it("never releases a class or a row of the matrix below the cohort", () => {
    const code = fc.nat({ max: 2 });
    const of = (length: number) => fc.array(code, { minLength: length, maxLength: length });
    let released = 0;
    fc.assert(
      fc.property(of(24), fc.nat({ max: 24 }), (list, zeros) => {
        const training = labelled({ a: 20, b: 5, c: 20 }, true);
        const assignment = Uint32Array.from(list, (value, i) => (i < zeros ? 0 : value));
        const truth = training.flatMap(({ columns }) => {
          const { label } = columns;
          return label?.type === "string" ? [...label.values].map((v) => label.dictionary[v]!) : [];
        });
        const facts = Uint32Array.from(truth, (label) => "abc".indexOf(label));
        const proposal = {
          kind: "classes",
          labels: ["a", "b", "c"],
          assignment,
          actual: facts,
          predicted: facts,
        };
        const answer = ask("classify", {
          proposal,
          tables: { locations: spread([8, 8, 8]), training },
          policy: policy({ minCohort: 6 }),
        });
        if (typeof answer === "string") return;
        released++;
        const { classes, other, rows, holdout } = answer as unknown as Classes;
        const counts = classes.map(({ rows: count }) => count);
        expect(counts.reduce((sum, count) => sum + count, other)).toBe(rows);
        for (const count of [...counts, other].filter((one) => one > 0))
          expect(count).toBeGreaterThanOrEqual(6);
        for (const row of holdout.matrix.map((cells) => cells.reduce((sum, cell) => sum + cell, 0)))
          expect(row === 0 || row >= 6).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(released).toBeGreaterThan(50);
  });
});
