/** Block headers: what a block hash commits to. Fields that later forks appended are hashed and not looked at. @module */
import { keccak256 } from "ethers";
import type { Hex } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { readRlp } from "./trie.ts";

/** Of a header, what proofs need. */
export interface Header {
  readonly hash: Hex;
  readonly parentHash: Hex;
  readonly stateRoot: Hex;
  readonly receiptsRoot: Hex;
  readonly number: number;
  /** Unix seconds. */
  readonly timestamp: number;
}

/** Fields of a header before the London fork, which all have; each fork appends. */
const LEAST_FIELDS = 15;

/**
 * Reads an RLP header; its hash is computed, never believed.
 * @throws ProtocolError PROOF_INVALID
 */
export function parseHeader(rlp: Hex): Header {
  const fields = readRlp(rlp, "a header");
  if (typeof fields === "string" || fields.length < LEAST_FIELDS)
    throw new ProtocolError("PROOF_INVALID", { what: "a header has too few fields" });
  const bytes = (index: number, length: number): Hex => {
    const field = fields[index];
    if (typeof field !== "string" || (length > 0 && field.length !== 2 + 2 * length))
      throw new ProtocolError("PROOF_INVALID", { what: `field ${index} of a header` });
    return field as Hex;
  };
  const integer = (index: number): number => {
    const value = BigInt(bytes(index, 0) === "0x" ? 0 : bytes(index, 0));
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new ProtocolError("PROOF_INVALID", { what: `field ${index} of a header` });
    return Number(value);
  };
  return {
    hash: keccak256(rlp) as Hex,
    parentHash: bytes(0, 32),
    stateRoot: bytes(3, 32),
    receiptsRoot: bytes(5, 32),
    number: integer(8),
    timestamp: integer(11),
  };
}

/** Headers of a proof by number, with the word on which of them trust rests. */
export interface TrustedChain {
  /** @throws ProtocolError BLOCK_NOT_TRUSTED, PROOF_INVALID when there is no such header */
  header(block: number): Header;
}

/**
 * Which headers may be believed: those whose hash the auditor gave, and their ancestors as far as parent hashes lead.
 * @param headers RLP, ascending by number; gaps are allowed, and trust does not cross them
 * @throws ProtocolError PROOF_INVALID
 */
export function trustChain(headers: readonly Hex[], trusted: readonly Hex[]): TrustedChain {
  const parsed = parseAscending(headers);
  const given = new Set<string>(trusted.map((hash) => hash.toLowerCase()));
  const believed = new Set<number>();
  for (const [i, header] of [...parsed.entries()].toReversed()) {
    const child = parsed[i + 1];
    const linked = child?.parentHash === header.hash && believed.has(child.number);
    if (linked || given.has(header.hash)) believed.add(header.number);
  }
  const byNumber = new Map(parsed.map((header) => [header.number, header]));
  return {
    header(block) {
      const header = byNumber.get(block);
      if (!header) throw new ProtocolError("PROOF_INVALID", { what: `no header ${block}` });
      if (!believed.has(block))
        throw new ProtocolError("BLOCK_NOT_TRUSTED", { block, hash: header.hash });
      return header;
    },
  };
}

/** Headers to which no later one leads: whoever trusts these trusts all. @throws ProtocolError PROOF_INVALID */
export function anchorsOf(headers: readonly Hex[]): Header[] {
  const parsed = parseAscending(headers);
  return parsed.filter((header, i) => parsed[i + 1]?.parentHash !== header.hash);
}

function parseAscending(headers: readonly Hex[]): Header[] {
  const parsed = headers.map(parseHeader);
  for (const [i, header] of parsed.entries()) {
    const before = parsed[i - 1];
    if (before && before.number >= header.number)
      throw new ProtocolError("PROOF_INVALID", { what: "headers are not in ascending order" });
  }
  return parsed;
}
