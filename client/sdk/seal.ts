/** From rows to ciphertext: encode, encrypt, hash, in one pass and one chunk of memory. @module */
import { toHex, ZERO_HASH, type Hex } from "../../protocol/bytes.ts";
import { encodeDataset } from "../../protocol/codec/dataset.ts";
import {
  CHUNK_SIZE,
  commitKey,
  encodeHeader,
  hashHeader,
  type Header,
} from "../../protocol/envelope/header.ts";
import { hashDataset } from "../../protocol/envelope/package.ts";
import { newDataKey, sealStream } from "../../protocol/envelope/stream.ts";
import { makeKeyWrap, type KeyWrap } from "../../protocol/envelope/wrap.ts";
import { sha256 } from "../../protocol/hash.ts";
import { hashSchema } from "../../protocol/identity.ts";
import type { Table, TableSpec } from "../../protocol/program.ts";
import type { Context } from "./context.ts";
import { publicKeysOf } from "./keys.ts";
import { Secret } from "../../protocol/secret.ts";
import type { Spool } from "./spool.ts";

/** How far sealing or an upload is. */
export interface Progress {
  readonly stage: "sealing" | "uploading";
  /** Rows sealed so far. */
  readonly rows: number;
  /** Ciphertext bytes so far, and how many come in a second. */
  readonly bytes: number;
  readonly bytesPerSecond: number;
}

/** What is sealed, and where it belongs. */
export interface Sealing {
  readonly kind: "dataset" | "params";
  readonly terms: Hex;
  readonly member: number;
  /** Index of the table in the manifest; 0 for private parameters. */
  readonly table: number;
  readonly epoch: number;
  readonly spec: TableSpec;
  /** Checked blocks; nothing of them is sent before the last one is out. */
  readonly blocks: AsyncIterable<Table>;
  readonly spool: Spool;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Sealed {
  /** Its name on chain. */
  readonly dataset: Hex;
  readonly header: Header;
  /** SHA-256 of each chunk. */
  readonly leaves: readonly Uint8Array[];
  readonly dataKey: Secret;
  readonly rows: number;
  readonly bytes: number;
}

/** Seals rows under a fresh data key; the ciphertext goes to the spool. @throws ProtocolError what `blocks` throws */
export async function sealRows(ctx: Pick<Context, "deployment">, what: Sealing): Promise<Sealed> {
  const key = newDataKey();
  const header: Header = {
    kind: what.kind,
    chainId: ctx.deployment.chainId,
    contracts: ctx.deployment.contracts,
    terms: what.terms,
    member: what.member,
    table: what.table,
    epoch: what.epoch,
    schema: hashSchema(what.spec),
    context: ZERO_HASH,
    chunkSize: CHUNK_SIZE,
    noncePrefix: toHex(crypto.getRandomValues(new Uint8Array(7))),
    keyCommitment: commitKey(key),
  };
  const started = performance.now();
  const leaves: Uint8Array[] = [];
  let [rows, bytes] = [0, 0];
  const blocks = counted(what.blocks, (more) => (rows += more));
  for await (const chunk of sealStream(key, header, encodeDataset(what.spec, blocks))) {
    leaves.push(await sha256(chunk));
    await what.spool.append(chunk);
    bytes += chunk.length;
    const bytesPerSecond = rate(bytes, started);
    what.onProgress?.({ stage: "sealing", rows, bytes, bytesPerSecond });
  }
  const dataKey = new Secret(key);
  key.fill(0);
  return { dataset: hashDataset(header, leaves), header, leaves, dataKey, rows, bytes };
}

/** Bytes a second since a moment of `performance.now()`. */
export const rate = (bytes: number, started: number): number =>
  Math.round((1000 * bytes) / Math.max(1, performance.now() - started));

async function* counted(
  blocks: AsyncIterable<Table>,
  count: (rows: number) => void,
): AsyncGenerator<Table> {
  for await (const block of blocks) {
    count(block.rows);
    yield block;
  }
}

/** The data key for each of these readers and for its owner, each wrap signed by the owner. */
export function wrapKey(
  ctx: Context,
  sealed: Pick<Sealed, "dataset" | "header" | "dataKey">,
  readers: readonly Hex[],
): KeyWrap[] {
  const keys = ctx.keys();
  const headerHash = hashHeader(encodeHeader(sealed.header));
  return [...readers, publicKeysOf(keys).sealingKey].map((reader) =>
    sealed.dataKey.use((dataKey) =>
      keys.consentKey.use((consentKey) =>
        makeKeyWrap(ctx.deployment, sealed.dataset, headerHash, dataKey, reader, consentKey),
      ),
    ),
  );
}
