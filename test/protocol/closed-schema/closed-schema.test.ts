import * as fc from "fast-check";
import { Check } from "typebox/schema";
import { describe, expect, it } from "vitest";
import { isConstant, largestOutput } from "../../../protocol/closed-schema/bound.ts";
import { expectClosedSchema, type ClosedSchema } from "../../../protocol/closed-schema/dialect.ts";
import { faultIn } from "../../../protocol/closed-schema/fit.ts";
import { isPlainText } from "../../../protocol/closed-schema/plain-text.ts";
import { utf8 } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { canonicalJson, type Json } from "../../../protocol/json.ts";
import { anySchema, fitting } from "./arbitrary.ts";

/** Path of the fault, or nothing. */
function refusedAt(schema: unknown, reserved?: string): string | undefined {
  try {
    expectClosedSchema(schema, "", reserved);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== "MANIFEST_INVALID") throw error;
    return (error as ProtocolError<"MANIFEST_INVALID">).facts.at;
  }
}
const nested = (depth: number): unknown =>
  depth === 1 ? { type: "null" } : { type: "array", maxItems: 1, items: nested(depth - 1) };
const object = (properties: object) => ({
  type: "object",
  properties,
  additionalProperties: false,
});
const integer = { type: "integer", minimum: 0, maximum: 9 } as const;

