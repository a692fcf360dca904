/**
 * Nodes of a private state: an ordered tree of keys to values, written once and never changed. Big-endian.
 *
 *   node   = u8 kind, seal digest (32) of the task that wrote it, u32 length of the body, body, zeros up to the Padme length
 *   branch = u8 entries, (u16 key length, key, child id (32))*          keys: the first one below the child; the first is empty
 *   leaf   = u8 entries, (u16 key length, key, u8 how, value)*
 *            how 0: u16 length, canonical JSON; how 1: u32 length, id (32) of a node of kind value
 *   value  = u16 key length, key, canonical JSON        the key: else two keys with one value would share a node, and lose it together
 *
 * @module
 */
import {
  concat,
  fromHex,
  fromUtf8,
  readUint,
  toHex,
  u32,
  u8,
  uint,
  utf8,
  type Hex,
} from "../bytes.ts";
import { padme } from "../codec/padding.ts";
import { ProtocolError } from "../errors.ts";
import { MOST_KEY, MOST_VALUE } from "./limits.ts";

/** Entries of a branch or a leaf: with the bounds below, no node is over 16 KiB. */
export const MOST_ENTRIES = 32;
/** Bytes of a value that lies in its leaf; longer ones have a node of their own, so that a leaf is small to rewrite. */
export const MOST_INLINE = 192;
/** Bytes of any node before it is sealed: a value of the largest size, padded. */
export const MOST_NODE = padme(37 + 2 + MOST_KEY + MOST_VALUE);

export interface Child {
  /** First key that may be below it; empty for the first child. */
  readonly key: string;
  readonly id: Hex;
}
/** A value: its canonical JSON, or the node that holds it. */
export type Kept =
  { readonly text: string } | { readonly id: Hex; /** Bytes of the text. */ readonly size: number };
export interface Entry {
  readonly key: string;
  readonly kept: Kept;
}
export type StateNode =
  | { readonly kind: "branch"; readonly children: readonly Child[] }
  | { readonly kind: "leaf"; readonly entries: readonly Entry[] }
  | { readonly kind: "value"; readonly key: string; readonly text: string };

const kinds = ["branch", "leaf", "value"] as const;
const u16 = (value: number): Uint8Array => uint(value, 2);

/** @param sealDigest of the task that writes it: equal contents of two tasks look different */
export function encodeNode(node: StateNode, sealDigest: Hex): Uint8Array {
  const body = bodyOf(node);
  const kind = u8(kinds.indexOf(node.kind));
  const plain = concat(kind, fromHex(sealDigest, 32), u32(body.length), body);
  return concat(plain, new Uint8Array(padme(plain.length) - plain.length));
}

function bodyOf(node: StateNode): Uint8Array {
  if (node.kind === "value") {
    const key = utf8(node.key);
    return concat(u16(key.length), key, utf8(node.text));
  }
  const list = node.kind === "branch" ? node.children : node.entries;
  const parts: Uint8Array[] = [u8(list.length)];
  for (const item of list) {
    const key = utf8(item.key);
    parts.push(u16(key.length), key);
    if ("id" in item) parts.push(fromHex(item.id, 32));
    else if ("text" in item.kept) {
      const text = utf8(item.kept.text);
      parts.push(u8(0), u16(text.length), text);
    } else parts.push(u8(1), u32(item.kept.size), fromHex(item.kept.id, 32));
  }
  return concat(...parts);
}

const fault = (what: string) => new ProtocolError("STATE_MALFORMED", { what });

/**
 * Reads what {@link encodeNode} wrote, and nothing else.
 * @throws ProtocolError STATE_MALFORMED
 */
export function decodeNode(bytes: Uint8Array): { node: StateNode; sealDigest: Hex } {
  if (bytes.length < 37 || bytes.length > MOST_NODE) throw fault("length of a node");
  const kind = kinds[bytes[0] as number];
  const length = readUint(bytes.subarray(33, 37));
  const padded = padme(37 + length);
  if (!kind || bytes.length !== padded) throw fault("frame of a node");
  if (bytes.subarray(37 + length).some((byte) => byte !== 0)) throw fault("padding of a node");
  const body = bytes.subarray(37, 37 + length);
  const sealDigest = toHex(bytes.subarray(1, 33));
  return { node: kind === "value" ? readValue(body) : readList(kind, body), sealDigest };
}

function readValue(body: Uint8Array): StateNode {
  const length = readUint(body.subarray(0, 2));
  const [key, text] = [body.subarray(2, 2 + length), body.subarray(2 + length)];
  if (length === 0 || length > MOST_KEY || key.length !== length) throw fault("length of a key");
  if (text.length > MOST_VALUE) throw fault("length of a value");
  return { kind: "value", key: textOf(key), text: textOf(text) };
}

function textOf(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes, "state");
  } catch (cause) {
    throw new ProtocolError("STATE_MALFORMED", { what: "text" }, { cause });
  }
}

function readList(kind: "branch" | "leaf", body: Uint8Array): StateNode {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (at + length > body.length) throw fault("it ends too early");
    return body.subarray(at, (at += length));
  };
  const number = (size: number): number => readUint(take(size));
  const count = number(1);
  const fewest = kind === "branch" ? 2 : 1;
  if (count < fewest || count > MOST_ENTRIES) throw fault("number of entries");
  let before: Uint8Array | undefined;
  const keys = (): string => {
    const key = take(number(2));
    const first = before === undefined;
    if (key.length > MOST_KEY || (key.length === 0) !== (kind === "branch" && first))
      throw fault("length of a key");
    if (before && compareBytes(before, key) >= 0) throw fault("keys do not ascend");
    before = key;
    return textOf(key);
  };
  const kept = (): Kept => {
    const how = number(1);
    if (how === 0) {
      const length = number(2);
      if (length > MOST_INLINE) throw fault("length of a value");
      return { text: textOf(take(length)) };
    }
    const size = number(4);
    if (how !== 1 || size <= MOST_INLINE || size > MOST_VALUE) throw fault("how a value is kept");
    return { id: toHex(take(32)), size };
  };
  const each = <T>(read: () => T): T[] => Array.from({ length: count }, read);
  const node: StateNode =
    kind === "branch"
      ? { kind, children: each(() => ({ key: keys(), id: toHex(take(32)) })) }
      : { kind, entries: each(() => ({ key: keys(), kept: kept() })) };
  if (at !== body.length) throw fault("bytes are left over");
  return node;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
