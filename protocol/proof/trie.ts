/**
 * Merkle-Patricia tries of Ethereum (yellow paper, appendix D): what a root commits to under a key. Every node is bound to its
 * parent by its hash, so a flipped byte anywhere makes a proof worthless.
 * @module
 */
import { decodeRlp, keccak256, type RlpStructuredData } from "ethers";
import type { Hex } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";

const invalid = (what: string) => new ProtocolError("PROOF_INVALID", { what });
/** Deeper than any key of 32 bytes can lead. */
const MAX_NODES = 66;

/** @throws ProtocolError PROOF_INVALID */
export function readRlp(bytes: Hex, what: string): RlpStructuredData {
  try {
    return decodeRlp(bytes);
  } catch (cause) {
    throw new ProtocolError("PROOF_INVALID", { what: `${what} is not RLP` }, { cause });
  }
}

/**
 * The value that lies under `key` in the trie of this root.
 * @param key RLP of an index in a receipts trie, keccak256 of an address in the state trie
 * @param nodes RLP of the nodes from the root down, all of which must be needed
 * @throws ProtocolError PROOF_INVALID, also when the proof shows that there is no value
 */
export function provenValue(root: Hex, key: Hex, nodes: readonly Hex[]): Hex {
  if (nodes.length > MAX_NODES) throw invalid("too many nodes");
  let used = 0;
  const follow = (reference: RlpStructuredData): readonly RlpStructuredData[] => {
    // Nodes shorter than a hash stand inside their parent.
    if (typeof reference !== "string") return reference;
    const node = nodes[used++];
    if (node === undefined || keccak256(node) !== reference)
      throw invalid(`trie node ${used - 1} is not the one its parent names`);
    const items = readRlp(node, "a trie node");
    if (typeof items === "string") throw invalid("a trie node is no list");
    return items;
  };
  const value = descend(follow(root), key.slice(2), follow);
  if (used !== nodes.length) throw invalid("nodes that nothing names");
  return value;
}

type Node = readonly RlpStructuredData[];

/** @param path nibbles that are still to go, as hex digits */
function descend(node: Node, path: string, follow: (reference: RlpStructuredData) => Node): Hex {
  if (node.length === 17) {
    if (path === "") return leafValue(node[16]);
    const child = node[Number.parseInt(path.charAt(0), 16)];
    if (child === undefined || child === "0x") throw invalid("the trie has nothing there");
    return descend(follow(child), path.slice(1), follow);
  }
  const [encoded, next] = node;
  if (node.length !== 2 || typeof encoded !== "string" || next === undefined)
    throw invalid("a trie node has neither 2 nor 17 items");
  const { own, isLeaf } = decodePath(encoded);
  if (isLeaf) {
    if (own !== path) throw invalid("the trie has another key there");
    return leafValue(next);
  }
  if (own === "" || !path.startsWith(own)) throw invalid("the trie has another key there");
  return descend(follow(next), path.slice(own.length), follow);
}

/** Hex-prefix encoding: the first nibble says leaf or extension, odd or even. */
function decodePath(encoded: string): { own: string; isLeaf: boolean } {
  const flag = Number.parseInt(encoded.charAt(2), 16);
  if (!(flag <= 3)) throw invalid("a path of a trie node");
  return { own: encoded.slice(flag % 2 === 1 ? 3 : 4), isLeaf: flag >= 2 };
}

function leafValue(value: RlpStructuredData | undefined): Hex {
  if (typeof value !== "string" || value === "0x") throw invalid("the trie has no value there");
  return value as Hex;
}
