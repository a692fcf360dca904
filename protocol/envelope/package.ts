/**
 * What is uploaded: a preamble (header, chunk hashes, key wraps) and the ciphertext chunks. The preamble comes first, so that a
 * worker refuses a bad chunk when it arrives and an interrupted upload goes on at the next chunk.
 * @module
 */
import { StreamReader } from "../codec/reader.ts";
import { concat, fromHex, readUint, u32, type Hash } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { decodeTagged, encodeTagged, merkleRoot, taggedHash } from "../hash.ts";
import { decodeHeader, encodeHeader, hashHeader, TAG_SIZE, type Header } from "./header.ts";
import { decodeKeyWrap, encodeKeyWrap, KEY_WRAP_SIZE, type KeyWrap } from "./wrap.ts";

/** Chunk hashes an envelope may have: 65,536 chunks are 64 GiB. */
export const MAX_CHUNKS = 65_536;
/** Committee of 7 and the owner. */
export const MAX_WRAPS = 8;
/** Most bytes a preamble can have. */
export const MAX_PREAMBLE = 1024 + 32 * MAX_CHUNKS + MAX_WRAPS * KEY_WRAP_SIZE;

export interface Preamble {
  readonly header: Header;
  /** SHA-256 of each ciphertext chunk. */
  readonly leaves: readonly Uint8Array[];
  readonly wraps: readonly KeyWrap[];
}

/** Name of an envelope's payload: header, number of chunks and every byte of them. Wraps are outside: they change with the committee. */
export function hashDataset(header: Header, leaves: readonly Uint8Array[]): Hash<"dataset"> {
  return taggedHash(
    "dataset",
    fromHex(hashHeader(encodeHeader(header))),
    u32(leaves.length),
    merkleRoot(leaves),
  );
}

/** u32 length || tagged (header, leaves, wraps). */
export function encodePreamble(preamble: Preamble): Uint8Array {
  const body = encodeTagged("package", [
    encodeHeader(preamble.header),
    concat(...preamble.leaves),
    concat(...preamble.wraps.map(encodeKeyWrap)),
  ]);
  return concat(u32(body.length), body);
}

/**
 * Reads a preamble without its length prefix.
 * @throws ProtocolError ENVELOPE_MALFORMED
 */
export function decodePreamble(body: Uint8Array): Preamble {
  const [header, leaves, wraps] = decodeTagged("package", 3, body) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const count = leaves.length / 32;
  const entries = wraps.length / KEY_WRAP_SIZE;
  if (!Number.isInteger(count) || count < 1 || count > MAX_CHUNKS)
    throw new ProtocolError("ENVELOPE_MALFORMED", { what: "number of chunks" });
  if (!Number.isInteger(entries) || entries > MAX_WRAPS)
    throw new ProtocolError("ENVELOPE_MALFORMED", { what: "number of key wraps" });
  return {
    header: decodeHeader(header),
    leaves: Array.from({ length: count }, (_, i) => leaves.slice(32 * i, 32 * i + 32)),
    wraps: Array.from({ length: entries }, (_, i) =>
      decodeKeyWrap(wraps.subarray(KEY_WRAP_SIZE * i, KEY_WRAP_SIZE * (i + 1))),
    ),
  };
}

/** Splits a byte stream into its preamble and the chunks that follow, as `header.chunkSize` says. */
export async function readPackage(
  source: AsyncIterable<Uint8Array>,
): Promise<{ preamble: Preamble; chunks: AsyncGenerator<Uint8Array> }> {
  const reader = new StreamReader(source, "ENVELOPE_MALFORMED");
  const length = readUint(await reader.take(4));
  if (length > MAX_PREAMBLE)
    throw new ProtocolError("ENVELOPE_MALFORMED", { what: "the preamble is too long" });
  const preamble = decodePreamble(await reader.take(length));
  return { preamble, chunks: reader.chunks(preamble.header.chunkSize + TAG_SIZE) };
}
