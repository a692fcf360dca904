/** Builds a whole Merkle-Patricia trie of a few values, for proofs of the receipts of one block. @module */
import { encodeRlp, keccak256, type RlpStructuredData } from "ethers";
import type { Hex } from "../../../protocol/bytes.ts";

/** Key as hex digits, and value. */
type Entry = readonly [path: string, value: Hex];

export interface Trie {
  readonly root: Hex;
  /** Nodes from the root down to the value; the key must be one of the trie's. */
  readonly proofOf: (key: Hex) => Hex[];
}

/** @param entries distinct keys, none of which begins with another: so are RLP integers */
export function trieOf(entries: readonly (readonly [key: Hex, value: Hex])[]): Trie {
  const paths = entries.map(([key, value]): Entry => [key.slice(2), value]);
  const root = encodeRlp(build(paths, undefined, [])) as Hex;
  return {
    root: keccak256(root) as Hex,
    proofOf(key) {
      const way: Hex[] = [];
      build(paths, key.slice(2), way);
      // Children were met before their parents.
      return [root, ...way.toReversed()];
    },
  };
}

/**
 * The node over these entries.
 * @param wanted what is left of the key to prove; absent: this node does not lead to it
 * @param way takes the encodings of the nodes below that lead to it, the deepest first
 */
function build(
  entries: readonly Entry[],
  wanted: string | undefined,
  way: Hex[],
): RlpStructuredData {
  const [first] = entries as [Entry, ...Entry[]];
  if (entries.length === 1) return [encodePath(first[0], true), first[1]];
  const shared = sharedPrefix(entries.map(([path]) => path));
  if (shared > 0) {
    const rest = entries.map(([path, value]): Entry => [path.slice(shared), value]);
    return [encodePath(first[0].slice(0, shared), false), child(rest, wanted?.slice(shared), way)];
  }
  const slots = Array.from({ length: 16 }, (_, nibble) => {
    const digit = nibble.toString(16);
    const own = entries.filter(([path]) => path.startsWith(digit));
    const rest = own.map(([path, value]): Entry => [path.slice(1), value]);
    return rest.length === 0
      ? "0x"
      : child(rest, wanted?.startsWith(digit) ? wanted.slice(1) : undefined, way);
  });
  return [...slots, "0x"];
}

/** A reference to the node: its hash, or the node itself when that is shorter. */
function child(
  entries: readonly Entry[],
  wanted: string | undefined,
  way: Hex[],
): RlpStructuredData {
  const node = build(entries, wanted, way);
  const rlp = encodeRlp(node) as Hex;
  if (rlp.length < 2 + 2 * 32) return node;
  if (wanted !== undefined) way.push(rlp);
  return keccak256(rlp);
}

function encodePath(path: string, isLeaf: boolean): Hex {
  const flag = isLeaf ? 2 : 0;
  return path.length % 2 === 1 ? `0x${flag + 1}${path}` : `0x${flag}0${path}`;
}

function sharedPrefix(paths: readonly string[]): number {
  const [first = ""] = paths;
  let length = 0;
  while (length < first.length && paths.every((path) => path[length] === first[length])) length++;
  return length;
}