describe("expectClosedSchema", () => {
  it.each<[string, unknown, string]>([
    ["an open object", { type: "object" }, "/"],
    [
      "an object open on purpose",
      { ...object({}), additionalProperties: true },
      "/additionalProperties",
    ],
    ["an open object inside", object({ a: { type: "object", properties: {} } }), "/properties/a"],
    ["a list without end", { type: "array", items: integer }, "/"],
    ["a list of anything", { type: "array", maxItems: 3 }, "/"],
    ["text without end", { type: "string" }, "/"],
    ["text by a pattern", { type: "string", maxLength: 9, pattern: "(a+)+$" }, "/pattern"],
    ["text of a format", { type: "string", maxLength: 9, format: "email" }, "/format"],
    ["a number without end", { type: "integer", minimum: 0 }, "/"],
    ["a number without a step", { type: "number", minimum: 0, maximum: 1 }, "/"],
    [
      "a step that is no power of ten",
      { type: "number", minimum: 0, maximum: 1, multipleOf: 0.25 },
      "/multipleOf",
    ],
    ["a bound beyond exact integers", { ...integer, maximum: 2 ** 53 }, "/maximum"],
    ["a fractional bound of integers", { ...integer, maximum: 1.5 }, "/maximum"],
    ["bounds the wrong way round", { ...integer, minimum: 10 }, "/minimum"],
    ["lengths the wrong way round", { type: "string", minLength: 4, maxLength: 3 }, "/minLength"],
    ["a length that is none", { type: "string", maxLength: -1 }, "/maxLength"],
    ["too long a list", { type: "array", items: integer, maxItems: 65_537 }, "/maxItems"],
    ["a reference", { $ref: "#" }, "/"],
    ["definitions", { ...integer, $defs: {} }, "/$defs"],
    ["a default", { ...integer, default: 1 }, "/default"],
    ["a list of types", { type: ["integer", "null"] }, "/"],
    ["no schema", true, "/"],
    ["null", null, "/"],
    ["a type of another realm", { type: "constructor" }, "/"],
    ["an empty choice", { enum: [] }, "/enum"],
    ["a choice twice", { enum: ["a", "a"] }, "/enum"],
    ["a choice of objects", { enum: [{}] }, "/enum"],
    ["a choice that hides", { const: "a\u202eb" }, "/const"],
    ["a fractional choice", { const: 0.5 }, "/const"],
    ["a choice of another type", { type: "string", enum: ["a", 1] }, "/enum"],
    ["no alternative", { anyOf: [] }, "/anyOf"],
    ["a wrong alternative", { anyOf: [integer, {}] }, "/anyOf/1"],
    ["17 alternatives", { anyOf: Array.from({ length: 17 }, () => integer) }, "/anyOf"],
    ["a required stranger", { ...object({ a: integer }), required: ["b"] }, "/required"],
    ["__proto__", object(JSON.parse('{"__proto__":{"type":"null"}}') as object), "/properties"],
    ["a name with a space", object({ "a b": integer }), "/properties"],
    [
      "65 properties",
      object(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`p${i}`, integer]))),
      "/properties",
    ],
    ["a title that moves the cursor", { ...integer, title: "\u001b[2J" }, "/title"],
    ["nine levels", nested(9), "/items/items/items/items/items/items/items/items"],
  ])("refuses %s", (_, schema, at) => {
    expect(refusedAt(schema)).toBe(at);
  });

  it("refuses more than 1000 parts, and a reserved name", () => {
    const wide = {
      anyOf: Array.from({ length: 16 }, () => object({ a: integer, b: integer, c: integer })),
    };
    const wider = { anyOf: Array.from({ length: 16 }, () => wide) };
    expect(refusedAt(wide)).toBeUndefined();
    expect(refusedAt(wider)).toBeDefined();
    expect(refusedAt(object({ aggregate: integer }))).toBeUndefined();
    expect(refusedAt(object({ aggregate: integer }), "aggregate")).toBe("/properties/aggregate");
  });

  it("takes eight levels, annotations and every form", () => {
    expect(refusedAt(nested(8))).toBeUndefined();
    expect(refusedAt({ ...integer, title: "How many", description: "0 to 9" })).toBeUndefined();
    fc.assert(
      fc.property(anySchema, (schema) => {
        expect(refusedAt(schema)).toBeUndefined();
      }),
    );
  });

  it("answers anything with nothing or MANIFEST_INVALID", () => {
    const keyword = fc.constantFrom(
      "type",
      "const",
      "enum",
      "anyOf",
      "minimum",
      "maximum",
      "multipleOf",
      "maxLength",
      "minLength",
      "items",
      "maxItems",
      "properties",
      "required",
      "additionalProperties",
      "title",
      "__proto__",
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("object", "array", "string", "integer", false, 1, 0.1),
    );
    const like = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        value,
        fc.dictionary(
          keyword,
          fc.oneof(value, tie("node"), fc.array(tie("node"), { maxLength: 2 })),
          { maxKeys: 6 },
        ),
      ),
    })).node;
    fc.assert(
      fc.property(like, (schema) => {
        const at = refusedAt(JSON.parse(JSON.stringify(schema)));
        expect(at === undefined || typeof at === "string").toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("faultIn", () => {
  it("takes what fits, and never more bytes than largestOutput says", () => {
    let tight = 0;
    fc.assert(
      fc.property(
        anySchema.chain((schema) => fc.tuple(fc.constant(schema), fitting(schema))),
        ([schema, value]) => {
          const plain = JSON.parse(JSON.stringify(value)) as Json;
          expect(faultIn(schema, plain)).toBeUndefined();
          const bytes = utf8(canonicalJson(plain)).length;
          expect(bytes).toBeLessThanOrEqual(largestOutput(schema));
          if (bytes === largestOutput(schema)) tight++;
          expect(!isConstant(schema) || bytes === largestOutput(schema)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
    expect(tight).toBeGreaterThan(100);
  });

  it("takes nothing that a common validator of JSON Schema refuses", () => {
    fc.assert(
      fc.property(anySchema, fc.jsonValue(), (schema, value) => {
        const fits = faultIn(schema, value as Json) === undefined;
        // Its remainders are off: it takes 3666603.730900098 for no multiple of 1e-9.
        const common = JSON.parse(
          JSON.stringify(schema, (key, part: unknown) => (key === "multipleOf" ? undefined : part)),
        ) as object;
        expect(!fits || Check(common, value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  const tenths: ClosedSchema = { type: "number", minimum: -1, maximum: 1, multipleOf: 0.1 };
  const shape = {
    ...object({ a: integer, b: { enum: ["x", null] } }),
    required: ["a"],
  } as ClosedSchema;
  it.each<[ClosedSchema, Json, string | undefined]>([
    [tenths, 0.3, undefined],
    [tenths, -0, undefined],
    [tenths, 0.30000000000000004, "/"],
    [tenths, 0.50000000001, "/"],
    [tenths, 1e-7, "/"],
    [tenths, 1.1, "/"],
    [{ ...tenths, multipleOf: 1e-7 }, 1e-7, undefined],
    [{ ...tenths, multipleOf: 1e-7 }, 1.5e-7, "/"],
    [integer, 1.5, "/"],
    [integer, "1", "/"],
    [{ type: "string", maxLength: 1 }, "😀", undefined],
    [{ type: "string", maxLength: 1 }, "e\u0301", "/"],
    [{ type: "array", items: integer, maxItems: 2 }, [1, 10], "/1"],
    [{ type: "array", items: integer, maxItems: 2 }, [1, 1, 1], "/"],
    [{ type: "array", items: integer, maxItems: 2 }, { length: 1 }, "/"],
    [shape, { a: 1 }, undefined],
    [shape, { b: null }, "/"],
    [shape, { a: 1, b: "y" }, "/b"],
    [shape, { a: 1, "c/d~": 1 }, "/c~1d~0"],
    [shape, { a: 1, constructor: 1 }, "/constructor"],
    [shape, JSON.parse('{"a":1,"__proto__":{"b":null}}') as Json, "/__proto__"],
    [shape, [], "/"],
    [{ anyOf: [integer, { type: "null" }] }, null, undefined],
    [{ anyOf: [integer, { type: "null" }] }, "a", "/"],
  ])("%j and %j: %s", (schema, value, at) => {
    expect(faultIn(schema, value)?.at).toBe(at);
  });
});

describe("isPlainText", () => {
  it.each([
    ["How many customers are shared", true],
    ["Zürich, Škoda, 東京", true],
    ["", false],
    ["two\nlines", false],
    ["\u001b[31mred", false],
    ["gnitceles\u202e", false],
    ["zero\u200bwidth", false],
    ["half \ud83d", false],
    [7, false],
  ])("%j: %s", (value, expected) => {
    expect(isPlainText(value, 40)).toBe(expected);
  });
});
