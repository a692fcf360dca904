/** Fields out of a JSON Schema, as manifests use it for parameters: an object of plain values. @module */
import type { Json } from "../../../../protocol/json.ts";

/** One parameter. */
export interface Parameter {
  readonly name: string;
  readonly kind: "integer" | "number" | "text" | "yes" | "one of" | "json";
  /** For `one of`. */
  readonly options: readonly string[];
  readonly required: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What is typed, by name of the parameter. */
export type Texts = Readonly<Record<string, string>>;

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};

/** The parameters a schema names, in its order. What is no plain value is typed as JSON. */
export function parametersOf(schema: object): Parameter[] {
  const { properties, required } = record(schema);
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(record(properties)).map(([name, value]) => {
    const { type, enum: values, minimum, maximum } = record(value);
    const options = Array.isArray(values)
      ? values.filter((option): option is string => typeof option === "string")
      : [];
    return {
      name,
      kind: kindOf(type, options),
      options,
      required: needed.includes(name),
      ...(typeof minimum === "number" && { minimum }),
      ...(typeof maximum === "number" && { maximum }),
    };
  });
}

function kindOf(type: unknown, options: readonly string[]): Parameter["kind"] {
  if (options.length > 0) return "one of";
  if (type === "integer" || type === "number") return type;
  if (type === "boolean") return "yes";
  return type === "string" ? "text" : "json";
}

/**
 * Parameters out of what was typed. An empty field is left out; what does not fit is passed on as it is typed, so that the
 * schema itself says what is wrong with it.
 */
export function valuesFrom(schema: object, texts: Texts): Json {
  const values = parametersOf(schema).flatMap((parameter): [string, Json][] => {
    const text = texts[parameter.name] ?? (parameter.kind === "yes" ? "false" : "");
    return text === "" ? [] : [[parameter.name, valueOf(parameter.kind, text)]];
  });
  return Object.fromEntries(values);
}

function valueOf(kind: Parameter["kind"], text: string): Json {
  if (kind === "text" || kind === "one of") return text;
  if (kind === "yes") return text === "true";
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
