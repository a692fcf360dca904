/** Whether a JSON value fits a closed schema, by nothing but the rules in `docs/protocol.md`: every worker says the same. @module */
import type { Json } from "../json.ts";
import type { ClosedSchema, Scalar } from "./dialect.ts";

export interface Misfit {
  /** JSON pointer into the value; "/" for the value itself. */
  readonly at: string;
  readonly reason: string;
}

/**
 * The first fault of a value, if any.
 * @param value data as `JSON.parse` makes it; own properties are looked at and no others
 */
export function faultIn(schema: ClosedSchema, value: Json): Misfit | undefined {
  return check(schema, value, "");
}

function check(schema: ClosedSchema, value: Json, at: string): Misfit | undefined {
  const misfit = (reason: string): Misfit => ({ at: at || "/", reason });
  if ("anyOf" in schema)
    return schema.anyOf.some((choice) => !check(choice, value, at))
      ? undefined
      : misfit("fits none of its alternatives");
  if ("const" in schema) return isOneOf([schema.const], value) ? undefined : misfit(oneOf(schema));
  if ("enum" in schema) return isOneOf(schema.enum, value) ? undefined : misfit(oneOf(schema));
  switch (schema.type) {
    case "null":
      return value === null ? undefined : misfit("must be null");
    case "boolean":
      return typeof value === "boolean" ? undefined : misfit("must be true or false");
    case "integer":
      return Number.isInteger(value) && isBetween(schema, value)
        ? undefined
        : misfit(`must be a whole number from ${schema.minimum} to ${schema.maximum}`);
    case "number":
      return isBetween(schema, value) && decimalsOf(value) <= decimalsOf(schema.multipleOf)
        ? undefined
        : misfit(
            `must be a number from ${schema.minimum} to ${schema.maximum} in steps of ${schema.multipleOf}`,
          );
    case "string": {
      const { minLength = 0, maxLength } = schema;
      return typeof value === "string" && isLong(value, minLength, maxLength)
        ? undefined
        : misfit(`must be text of ${minLength} to ${maxLength} characters`);
    }
    case "array":
      return checkItems(schema, value, at);
    case "object":
  }
  return checkProperties(schema, value, at);
}

function checkItems(
  { items, minItems = 0, maxItems }: Extract<ClosedSchema, { type: "array" }>,
  value: Json,
  at: string,
): Misfit | undefined {
  if (!isList(value) || value.length < minItems || value.length > maxItems)
    return { at: at || "/", reason: `must be a list of ${minItems} to ${maxItems} items` };
  for (const [i, item] of value.entries()) {
    const misfit = check(items, item, `${at}/${i}`);
    if (misfit) return misfit;
  }
  return undefined;
}

function checkProperties(
  { properties = {}, required = [] }: Extract<ClosedSchema, { type: "object" }>,
  value: Json,
  at: string,
): Misfit | undefined {
  if (typeof value !== "object" || value === null || isList(value))
    return { at: at || "/", reason: "must be an object" };
  for (const name of required)
    if (!Object.hasOwn(value, name)) return { at: at || "/", reason: `must have ${name}` };
  for (const [name, member] of Object.entries(value)) {
    const path = `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const misfit = schema ? check(schema, member, path) : { at: path, reason: "is not known" };
    if (misfit) return misfit;
  }
  return undefined;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isOneOf = (choices: readonly Scalar[], value: Json) => choices.some((one) => one === value);
const oneOf = (schema: { const: Scalar } | { enum: readonly Scalar[] }) =>
  `must be one of ${JSON.stringify("enum" in schema ? schema.enum : [schema.const])}`;

function isBetween(
  { minimum, maximum }: { minimum: number; maximum: number },
  value: Json,
): value is number {
  return typeof value === "number" && value >= minimum && value <= maximum;
}

/**
 * Decimals of the shortest text of a number, which is what leaves: 1e-7 has 7. Not a remainder: with a tolerance the digits below it
 * would carry a message, without one 0.3 would be no multiple of 0.1.
 */
function decimalsOf(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}

function isLong(text: string, minLength: number, maxLength: number): boolean {
  if (text.length > 2 * maxLength) return false;
  const points = Array.from(text).length;
  return points >= minLength && points <= maxLength;
}
