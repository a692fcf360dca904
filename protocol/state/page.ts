/**
 * How a worker gives a state to another: its sealed nodes by id, so that a break costs one page.
 *
 *   page  = u8 more, (id (32), u32 length, sealed node)*        length 0: not in the state any more
 *
 * @module
 */
import { concat, fromHex, readUint, toHex, u32, u8, ZERO_HASH, type Hex } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { MOST_SEALED } from "./seal.ts";

/** A node of a version, or the news that it is in it no more. */
export interface NodeChange {
  readonly id: Hex;
  readonly bytes?: Uint8Array;
}
export interface StatePage {
  readonly changes: readonly NodeChange[];
  /** Whether there are more after the last one. */
  readonly more: boolean;
}

/** Bytes after which a page ends. */
const PAGE = 4 * 2 ** 20;
/** Bytes of the largest page. */
export const MOST_PAGE = 1 + PAGE + 36 + MOST_SEALED;

/** @param changes ascending by id; only as many as fit are taken */
export function encodePage(changes: Iterable<NodeChange>): Uint8Array {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (const { id, bytes: sealed = new Uint8Array(0) } of changes) {
    if (bytes >= PAGE) return concat(u8(1), ...parts);
    parts.push(fromHex(id, 32), u32(sealed.length), sealed);
    bytes += 36 + sealed.length;
  }
  return concat(u8(0), ...parts);
}

const fault = (what: string) => new ProtocolError("STATE_MALFORMED", { what });

/**
 * Reads a page that begins after an id.
 * @throws ProtocolError STATE_MALFORMED, also for one that says that there is more and brings nothing
 */
export function decodePage(page: Uint8Array, after: Hex = ZERO_HASH): StatePage {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (at + length > page.length) throw fault("a page ends too early");
    return page.subarray(at, (at += length));
  };
  const more = readUint(take(1));
  const changes: NodeChange[] = [];
  for (let before = after; at < page.length;) {
    const id = toHex(take(32));
    const length = readUint(take(4));
    if (id <= before) throw fault("nodes do not ascend");
    if (length > MOST_SEALED) throw fault("length of a node");
    changes.push({ id, ...(length > 0 && { bytes: take(length) }) });
    before = id;
  }
  if (more > 1 || (more === 1 && changes.length === 0)) throw fault("end of a page");
  return { changes, more: more === 1 };
}
