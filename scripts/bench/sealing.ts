/** What it costs to bring a table to a worker, as ratios to the least that could be done with its bytes. @module */
import { ZERO_HASH, type Address } from "../../protocol/bytes.ts";
import { blocksOf, decodeDataset, encodeDataset } from "../../protocol/codec/dataset.ts";
import { CHUNK_SIZE, commitKey, TAG_SIZE, type Header } from "../../protocol/envelope/header.ts";
import { newDataKey, openStream, sealStream } from "../../protocol/envelope/stream.ts";
import type { Table, TableSpec } from "../../protocol/program.ts";
import { measure, perSecond, type Figure } from "./measure.ts";

const ROWS = 4_000_000;

const spec: TableSpec = {
  name: "locations",
  columns: [
    { name: "latitude", type: "fixed", scale: 6, min: -90, max: 90 },
    { name: "longitude", type: "fixed", scale: 6, min: -180, max: 180 },
  ],
};
/** Places on a spiral: fixed, so that two runs measure the same. */
const column = (limit: number, step: number): Int32Array =>
  Int32Array.from({ length: ROWS }, (_, i) => ((i * step) % (2 * limit)) - limit);
const tableOf = (): Table => ({
  rows: ROWS,
  columns: {
    latitude: { type: "fixed", values: column(90_000_000, 7919) },
    longitude: { type: "fixed", values: column(180_000_000, 104_729) },
  },
});
const dataKey = newDataKey();
const header: Header = {
  kind: "dataset",
  chainId: 31337,
  contracts: `0x${"00".repeat(20)}` as Address,
  terms: ZERO_HASH,
  member: 0,
  table: 0,
  epoch: 0,
  schema: ZERO_HASH,
  context: ZERO_HASH,
  chunkSize: CHUNK_SIZE,
  noncePrefix: "0x00000000000000",
  keyCommitment: commitKey(dataKey),
};

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return parts;
}
async function* stream(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
}

/** AES-256-GCM over the same bytes, chunk by chunk, and nothing else: what sealing cannot beat. */
async function bareCipher(plain: readonly Uint8Array[]): Promise<void> {
  const raw = new Uint8Array(32);
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  for (const [i, bytes] of plain.entries()) {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setUint32(0, i);
    await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes as Uint8Array<ArrayBuffer>);
  }
}

export async function* sealingFigures(): AsyncGenerator<Figure> {
  const table = tableOf();
  const plain = await collect(encodeDataset(spec, blocksOf(table)));
  const chunks = await collect(sealStream(dataKey, header, stream(plain)));
  const whole = chunks.map((chunk) => chunk.subarray(0, chunk.length - TAG_SIZE));
  const megabytes = plain.reduce((sum, part) => sum + part.length, 0) / 1e6;
  const rows = perSecond(ROWS / 1e6, "M rows");
  const bytes = perSecond(megabytes, "MB");
  const copy = async () => plain.map((part) => part.slice());
  const copying = "copying its bytes";
  const cipher = () => bareCipher(whole);
  const alone = "AES-256-GCM alone";

  const encode = () => collect(encodeDataset(spec, blocksOf(table)));
  yield await measure("encode a table", rows, encode, copying, copy);
  const seal = () => collect(sealStream(dataKey, header, stream(plain)));
  yield await measure("seal", bytes, seal, alone, cipher);
  const open = () => collect(openStream(dataKey, header, stream(chunks)));
  yield await measure("open", bytes, open, alone, cipher);
  const decode = () => decodeDataset(spec, stream(plain), { maxRows: ROWS });
  yield await measure("decode and check a table", rows, decode, copying, copy);
}
