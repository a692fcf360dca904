/** Big-endian integers, hex and concatenation: the few byte operations every format is made of. @module */
import { ProtocolError } from "./errors.ts";

export type Hex = `0x${string}`;
declare const brand: unique symbol;
/** A 32-byte hash of one kind: an input's hash cannot be passed where a result's is meant. */
export type Hash<N extends string> = Hex & { readonly [brand]: N };
export type Address = Hex & { readonly [brand]: "address" };

export const ZERO_HASH: Hex = `0x${"00".repeat(32)}`;

const table = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hex with 0x. */
export function toHex(bytes: Uint8Array): Hex {
  let text = "0x";
  for (const byte of bytes) text += table[byte];
  return text as Hex;
}

/**
 * Bytes of 0x-hex of an expected length (in bytes; absent: any).
 * @throws ProtocolError BYTES_INVALID
 */
export function fromHex(text: string, length?: number, what = "hex"): Uint8Array {
  const valid = /^0x(?:[0-9a-fA-F]{2})*$/.test(text);
  if (!valid || (length !== undefined && text.length !== 2 + 2 * length))
    throw new ProtocolError("BYTES_INVALID", {
      what,
      expected: length === undefined ? "0x-hex" : `${length} bytes of 0x-hex`,
      actual: valid ? `${text.length / 2 - 1} bytes` : "something else",
    });
  const bytes = new Uint8Array(text.length / 2 - 1);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16);
  return bytes;
}

/** Checks the length of bytes at a public edge. @throws ProtocolError BYTES_INVALID */
export function expectLength(bytes: Uint8Array, length: number, what: string): Uint8Array {
  if (bytes.length !== length)
    throw new ProtocolError("BYTES_INVALID", {
      what,
      expected: `${length} bytes`,
      actual: `${bytes.length} bytes`,
    });
  return bytes;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Unsigned big-endian integer of `size` bytes. @throws ProtocolError BYTES_INVALID when it does not fit */
export function uint(value: number | bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt(value);
  for (let i = size - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  if (rest !== 0n)
    throw new ProtocolError("BYTES_INVALID", {
      what: "integer",
      expected: `unsigned, ${size} bytes`,
      actual: String(value),
    });
  return bytes;
}

export const u8 = (value: number): Uint8Array => uint(value, 1);
export const u32 = (value: number): Uint8Array => uint(value, 4);
export const u64 = (value: number | bigint): Uint8Array => uint(value, 8);
export const u256 = (value: number | bigint): Uint8Array => uint(value, 32);

/** Reads an unsigned big-endian integer of up to 6 bytes. */
export function readUint(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** @throws ProtocolError BYTES_INVALID when the bytes are not UTF-8 */
export function fromUtf8(bytes: Uint8Array, what = "text"): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new ProtocolError("BYTES_INVALID", { what, expected: "UTF-8", actual: "other bytes" });
  }
}

/** Compares without a short cut, so that time tells nothing about secrets. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}
