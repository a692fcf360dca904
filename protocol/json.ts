/** Canonical JSON (JCS, RFC 8785): one value, one string, so that a hash of JSON means something. @module */
import { ProtocolError } from "./errors.ts";

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Deeper JSON is refused: reading it would end in an exhausted stack, which is another place on every machine. */
const MAX_DEPTH = 64;

/**
 * Canonical text of a JSON value: no white space, keys by UTF-16 code units, numbers as ECMAScript prints them.
 * @throws ProtocolError JSON_INVALID for NaN, infinities, lone surrogates, nesting deeper than 64 and what JSON cannot hold
 */
export function canonicalJson(value: unknown): string {
  return canonical(value, 0);
}

function canonical(value: unknown, depth: number): string {
  if (value === null || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new ProtocolError("JSON_INVALID", { what: "number" });
    return JSON.stringify(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new ProtocolError("JSON_INVALID", { what: "string" });
    return JSON.stringify(value);
  }
  if (depth === MAX_DEPTH) throw new ProtocolError("JSON_INVALID", { what: "nesting" });
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(",")}]`;
  if (typeof value !== "object") throw new ProtocolError("JSON_INVALID", { what: typeof value });
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new ProtocolError("JSON_INVALID", { what: "object" });
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    // RFC 8785 3.2.3 sorts by UTF-16 code units, which is what < compares; keys of one object are never equal.
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${canonical(key, 0)}:${canonical(member, depth + 1)}`);
  return `{${members.join(",")}}`;
}

/**
 * Reads JSON that must already be canonical: the text that was hashed is the text that is meant.
 * @throws ProtocolError JSON_INVALID when it is not JSON or not canonical (this also refuses duplicate keys)
 */
export function parseCanonicalJson(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new ProtocolError("JSON_INVALID", { what: "syntax" });
  }
  if (canonicalJson(value) !== text) throw new ProtocolError("JSON_INVALID", { what: "canonical" });
  return value;
}
