/** A member's data in a secret contract: sealed here, hash on chain first, ciphertext to the workers after that. @module */
import { fromHex, toHex, type Hex } from "../../protocol/bytes.ts";
import { decodePreamble, encodePreamble, hashDataset } from "../../protocol/envelope/package.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { tableOf } from "../../protocol/manifest.ts";
import { parsePolicy } from "../../protocol/policy.ts";
import {
  collaborationOf,
  datasetsIn,
  knownContract,
  ownEntry,
  type Known,
} from "./collaboration.ts";
import type { Context } from "./context.ts";
import type { Report } from "./reader/faults.ts";
import { rewrap } from "./rewrap.ts";
import type { Rows } from "./rows.ts";
import { sealTable, type SealedTable, type SealOrder } from "./seal-table.ts";
import { rate, wrapKey, type Progress } from "./seal.ts";
import { memorySpool, type Spool } from "./spool.ts";
import { transact } from "./transact.ts";
import { deliver, expectHolders, type Delivery } from "./upload.ts";
import { withdrawVerbs } from "./withdraw.ts";
import { endpointsOf, verifyCommitteeWorkers } from "./worker.ts";

export interface Contribution {
  readonly terms: Hex;
  /** Name of a table of the program. */
  readonly table: string;
  readonly rows: Rows;
  /** Leaves bad rows out, instead of refusing all of them; the report names them. */
  readonly skipInvalid?: boolean;
  /** Data epoch whose privacy budget pays; 0 (the default) has none. */
  readonly epoch?: number;
  /** Where ciphertext waits; memory by default. */
  readonly spool?: Spool;
  readonly onProgress?: (progress: Progress) => void;
}

/** What sealing needs besides the rows, and who does it: here by default, in a browser a Web Worker. */
export interface SealRequest extends Omit<Contribution, "rows" | "spool" | "onProgress"> {
  readonly sealWith: (order: SealOrder) => Promise<SealedTable>;
}

/** A sealed table on its way: nothing in it is secret, so it may be kept until it has arrived. */
export interface Package {
  readonly terms: Hex;
  /** The dataset's name on chain. */
  readonly dataset: Hex;
  readonly rows: number;
  /** Ciphertext bytes. */
  readonly bytes: number;
  /** Which columns were read, and which rows were left out. */
  readonly report: Report;
  /**
   * Header, chunk hashes and key wraps, the owner's own among them: with it, and its sealing key, the owner can wrap the data key
   * for a later committee ({@link rewrap}).
   */
  readonly preamble: Hex;
}

export interface Contributed extends Package {
  readonly deliveries: readonly Delivery[];
}

export interface SendOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Awaited before each piece of an upload: whoever pauses it lets it wait. */
  readonly gate?: () => Promise<void>;
}

/**
 * Contributes a table. Verifies every worker before a single row is sealed; a bad row means that nothing was sent.
 * @throws ProtocolError those of {@link seal} and {@link send}
 */
async function contribute(ctx: Context, contribution: Contribution): Promise<Contributed> {
  const { rows, spool = memorySpool(), onProgress, ...request } = contribution;
  try {
    const sealWith = (order: SealOrder) => sealTable(order, rows, spool, onProgress);
    const sealed = await seal(ctx, { ...request, sealWith });
    return await send(ctx, sealed, await spool.blob(), { onProgress });
  } finally {
    await spool.discard();
  }
}

/**
 * Seals a table to the committee in force, after verifying every worker of it. Sends nothing.
 * @throws ProtocolError those of tables ({@link blocksFrom}), TABLE_UNKNOWN, NOT_A_MEMBER, those of `worker.verify`
 */
async function seal(ctx: Context, request: SealRequest): Promise<Package> {
  const { terms, epoch = 0, skipInvalid = false } = request;
  const known = await knownContract(ctx, terms);
  const { index: member } = await ownEntry(ctx, known);
  const workers = await verifyCommitteeWorkers(ctx, known.committee.workers, known.terms);
  const { manifest } = await collaborationOf(ctx, known);
  const { index: table, spec } = tableOf(manifest, request.table);
  const { maxClasses } = parsePolicy(known.terms.policy);
  const { deployment } = ctx;
  const order = { deployment, terms, member, table, epoch, spec, maxClasses, skipInvalid };
  const sealed = await request.sealWith(order);
  const { dataset, header, leaves, rows, bytes, report } = sealed;
  const readers = workers.map((worker) => worker.keys.sealingKey);
  const preamble = { header, leaves, wraps: wrapKey(ctx, sealed, readers) };
  sealed.dataKey.wipe();
  return { terms, dataset, rows, bytes, report, preamble: toHex(encodePreamble(preamble)) };
}

/**
 * Puts the hash of a sealed table on chain, unless it stands there, then brings the ciphertext to the workers; what they hold
 * already is not sent again.
 * @throws ProtocolError NOT_A_MEMBER, HASH_MISMATCH, TRANSACTION_FAILED, and a worker's refusal when fewer than the threshold
 * hold the data
 */
async function send(
  ctx: Context,
  sealed: Package,
  ciphertext: Blob,
  { onProgress, gate }: SendOptions = {},
): Promise<Contributed> {
  const { terms, dataset, rows, bytes } = sealed;
  const known = await knownContract(ctx, terms);
  const { index: member } = await ownEntry(ctx, known);
  // The first 4 bytes are the length.
  const preamble = decodePreamble(fromHex(sealed.preamble).subarray(4));
  const { header, leaves } = preamble;
  const actual = hashDataset(header, leaves);
  if (actual !== dataset)
    throw new ProtocolError("HASH_MISMATCH", { what: "preamble", expected: dataset, actual });
  const isOwn = (entry: { member: number; dataset: Hex }) =>
    entry.member === member && entry.dataset === dataset;
  if (!datasetsIn(known.events).some(isOwn))
    await transact(ctx, "dataset.commit", (to) =>
      to.secretContracts.commitDataset(
        terms,
        member,
        header.table,
        header.epoch,
        dataset,
        leaves.length,
      ),
    );
  const started = performance.now();
  const onHeld = (chunks: number) => {
    const sent = Math.round((bytes * chunks) / leaves.length);
    const bytesPerSecond = rate(sent, started);
    onProgress?.({ stage: "uploading", rows, bytes: sent, bytesPerSecond });
  };
  const endpoints = await endpointsOf(ctx, known.committee.workers);
  const deliveries = await deliver(ctx, endpoints, { dataset, preamble, ciphertext }, onHeld, gate);
  await expectDelivered(ctx, known, member, dataset, deliveries);
  return { ...sealed, deliveries };
}

/**
 * Takes the hash back when too few workers hold the data: a task that names it could never become ready.
 * @throws ProtocolError the first worker's fault
 */
async function expectDelivered(
  ctx: Context,
  { termsHash, committee }: Known,
  member: number,
  dataset: Hex,
  deliveries: readonly Delivery[],
): Promise<void> {
  try {
    expectHolders(deliveries, committee.threshold);
  } catch (error) {
    await transact(ctx, "dataset.withdraw", (to) =>
      to.secretContracts.withdrawDataset(termsHash, member, dataset),
    );
    throw error;
  }
}

/** Datasets of all members, withdrawn ones too, in the order they were committed. @throws ProtocolError NOT_FOUND */
async function list(ctx: Context, terms: Hex) {
  return datasetsIn((await knownContract(ctx, terms)).events);
}

export const datasetVerbs = { contribute, seal, send, ...withdrawVerbs, list, rewrap };
