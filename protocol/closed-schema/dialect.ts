/**
 * The JSON Schemas that a manifest may hold, for parameters and for released values: a closed dialect of JSON Schema 2020-12.
 *
 * Closed: what a schema takes has a largest size, and a member who reads it has read everything that can pass. So objects name all
 * their properties, lists and texts have a length, numbers have bounds and a step. No `pattern` (a regular expression can be made to
 * run for years), no `$ref` (a loop), no `format`, no `default` (nothing would fill it in).
 * @module
 */
import { ProtocolError } from "../errors.ts";
import type { Json } from "../json.ts";
import { isPlainText } from "./plain-text.ts";

export type Scalar = null | boolean | number | string;

/** Annotations are for readers and mean nothing to a validator. */
interface Annotated {
  readonly title?: string;
  readonly description?: string;
}
export type ClosedSchema = Annotated &
  (
    | { readonly const: Scalar }
    | { readonly enum: readonly Scalar[] }
    | { readonly anyOf: readonly ClosedSchema[] }
    | { readonly type: "null" }
    | { readonly type: "boolean" }
    | { readonly type: "integer"; readonly minimum: number; readonly maximum: number }
    | {
        readonly type: "number";
        readonly minimum: number;
        readonly maximum: number;
        /** A power of ten, 1 to 1e-9: how many decimals a value may have. */
        readonly multipleOf: number;
      }
    /** Lengths are Unicode code points. */
    | { readonly type: "string"; readonly minLength?: number; readonly maxLength: number }
    | {
        readonly type: "array";
        readonly items: ClosedSchema;
        readonly minItems?: number;
        readonly maxItems: number;
      }
    | {
        readonly type: "object";
        readonly properties?: Readonly<Record<string, ClosedSchema>>;
        readonly required?: readonly string[];
        readonly additionalProperties: false;
      }
  );

/** Largest of `maxLength`, `maxItems`. */
const MAX_COUNT = 65_536;
export const MAX_DEPTH = 8;
const MAX_PARTS = 1000;
const MAX_CHOICES = 256;
const MAX_ALTERNATIVES = 16;
const MAX_PROPERTIES = 64;
const MAX_TEXT = 256;
/** ASCII, and nothing that means something to an object of JavaScript (`__proto__` begins with another character). */
const PROPERTY = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** 1, 0.1, ... 1e-9, as JSON writes them. */
const STEPS: readonly unknown[] = Array.from({ length: 10 }, (_, decimals) =>
  Number(`1e-${decimals}`),
);

/** Keywords of each form: those it must have, then those it may have. */
const forms: Readonly<Record<string, readonly [string[], string[]]>> = {
  const: [["const"], ["type"]],
  enum: [["enum"], ["type"]],
  anyOf: [["anyOf"], []],
  null: [["type"], []],
  boolean: [["type"], []],
  integer: [["type", "minimum", "maximum"], []],
  number: [["type", "minimum", "maximum", "multipleOf"], []],
  string: [["type", "maxLength"], ["minLength"]],
  array: [["type", "items", "maxItems"], ["minItems"]],
  object: [
    ["type", "additionalProperties"],
    ["properties", "required"],
  ],
};
const types: readonly string[] = Object.keys(forms).filter((form) => forms[form]![0][0] === "type");
const annotations: readonly string[] = ["title", "description"];

type Fields = Readonly<Record<string, Json>>;

/**
 * Checks a schema.
 * @param value JSON
 * @param at JSON pointer of it, for the message
 * @param reserved a property name that values cannot have
 * @throws ProtocolError MANIFEST_INVALID with the path of the first fault and what is wrong there
 */
export function expectClosedSchema(
  value: unknown,
  at: string,
  reserved?: string,
): asserts value is ClosedSchema {
  const parts = { count: 0 };
  const parse = (node: Json, path: string, depth: number): void => {
    if (++parts.count > MAX_PARTS) fault(path, `is more than ${MAX_PARTS} parts`);
    if (depth > MAX_DEPTH) fault(path, `is nested deeper than ${MAX_DEPTH}`);
    const fields = fieldsOf(node, path);
    const form = formOf(fields, path);
    expectKeywords(fields, form, path);
    const inner = (name: string, child: Json) => parse(child, `${path}/${name}`, depth + 1);
    if (form === "array") inner("items", fields["items"] as Json);
    else if (form === "anyOf")
      for (const [i, child] of alternatives(fields, path).entries()) inner(`anyOf/${i}`, child);
    else if (form === "object")
      for (const [name, child] of properties(fields, path)) {
        if (name === reserved) fault(`${path}/properties/${name}`, "is a reserved name");
        inner(`properties/${name}`, child);
      }
  };
  parse(value as Json, at, 1);
}

function fault(at: string, why: string): never {
  throw new ProtocolError("MANIFEST_INVALID", { at: at || "/", why });
}

