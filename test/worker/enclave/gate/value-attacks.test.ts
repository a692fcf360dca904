/** What a hostile program or member tries against the release rule `value`. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../../../protocol/bytes.ts";
import { largestOutput } from "../../../../protocol/closed-schema/bound.ts";
import { faultIn } from "../../../../protocol/closed-schema/fit.ts";
import type { ClosedSchema } from "../../../../protocol/closed-schema/dialect.ts";
import { canonicalJson } from "../../../../protocol/json.ts";
import { failureReasons } from "../../../../protocol/reasons.ts";
import { anySchema } from "../../../protocol/closed-schema/arbitrary.ts";
import { policy } from "../../../programs/location-analytics/support.ts";
import { amount, askValue, integer, sales, three, times, type Sale } from "./value-support.ts";

const malformed = "RELEASE_MALFORMED";
const sum = { aggregate: "sum", table: "sales", column: "amount" };
const rows = { aggregate: "rows", table: "sales" };
const frequencies = { aggregate: "frequencies", table: "sales", column: "item" };
const anyList: ClosedSchema = { type: "array", items: amount, maxItems: 1000 };
const open: ClosedSchema = {
  type: "object",
  properties: { constructor: integer, note: { type: "string", maxLength: 9 } },
  additionalProperties: false,
};

describe("a hostile member", () => {
  const victim = sales(1, [{ amount: 77_123.45 }]);
  const schema = amount;

  it("cannot subtract its own rows from a sum and read the other's", () => {
    const tables = { sales: [sales(0, times(30)), sales(1, times(30, { amount: 3 }))] };
    expect(askValue(sum, { tables, schema })).toBe("PARTIES_TOO_FEW");
  });

  it("cannot bring about parties, cohort or share with rows of its own", () => {
    const planted = sales(0, times(60));
    const alone = { sales: [planted, planted, planted, victim] };
    expect(askValue(sum, { tables: alone, schema })).toBe("PARTIES_TOO_FEW");
    const two = policy({ minParties: 2 });
    expect(askValue(sum, { tables: alone, schema, policy: two })).toBe("COHORT_TOO_SMALL");
    const others = { sales: [planted, victim, sales(2, times(9))] };
    expect(askValue(sum, { tables: others, schema, policy: two })).toBe("PARTY_SHARE_TOO_LARGE");
  });

  it("cannot look for one customer by a list of its own", () => {
    const items = (names: readonly string[]): Sale[] => names.map((item) => ({ item }));
    const known = Array.from({ length: 40 }, (_, i) => `customer ${i}`);
    const shared = { aggregate: "shared", table: "sales", column: "item" };
    const of = (asked: readonly string[]) => ({
      tables: { sales: [sales(0, items(asked)), sales(1, items(known))] },
      policy: policy({ minParties: 2 }),
    });
    expect(askValue(shared, of(["customer 17"]))).toBe("COHORT_TOO_SMALL");
    expect(
      askValue(
        shared,
        of(["customer 17", ...Array.from({ length: 20 }, (_, i) => `made up ${i}`)]),
      ),
    ).toBe("COHORT_TOO_SMALL");
  });

  it("cannot have a name published by giving it to many rows", () => {
    const tables = {
      sales: [sales(0, [...times(30, { item: "Ann Smith" }), ...times(10)]), ...three.slice(1)],
    };
    expect(askValue(frequencies, { tables, schema: frequencySchema })).toEqual({
      values: [],
      other: 60,
    });
  });
});

const frequencySchema: ClosedSchema = {
  type: "object",
  properties: {
    values: {
      type: "array",
      maxItems: 50,
      items: {
        type: "object",
        properties: { value: { type: "string", maxLength: 64 }, rows: integer },
        required: ["value", "rows"],
        additionalProperties: false,
      },
    },
    other: integer,
  },
  required: ["values", "other"],
  additionalProperties: false,
};

describe("a hostile program", () => {
  it("cannot ask for numbers of a table it does not read, or of columns that are none", () => {
    for (const request of [
      { ...rows, table: "secrets" },
      { ...sum, table: "secrets" },
      { ...rows, table: "constructor" },
      { ...rows, table: ["sales"] },
      { ...sum, column: "item" },
      { ...sum, column: "constructor" },
      { ...sum, column: "__proto__" },
      { ...frequencies, column: "amount" },
    ])
      expect(askValue(request, { schema: amount })).toBe(malformed);
  });

  it.each([
    { ...rows, where: "item = 'Ann Smith'" },
    { ...rows, member: 1 },
    { ...rows, column: "amount" },
    { aggregate: "sum", table: "sales" },
    { aggregate: "max", table: "sales", column: "amount" },
    { aggregate: "constructor", table: "sales" },
    { aggregate: ["rows"], table: "sales" },
    { aggregate: rows, table: "sales" },
    { aggregate: "grid", table: "sales", degrees: 0 },
    { aggregate: "grid", table: "sales", degrees: 0.0001 },
    { aggregate: "grid", table: "sales", degrees: 0.1234 },
    { aggregate: "grid", table: "sales", degrees: 91 },
    { aggregate: "grid", table: "sales", degrees: -1 },
    { aggregate: "grid", table: "sales", degrees: Number.NaN },
    { aggregate: "grid", table: "sales", degrees: "1" },
  ])("cannot forge a request: %j", (request) => {
    expect(askValue(request)).toBe(malformed);
  });

  it("cannot cut the same rows in two ways and subtract", () => {
    const schema: ClosedSchema = { type: "array", items: frequencySchema, maxItems: 9 };
    expect(askValue([frequencies, frequencies], { schema })).toHaveLength(2);
    const grid = { aggregate: "grid", table: "sales", degrees: 1 };
    for (const other of [grid, { ...grid, degrees: 0.5 }])
      expect(askValue([frequencies, other], { schema })).toBe(malformed);
    expect(askValue([grid, { ...grid, degrees: 0.5 }], { schema })).toBe(malformed);
  });

  it("cannot make the enclave pass over the rows a thousand times", () => {
    const large = times(200_000);
    const tables = { sales: [0, 1, 2].map((member) => sales(member, large)) };
    const value = Array.from({ length: 1000 }, () => sum);
    const started = performance.now();
    expect(askValue(value, { schema: anyList, tables })).toHaveLength(1000);
    // 1000 passes over 600,000 rows take minutes.
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["NaN", Number.NaN],
    ["infinity", Infinity],
    ["a bigint", 1n],
    ["a symbol", Symbol("a")],
    ["a function", () => 1],
    ["a date", new Date(0)],
    ["a map", new Map([["constructor", 1]])],
    ["bytes", new Uint8Array(4)],
    ["a boxed number", Object(1)],
    ["an object that turns into a number", { toJSON: () => 1, valueOf: () => 1 }],
    ["half a character", { note: "\ud83d" }],
    ["a hole", Array.from({ length: 2 })],
    ["undefined inside", { note: undefined }],
    [
      "an instance",
      new (class Note {
        note = "a";
      })(),
    ],
    ["an own __proto__", JSON.parse('{"__proto__":{"note":"a"}}')],
    ["inherited fields", Object.create({ note: "a" })],
  ])("is refused %s", (_, value) => {
    expect(askValue(value, { schema: { anyOf: [open, anyList, integer] } })).toBe(malformed);
    expect(({} as { note?: unknown }).note).toBeUndefined();
  });

  it("cannot answer one look with this and the next with that", () => {
    let looks = 0;
    const shifty = Object.defineProperty({}, "note", {
      enumerable: true,
      get: () => (looks++ === 0 ? "short" : "x".repeat(1000)),
    });
    const schema = { anyOf: [integer, open] };
    expect(askValue(shifty, { schema })).toEqual({ note: "short" });
    expect(looks).toBe(1);
    const table = Object.defineProperty({ aggregate: "rows" }, "table", {
      enumerable: true,
      get: () => (looks++ === 1 ? "sales" : "secrets"),
    });
    expect(askValue(table)).toBe(30);
    expect(looks).toBe(2);
  });

  it("cannot throw through the gate, or keep it reading", () => {
    const throwing = Object.defineProperty({}, "note", {
      enumerable: true,
      get: () => {
        throw new TypeError("row 17");
      },
    });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const endless = new Proxy([], { get: (_, name) => (name === "length" ? 2 ** 32 : 1) });
    const wide = Array.from({ length: 2_000_000 }, () => 1);
    const circle: unknown[] = [];
    circle.push(circle);
    const bomb = Array.from({ length: 30 }).reduce<unknown>((inner) => [inner, inner], 1);
    const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], 1);
    for (const value of [throwing, revoked.proxy, endless, wide, circle, bomb, deep])
      expect(askValue(value, { schema: { anyOf: [open, anyList] } })).toBe(malformed);
  });

  it("cannot hide a message below the last decimal, or in the order of fields", () => {
    expect(askValue(0.1 + 0.2, { schema: amount })).toBe(malformed);
    expect(askValue(1 + 2 ** -52, { schema: amount })).toBe(malformed);
    const one = askValue({ note: "a", constructor: 1 }, { schema: open });
    const other = askValue({ constructor: 1, note: "a" }, { schema: open });
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  it("cannot answer in the form of another rule", () => {
    for (const proposal of [
      { kind: "clusters", k: 1, assignment: new Uint32Array(30) },
      { kind: "groups", handle: 1 },
      { value: 7 },
    ])
      expect(askValue(7, { proposal })).toBe(malformed);
    expect(askValue(7, { proposal: { kind: "value", value: 7, note: "Ann Smith" } })).toBe(7);
  });
});

describe("the rule under arbitrary values", () => {
  const request = fc.oneof(
    fc.constantFrom(rows, sum, frequencies),
    fc.record({ aggregate: fc.anything(), table: fc.constantFrom("sales", "secrets", 1) }),
  );
  const value = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      fc.anything({
        withBigInt: true,
        withDate: true,
        withTypedArray: true,
        withSparseArray: true,
        withNullPrototype: true,
      }),
      request,
      fc.integer(),
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "b", "__proto__", "aggregate"), tie("node"), {
        maxKeys: 3,
      }),
    ),
  })).node;

  it("answers anything with a value that fits and is no larger than said, or with a known reason", () => {
    const reasons: readonly unknown[] = failureReasons;
    let released = 0;
    fc.assert(
      fc.property(anySchema, value, (schema, proposed) => {
        const answer = askValue(proposed, { schema });
        if (reasons.includes(answer)) return;
        released++;
        expect(faultIn(schema, answer)).toBeUndefined();
        expect(utf8(canonicalJson(answer)).length).toBeLessThanOrEqual(largestOutput(schema));
      }),
      { numRuns: 3000 },
    );
    expect(released).toBeGreaterThan(20);
  });
});
