/** What a sealed payload is bound to. A ciphertext copied to another chain, contract, member or task does not open. @module */
import {
  fromHex,
  readUint,
  toHex,
  u256,
  u32,
  u8,
  type Address,
  type Hash,
  type Hex,
} from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { decodeTagged, encodeTagged, taggedHash } from "../hash.ts";
import { keccak256 } from "ethers";

/** 1 MiB of plaintext a chunk. */
export const CHUNK_SIZE = 1 << 20;
/** AES-GCM tag. */
export const TAG_SIZE = 16;

export const envelopeKinds = ["dataset", "params", "output"] as const;
export type EnvelopeKind = (typeof envelopeKinds)[number];

export interface Header {
  readonly kind: EnvelopeKind;
  readonly chainId: number;
  readonly contracts: Address;
  readonly terms: Hex;
  /** Who sealed it (dataset, params) or who may open it (output). */
  readonly member: number;
  /** Index of the table in the manifest; 0 for params and output. */
  readonly table: number;
  /** Data epoch whose budget pays for private releases; 0 has none. */
  readonly epoch: number;
  /** Tagged hash of the table's schema; zero for output. */
  readonly schema: Hex;
  /** Seal digest of an output, zero otherwise. */
  readonly context: Hex;
  /** Plaintext bytes a chunk, all but the last. */
  readonly chunkSize: number;
  /** 7 bytes; random, though a fresh key for each envelope already makes nonces unique. */
  readonly noncePrefix: Hex;
  /** AES-GCM is not key-committing: without this a member could make two honest workers decrypt different data. */
  readonly keyCommitment: Hex;
}

export function encodeHeader(header: Header): Uint8Array {
  return encodeTagged("header", [
    u8(envelopeKinds.indexOf(header.kind) + 1),
    u256(header.chainId),
    fromHex(header.contracts, 20),
    fromHex(header.terms, 32),
    u8(header.member),
    u8(header.table),
    u32(header.epoch),
    fromHex(header.schema, 32),
    fromHex(header.context, 32),
    u32(header.chunkSize),
    fromHex(header.noncePrefix, 7),
    fromHex(header.keyCommitment, 32),
  ]);
}

const widths = [1, 32, 20, 32, 1, 1, 4, 32, 32, 4, 7, 32];

/** @throws ProtocolError ENVELOPE_MALFORMED */
export function decodeHeader(bytes: Uint8Array): Header {
  const fields = decodeTagged("header", widths.length, bytes);
  if (!fields.every((field, i) => field.length === widths[i]))
    throw new ProtocolError("ENVELOPE_MALFORMED", { what: "a header field has another length" });
  const field = (i: number) => fields[i] as Uint8Array;
  const kind = envelopeKinds[readUint(field(0)) - 1];
  const chunkSize = readUint(field(9));
  if (!kind) throw new ProtocolError("ENVELOPE_MALFORMED", { what: "unknown kind" });
  if (chunkSize !== CHUNK_SIZE)
    throw new ProtocolError("ENVELOPE_MALFORMED", { what: "unknown chunk size" });
  return {
    kind,
    chainId: Number(BigInt(toHex(field(1)))),
    contracts: toHex(field(2)) as Address,
    terms: toHex(field(3)),
    member: readUint(field(4)),
    table: readUint(field(5)),
    epoch: readUint(field(6)),
    schema: toHex(field(7)),
    context: toHex(field(8)),
    chunkSize,
    noncePrefix: toHex(field(10)),
    keyCommitment: toHex(field(11)),
  };
}

export const hashHeader = (bytes: Uint8Array): Hash<"header"> => keccak256(bytes) as Hash<"header">;

/** Commitment of a data key in its header. */
export const commitKey = (dataKey: Uint8Array): Hash<"key-commitment"> =>
  taggedHash("key-commitment", dataKey);

/**
 * Refuses an envelope that was sealed for another place than the one it is used in.
 * @throws ProtocolError ENVELOPE_FOREIGN naming the first field that differs
 */
export function expectHeader(header: Header, expected: Partial<Header>): void {
  for (const [field, value] of Object.entries(expected)) {
    const actual = header[field as keyof Header];
    if (actual !== value)
      throw new ProtocolError("ENVELOPE_FOREIGN", {
        what: field,
        expected: String(value),
        actual: String(actual),
      });
  }
}
