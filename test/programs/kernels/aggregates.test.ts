import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  frequencies,
  gridCells,
  rowsByMember,
  sharedValues,
  sumOf,
  tablesWith,
} from "../../../programs/kernels/aggregates.ts";
import type { Column, MemberTable } from "../../../protocol/program.ts";

const fixed = (values: readonly number[]): Column => ({
  type: "fixed",
  values: Int32Array.from(values),
});
/** A dictionary in the order of first use, after an entry that no row uses. */
function strings(values: readonly string[]): Column {
  const dictionary = [...new Set(["nobody's", ...values])];
  const codes = Uint32Array.from(values, (value) => dictionary.indexOf(value));
  return { type: "string", values: codes, dictionary };
}
const tableOf = (member: number, columns: Record<string, Column>): MemberTable => ({
  member,
  rows: Object.values(columns)[0]!.values.length,
  columns,
});

describe("aggregates", () => {
  it("sums exactly, beyond what a double holds", () => {
    const most = 2 ** 31 - 1;
    // 2^23 rows of 2^31 - 1 are over 2^53, and end in a digit that a double has lost.
    const values = new Int32Array(2 ** 23 + 3).fill(most);
    const table: MemberTable = {
      member: 0,
      rows: values.length,
      columns: { amount: { type: "fixed", values } },
    };
    expect(sumOf([table, tableOf(1, { amount: fixed([-1]) })], "amount")).toBe(
      BigInt(values.length) * BigInt(most) - 1n,
    );
  });

  it("counts frequencies and shared values as a plain loop does, however rows are cut into datasets", () => {
    const row = fc.tuple(
      fc.nat({ max: 3 }),
      fc.constantFrom("a", "b", "c", "é"),
      fc.nat({ max: 5 }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const tables = rows.map(([member, name, number]) =>
          tableOf(member, { name: strings([name]), number: fixed([number]) }),
        );
        const counted = frequencies(tables, "name");
        for (const [name, members] of counted)
          for (const [member, count] of members)
            expect(count).toBe(rows.filter(([m, n]) => m === member && n === name).length);
        expect([...counted.keys()].toSorted()).toEqual(
          [...new Set(rows.map(([, name]) => name))].toSorted(),
        );
        const holders = (number: number) =>
          new Set(rows.filter(([, , n]) => n === number).map(([member]) => member)).size;
        expect(sharedValues(tables, "number")).toBe(
          [0, 1, 2, 3, 4, 5].filter((number) => holders(number) > 1).length,
        );
      }),
    );
  });

  it("takes no value for shared that one member has twice, or that no row uses", () => {
    const twice = [tableOf(0, { name: strings(["a", "a"]) }), tableOf(0, { name: strings(["a"]) })];
    expect(sharedValues(twice, "name")).toBe(0);
    expect(sharedValues([...twice, tableOf(1, { name: strings(["b"]) })], "name")).toBe(0);
    expect(sharedValues([...twice, tableOf(1, { name: strings(["a"]) })], "name")).toBe(1);
  });

  it("leaves out datasets without an optional column", () => {
    const tables = [tableOf(0, { a: fixed([1, 2]) }), tableOf(1, { a: fixed([3]), b: fixed([4]) })];
    expect(rowsByMember(tablesWith(tables, "b"))).toEqual(new Map([[1, 1]]));
    expect(tablesWith(tables, "constructor")).toEqual([]);
    expect(() => sumOf(tables, "b")).toThrow(TypeError);
  });

  it("puts places into cells by their south-western corner, 180° to -180°", () => {
    const table = tableOf(4, {
      latitude: fixed([0, -1, 999_999, 51_500_000]),
      longitude: fixed([0, -1, 500_000, 180_000_000]),
    });
    const cells = gridCells([table], 1_000_000).map(({ latitude, longitude, rows }) => [
      latitude,
      longitude,
      [...rows],
    ]);
    expect(cells).toEqual([
      [0, 0, [[4, 2]]],
      [-1_000_000, -1_000_000, [[4, 1]]],
      [51_000_000, -180_000_000, [[4, 1]]],
    ]);
  });
});
