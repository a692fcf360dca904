import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvOf } from "../../../client/kit/csv.ts";
import { mockRows } from "../../../client/kit/mock.ts";
import { blocksFrom } from "../../../client/sdk/rows.ts";
import type { ColumnSpec, TableSpec } from "../../../protocol/program.ts";

const spec: TableSpec = {
  name: "customers",
  columns: [
    { name: "latitude", type: "fixed", scale: 6, min: -90, max: 90 },
    { name: "spent", type: "float64" },
    { name: 'a "quoted", name', type: "string" },
    { name: "active", type: "boolean" },
  ],
};

/** Rows that the reader of tables takes out of a CSV. */
async function taken(table: TableSpec, csv: string): Promise<number> {
  let rows = 0;
  for await (const block of blocksFrom(table, csv, { minRows: 1 })) rows += block.rows;
  return rows;
}

describe("mockRows", () => {
  it("makes the same rows of the same seed, and others of another", () => {
    expect(mockRows(spec, 50, "a")).toEqual(mockRows(spec, 50, "a"));
    expect(mockRows(spec, 50, "a")).not.toEqual(mockRows(spec, 50, "b"));
  });

  it("fills the bounds", () => {
    const latitudes = mockRows(spec, 1000).map(({ latitude }) => latitude as number);
    expect(Math.min(...latitudes)).toBeLessThan(-80);
    expect(Math.max(...latitudes)).toBeGreaterThan(80);
    expect(latitudes.every((degrees) => degrees >= -90 && degrees <= 90)).toBe(true);
  });

  it("makes what the reader of tables takes", async () => {
    expect(await taken(spec, csvOf(spec, mockRows(spec, 500)))).toBe(500);
  });

  it("does so for any numeric column", async () => {
    const bound = fc.integer({ min: -2, max: 2 });
    const column = fc.record({
      name: fc.constant("n"),
      type: fc.constantFrom("fixed", "float64"),
      scale: fc.integer({ min: 0, max: 9 }),
      min: fc.option(bound, { nil: undefined }),
      max: fc.option(bound, { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(column, async ({ type, scale, min, max }) => {
        fc.pre(min === undefined || max === undefined || min <= max);
        const bounded = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
        const scaled = type === "fixed" ? { scale } : {};
        const one = { name: "n", type, ...scaled, ...bounded } as ColumnSpec;
        const table = { name: "t", columns: [one] };
        expect(await taken(table, csvOf(table, mockRows(table, 20)))).toBe(20);
      }),
    );
  });

  it.each([{ min: 5000 }, { max: -5000 }])("does so with one far bound: %o", async (bound) => {
    const table: TableSpec = { name: "t", columns: [{ name: "n", type: "fixed", ...bound }] };
    expect(await taken(table, csvOf(table, mockRows(table, 100)))).toBe(100);
  });
});
