/** Reading a proposed value as what it is: an object from a stranger, which may answer every look at it with something else. @module */
import type { Json } from "../../../protocol/json.ts";

/** A place in the value where the program wants a number of the gate's. */
export class AggregateRequest {
  readonly fields: ReadonlyMap<string, unknown>;

  constructor(fields: ReadonlyMap<string, unknown>) {
    this.fields = fields;
  }
}

export type ReadValue =
  | null
  | boolean
  | number
  | string
  | AggregateRequest
  | readonly ReadValue[]
  | { readonly [name: string]: ReadValue };

/** Ends the reading of something that cannot be released in any case. */
class NotAValue extends Error {}

/**
 * Copies a value, each part read once: what is checked and what leaves is the copy.
 *
 * Plain objects and lists only; a getter runs at most once, an inherited member does not exist. Every part is at least a byte of the
 * output, so more parts than that are not even looked at.
 * @param maxParts objects, lists and scalars in all
 * @param maxDepth of nesting
 * @returns undefined for what is no such value
 */
export function readValue(
  value: unknown,
  maxParts: number,
  maxDepth: number,
): ReadValue | undefined {
  let parts = 0;
  const read = (node: unknown, depth: number): ReadValue => {
    if (++parts > maxParts) throw new NotAValue();
    if (node === null || typeof node === "boolean") return node;
    if (typeof node === "number" && Number.isFinite(node)) return node === 0 ? 0 : node;
    if (typeof node === "string" && node.isWellFormed()) return node;
    if (typeof node !== "object" || depth === maxDepth) throw new NotAValue();
    if (Array.isArray(node)) return readList(node, (item) => read(item, depth + 1));
    const entries = ownEntries(node, maxParts - parts);
    if (entries.some(([name]) => name === "aggregate"))
      return new AggregateRequest(new Map(entries));
    return Object.fromEntries(entries.map(([name, member]) => [name, read(member, depth + 1)]));
  };
  try {
    return read(value, 0);
  } catch {
    // A getter or a proxy may throw anything.
    return undefined;
  }
}

/** A list by its length: an iterator of its own could go on for ever, and holes read as undefined, which is no value. */
function readList(list: readonly unknown[], read: (item: unknown) => ReadValue): ReadValue[] {
  const { length } = list;
  const items: ReadValue[] = [];
  for (let i = 0; i < length; i++) items.push(read(list[i]));
  return items;
}

function ownEntries(node: object, limit: number): [string, unknown][] {
  const prototype: unknown = Object.getPrototypeOf(node);
  if (prototype !== Object.prototype && prototype !== null) throw new NotAValue();
  const names = Object.keys(node);
  if (names.length > limit) throw new NotAValue();
  return names.map((name) => [name, (node as Readonly<Record<string, unknown>>)[name]]);
}

/** The value with numbers in place of the requests. */
export function fillIn(value: ReadValue, numbers: ReadonlyMap<AggregateRequest, Json>): Json {
  if (value instanceof AggregateRequest) return numbers.get(value)!;
  if (isList(value)) return value.map((item) => fillIn(item, numbers));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, fillIn(member, numbers)]),
  );
}

/** The requests in a value, in its order. */
export function requestsIn(value: ReadValue): AggregateRequest[] {
  if (value instanceof AggregateRequest) return [value];
  if (isList(value)) return value.flatMap(requestsIn);
  return typeof value === "object" && value !== null
    ? Object.values(value).flatMap(requestsIn)
    : [];
}

const isList = (value: ReadValue): value is readonly ReadValue[] => Array.isArray(value);
