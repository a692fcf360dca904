/** How much a value of a closed schema can be: what members are told, and what the gate holds an answer to. @module */
import { utf8 } from "../bytes.ts";
import { canonicalJson } from "../json.ts";
import type { ClosedSchema, Scalar } from "./dialect.ts";

/** A control character is six bytes in JSON (`\u0001`), any other code point at most four. */
const BYTES_PER_CODE_POINT = 6;

/** Largest number of bytes of canonical JSON that fit a schema. */
export function largestOutput(schema: ClosedSchema): number {
  if ("anyOf" in schema) return Math.max(...schema.anyOf.map(largestOutput));
  if ("const" in schema) return bytesOf(schema.const);
  if ("enum" in schema) return Math.max(...schema.enum.map(bytesOf));
  switch (schema.type) {
    case "null":
      return 4;
    case "boolean":
      return 5;
    case "integer":
      return Math.max(bytesOf(schema.minimum), bytesOf(schema.maximum));
    case "number":
      return largestNumber(schema);
    case "string":
      return 2 + BYTES_PER_CODE_POINT * schema.maxLength;
    case "array":
      return listed(schema.maxItems, schema.maxItems * largestOutput(schema.items));
    case "object":
  }
  const members = Object.entries(schema.properties ?? {});
  const bytes = members.map(([name, member]) => bytesOf(name) + 1 + largestOutput(member));
  return listed(
    members.length,
    bytes.reduce((sum, one) => sum + one, 0),
  );
}

/** Whether one value alone fits: such an answer says nothing but that the task succeeded. */
export function isConstant(schema: ClosedSchema): boolean {
  if ("anyOf" in schema) return schema.anyOf.length === 1 && schema.anyOf.every(isConstant);
  if ("const" in schema) return true;
  if ("enum" in schema) return schema.enum.length === 1;
  switch (schema.type) {
    case "null":
      return true;
    case "boolean":
      return false;
    case "integer":
    case "number":
      return schema.minimum === schema.maximum;
    case "string":
      return schema.maxLength === 0;
    case "array":
      return (
        schema.maxItems === 0 || (schema.minItems === schema.maxItems && isConstant(schema.items))
      );
    case "object":
  }
  return Object.entries(schema.properties ?? {}).every(
    ([name, member]) => schema.required?.includes(name) === true && isConstant(member),
  );
}

const bytesOf = (value: Scalar): number => utf8(canonicalJson(value)).length;

/** Brackets and commas around so many items of so many bytes. */
const listed = (items: number, bytes: number): number => 2 + bytes + Math.max(0, items - 1);

/** Sign, whole part, point, decimals: an exponent, which JSON writes below 1e-6, is shorter. */
function largestNumber({
  minimum,
  maximum,
  multipleOf,
}: Extract<ClosedSchema, { type: "number" }>): number {
  const whole = Math.max(
    ...[minimum, maximum].map((end) => String(Math.floor(Math.abs(end))).length),
  );
  const decimals = Math.round(-Math.log10(multipleOf));
  return (minimum < 0 ? 1 : 0) + whole + (decimals > 0 ? 1 + decimals : 0);
}
