import { describe, expect, it } from "vitest";
import type { ClosedSchema } from "../../../../protocol/closed-schema/dialect.ts";
import { policy } from "../../../programs/location-analytics/support.ts";
import { amount, askValue, integer, sales, three, times, type Sale } from "./value-support.ts";

const sum = { aggregate: "sum", table: "sales", column: "amount" };
const mean = { aggregate: "mean", table: "sales", column: "amount" };
const rows = { aggregate: "rows", table: "sales" };
const shared = { aggregate: "shared", table: "sales", column: "item" };
const frequencies = { aggregate: "frequencies", table: "sales", column: "item" };
const grid = (degrees: number) => ({ aggregate: "grid", table: "sales", degrees });

const object = (properties: Record<string, ClosedSchema>): ClosedSchema => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const list = (items: ClosedSchema): ClosedSchema => ({ type: "array", items, maxItems: 100 });
const counted = object({
  values: list(object({ value: { type: "string", maxLength: 64 }, rows: integer })),
  other: integer,
});
const degrees = { type: "number", minimum: -180, maximum: 180, multipleOf: 0.001 } as const;
const cells = object({
  cells: list(object({ latitude: degrees, longitude: degrees, rows: integer })),
  other: integer,
});
const two = policy({ minParties: 2 });

describe("a value of the program's own", () => {
  it("leaves as canonical JSON when it fits", () => {
    const schema = object({ winner: { type: "string", maxLength: 5 }, bids: integer });
    expect(askValue({ winner: "ann", bids: 3 }, { schema })).toEqual({ bids: 3, winner: "ann" });
    expect(askValue(-0)).toBe(0);
    expect(askValue(1_000_001)).toBe("RELEASE_MALFORMED");
  });

  it("needs the data of several members in it, or of none, or one word that was known before", () => {
    const constant = { const: "recorded" } as const;
    for (const contributors of [0b1, 0b11, 0b1000_0001])
      expect(askValue(7, { contributors })).toBe("PARTIES_TOO_FEW");
    expect(askValue(7, { contributors: 0b1011 })).toBe(7);
    expect(askValue(7, { contributors: 0 })).toBe(7);
    expect(askValue(7, { contributors: 0b11, policy: two })).toBe(7);
    expect(askValue("recorded", { contributors: 0b1, schema: constant })).toBe("recorded");
    const choice = { enum: ["yes", "no"] } as const;
    expect(askValue("yes", { contributors: 0b1, schema: choice })).toBe("PARTIES_TOO_FEW");
  });

  it("is for the caller alone when the rule says so", () => {
    expect(askValue(7, { to: "caller", recipients: 0b100, requester: 2 })).toBe(7);
    for (const recipients of [0b110, 0b1, 0])
      expect(askValue(7, { to: "caller", recipients, requester: 2 })).toBe(
        "RECIPIENTS_NOT_ALLOWED",
      );
  });

  it("is no larger than the program's own limit", () => {
    const schema = { type: "string", maxLength: 100 } as const;
    const manifest = (outputBytes: number) => ({
      name: "value",
      version: "1",
      runtime: 1,
      rows: false,
      tables: [],
      functions: {
        ask: {
          params: { const: null },
          reads: [],
          changesState: false,
          release: { kind: "value", schema } as const,
        },
      },
      limits: { outputBytes },
    });
    expect(askValue("abc", { manifest: manifest(5) })).toBe("abc");
    expect(askValue("abc", { manifest: manifest(4) })).toBe("RELEASE_MALFORMED");
  });
});