function fieldsOf(node: Json, at: string): Fields {
  if (typeof node !== "object" || node === null || Array.isArray(node))
    return fault(at, "is no schema");
  return node as Fields;
}

function formOf(fields: Fields, at: string): string {
  const untyped = ["const", "enum", "anyOf"].find((form) => Object.hasOwn(fields, form));
  if (untyped !== undefined) return untyped;
  const { type } = fields;
  if (typeof type !== "string" || !types.includes(type))
    return fault(at, `has none of these types: ${types.join(", ")}`);
  return type;
}

function expectKeywords(fields: Fields, form: string, at: string): void {
  const [must, may] = forms[form]!;
  for (const name of must)
    if (!Object.hasOwn(fields, name)) fault(at, `has no ${name}: what passes must have an end`);
  for (const [name, value] of Object.entries(fields)) {
    if (![...must, ...may, ...annotations].includes(name)) fault(`${at}/${name}`, "is not known");
    const check = keywords[name];
    const wrong = check?.(value, fields);
    if (wrong !== undefined) fault(`${at}/${name}`, wrong);
  }
}

const text = (value: Json) =>
  isPlainText(value, MAX_TEXT) ? undefined : `is no text of 1 to ${MAX_TEXT} visible characters`;
const count = (value: Json) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT
    ? undefined
    : `is no whole number up to ${MAX_COUNT}`;
const atMost = (limit: string) => (value: Json, fields: Fields) =>
  count(value) ?? ((value as number) > (fields[limit] as number) ? `is over ${limit}` : undefined);
const bound = (value: Json, { type }: Fields) => {
  if (typeof value !== "number" || Math.abs(value) > Number.MAX_SAFE_INTEGER)
    return "is no number up to 2^53";
  return type === "integer" && !Number.isInteger(value) ? "is no whole number" : undefined;
};

/** What is wrong with a keyword's value, if anything. `type` was looked at before, `items` and `properties` come after. */
const keywords: Readonly<Record<string, (value: Json, fields: Fields) => string | undefined>> = {
  title: text,
  description: text,
  const: (value, fields) => wrongChoice(value, fields),
  enum: (value, fields) => {
    if (!Array.isArray(value) || value.length < 1 || value.length > MAX_CHOICES)
      return `is no list of 1 to ${MAX_CHOICES} values`;
    if (new Set<unknown>(value).size < value.length) return "has a value twice";
    return value.map((choice: Json) => wrongChoice(choice, fields)).find(Boolean);
  },
  minimum: (value, fields) =>
    bound(value, fields) ??
    ((value as number) > (fields["maximum"] as number) ? "is over maximum" : undefined),
  maximum: bound,
  multipleOf: (value) => (STEPS.includes(value) ? undefined : "is none of 1, 0.1, ... 1e-9"),
  maxLength: count,
  minLength: atMost("maxLength"),
  maxItems: count,
  minItems: atMost("maxItems"),
  additionalProperties: (value) =>
    value === false ? undefined : "is not false: what passes must have an end",
};

function wrongChoice(value: Json, { type }: Fields): string | undefined {
  const isWhole = Number.isInteger(value);
  if (typeof value === "number" && !(isWhole && bound(value, {}) === undefined))
    return "is a number but no whole one up to 2^53";
  if (typeof value === "string" && value !== "" && text(value)) return text(value);
  if (typeof value === "object" && value !== null) return "is no text, number, boolean or null";
  const actual = value === null ? "null" : isWhole ? "integer" : typeof value;
  return type === undefined || type === actual || (type === "number" && isWhole)
    ? undefined
    : "is not of its type";
}

function alternatives(fields: Fields, at: string): readonly Json[] {
  const { anyOf } = fields;
  if (!Array.isArray(anyOf) || anyOf.length < 1 || anyOf.length > MAX_ALTERNATIVES)
    return fault(`${at}/anyOf`, `is no list of 1 to ${MAX_ALTERNATIVES} schemas`);
  return anyOf as readonly Json[];
}

function properties(fields: Fields, at: string): [string, Json][] {
  const entries = Object.entries(
    Object.hasOwn(fields, "properties")
      ? fieldsOf(fields["properties"] as Json, `${at}/properties`)
      : {},
  );
  if (entries.length > MAX_PROPERTIES)
    fault(`${at}/properties`, `is more than ${MAX_PROPERTIES} properties`);
  for (const [name] of entries)
    if (!PROPERTY.test(name)) fault(`${at}/properties`, "has a name of other characters");
  const required = Object.hasOwn(fields, "required") ? fields["required"] : [];
  const known: readonly unknown[] = entries.map(([name]) => name);
  const isList = Array.isArray(required) && new Set<unknown>(required).size === required.length;
  if (!isList || !required.every((name) => known.includes(name)))
    fault(`${at}/required`, "is no list of its properties");
  return entries;
}
