/** Closed schemas, and values that fit them. */
import * as fc from "fast-check";
import type { ClosedSchema } from "../../../protocol/closed-schema/dialect.ts";
import type { Json } from "../../../protocol/json.ts";

const whole = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const scalar = fc.oneof(fc.boolean(), fc.constant(null), whole, fc.stringMatching(/^[ -~]{0,9}$/));
const bounds = fc.tuple(whole, whole).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const counts = fc
  .tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,5}$/).filter((one) => one !== "aggregate");

/** Schemas of up to four levels. */
export const anySchema: fc.Arbitrary<ClosedSchema> = fc.letrec<{ schema: ClosedSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.oneof(
      scalar.map((value) => ({ const: value })),
      fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }).map((values) => ({ enum: values })),
      fc.constantFrom({ type: "null" } as const, { type: "boolean" } as const),
      bounds.map(([minimum, maximum]) => ({ type: "integer", minimum, maximum }) as const),
      fc
        .tuple(bounds, fc.nat({ max: 9 }))
        .map(
          ([[minimum, maximum], decimals]) =>
            ({ type: "number", minimum, maximum, multipleOf: Number(`1e-${decimals}`) }) as const,
        ),
      counts.map(([minLength, maxLength]) => ({ type: "string", minLength, maxLength }) as const),
    ),
    fc
      .tuple(tie("schema"), counts)
      .map(
        ([items, [minItems, maxItems]]) => ({ type: "array", items, minItems, maxItems }) as const,
      ),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc
      .dictionary(name, tie("schema"), { maxKeys: 4 })
      .chain((properties) =>
        fc
          .subarray(Object.keys(properties))
          .map(
            (required) =>
              ({ type: "object", properties, required, additionalProperties: false }) as const,
          ),
      ),
  ),
})).schema;

/** Values that fit, as far from the middle as the schema allows. */
export function fitting(schema: ClosedSchema): fc.Arbitrary<Json> {
  if ("anyOf" in schema) return fc.oneof(...schema.anyOf.map(fitting));
  if ("const" in schema) return fc.constant(schema.const);
  if ("enum" in schema) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: schema.minimum, max: schema.maximum });
    case "number":
      return numbers(schema);
    case "string":
      return fc
        .array(fc.constantFrom("a", "é", "\u0001", '"', "😀", "\u2028"), {
          minLength: schema.minLength ?? 0,
          maxLength: schema.maxLength,
        })
        .map((characters) => characters.join(""));
    case "array":
      return fc.array(fitting(schema.items), {
        minLength: schema.minItems ?? 0,
        maxLength: schema.maxItems,
      });
    case "object":
  }
  const members = Object.entries(schema.properties ?? {}).map(([key, member]) => [
    key,
    fitting(member),
  ]);
  return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<Json>>, {
    requiredKeys: [...(schema.required ?? [])],
  });
}

function numbers({
  minimum,
  maximum,
  multipleOf,
}: Extract<ClosedSchema, { type: "number" }>): fc.Arbitrary<number> {
  const decimals = Math.round(-Math.log10(multipleOf));
  return fc
    .oneof(
      fc.constantFrom(minimum, maximum),
      fc.double({ min: minimum, max: maximum, noNaN: true }),
      fc.integer({ min: -999, max: 999 }).map((steps) => steps * multipleOf),
    )
    .map((value) => Number(value.toFixed(decimals)))
    .map((value) => Math.min(maximum, Math.max(minimum, value)));
}