describe("aggregates", () => {
  it("are computed by the gate, wherever the program puts them", () => {
    const tables = {
      sales: [0, 1, 2].map((member) => sales(member, times(10, { amount: member + 0.25 }))),
    };
    const schema = object({ list: list(amount) });
    expect(askValue({ list: [sum, mean, rows, 5] }, { schema, tables })).toEqual({
      list: [37.5, 1.25, 30, 5],
    });
  });

  it("round means to the column's scale, halves up", () => {
    const of = (amounts: readonly number[]) => ({
      tables: {
        sales: [
          sales(
            0,
            amounts.map((one) => ({ amount: one })),
          ),
        ],
      },
      policy: policy({ minParties: 1, minCohort: 1, maxShare: 1 }),
      schema: amount,
    });
    expect(askValue(mean, of([0.01, 0.02]))).toBe(0.02);
    expect(askValue(mean, of([-0.01, -0.02]))).toBe(-0.01);
    expect(askValue(mean, of([0.01, 0.01, 0.02]))).toBe(0.01);
  });

  it("count values that at least two members hold", () => {
    const items = (from: number, count: number): Sale[] =>
      Array.from({ length: count }, (_, i) => ({ item: `customer ${from + i}` }));
    const tables = { sales: [sales(0, items(0, 30)), sales(1, items(18, 40))] };
    expect(askValue(shared, { tables, policy: two })).toBe(12);
    expect(askValue(shared, { tables })).toBe("PARTIES_TOO_FEW");
    const fewer = { sales: [sales(0, items(0, 30)), sales(1, items(21, 40))] };
    expect(askValue(shared, { tables: fewer, policy: two })).toBe("COHORT_TOO_SMALL");
    const uneven = { sales: [sales(0, items(0, 12)), sales(1, items(0, 400))] };
    expect(askValue(shared, { tables: uneven, policy: two })).toBe(12);
  });

  it("name frequent values; the smallest named one joins the others when these do not stand for themselves", () => {
    const tables = {
      sales: [0, 1, 2].map((member) =>
        sales(member, [
          ...times(8, { item: "tea" }),
          ...times(9, { item: "é" }),
          ...times(5, { item: "rare" }),
          ...times(member === 0 ? 20 : 0, { item: "only one sells it" }),
        ]),
      ),
    };
    expect(askValue(frequencies, { tables, schema: counted })).toEqual({
      values: [
        { value: "é", rows: 27 },
        { value: "tea", rows: 24 },
      ],
      other: 35,
    });
  });

  it("say nothing but the total when no value stands for itself", () => {
    const tables = {
      sales: [0, 1, 2].map((member) => sales(member, times(10, { item: `of ${member}` }))),
    };
    expect(askValue(frequencies, { tables, schema: counted })).toEqual({ values: [], other: 30 });
    const rules = policy({ maxClasses: 2 });
    expect(askValue(frequencies, { tables, schema: counted, policy: rules })).toBe(
      "TOO_MANY_CLASSES",
    );
  });

  it("count rows in cells, fullest first, sparse cells together", () => {
    const tables = {
      sales: [0, 1, 2].map((member) =>
        sales(member, [
          ...times(7, { place: [51.5, -0.12] }),
          ...times(9, { place: [-0.001, 179.999] }),
          ...times(1, { place: [40, member] }),
          ...times(member === 0 ? 14 : 7, { place: [52.25, 4.9] }),
        ]),
      ),
    };
    expect(askValue(grid(0.25), { tables, schema: cells })).toEqual({
      cells: [
        { latitude: 52.25, longitude: 4.75, rows: 28 },
        { latitude: -0.25, longitude: 179.75, rows: 27 },
      ],
      other: 24,
    });
  });

  it("are of datasets that have the column", () => {
    const discount = { aggregate: "rows", table: "sales", column: "discount" };
    expect(askValue(discount)).toBe("RELEASE_MALFORMED");
    expect(askValue({ ...sum, column: "discount" }, { schema: amount })).toBe("TABLE_MISSING");
    expect(askValue(rows, { tables: { sales: [] } })).toBe("TABLE_MISSING");
    expect(askValue(rows, { tables: {} })).toBe("TABLE_MISSING");
  });

  it("are refused parties first, then cohort, then share", () => {
    const of = (...counts: number[]) => ({
      tables: { sales: counts.map((count, member) => sales(member, times(count))) },
    });
    expect(askValue(rows, of(5, 5))).toBe("PARTIES_TOO_FEW");
    expect(askValue(rows, of(50, 5, 4))).toBe("COHORT_TOO_SMALL");
    expect(askValue(rows, of(50, 6, 4))).toBe("PARTY_SHARE_TOO_LARGE");
    expect(askValue(rows, of(40, 6, 4))).toBe(50);
  });

  it("refuse a sum that no number holds", () => {
    const most = sales(0, times(10));
    const values = new Int32Array(500_000).fill(2 ** 31 - 1);
    const table = {
      ...most,
      rows: values.length,
      columns: { ...most.columns, amount: { type: "fixed", values } as const },
    };
    const tables = { sales: [0, 1, 2].map((member) => ({ ...table, member })) };
    expect(askValue(sum, { tables, schema: amount })).toBe("RELEASE_MALFORMED");
    expect(askValue(mean, { tables, schema: amount })).toBe(21_474_836.47);
  });

  it("take every member once, whatever its datasets", () => {
    const shards = [...three.slice(0, 1), ...three.slice(0, 1), ...three.slice(0, 1)];
    expect(askValue(rows, { tables: { sales: shards } })).toBe("PARTIES_TOO_FEW");
  });
});
