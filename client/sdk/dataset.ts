/** A member's data in a secret contract: sealed here, hash on chain first, ciphertext to the workers after that. @module */
import { toHex, type Hex } from "../../protocol/bytes.ts";
import { encodePreamble } from "../../protocol/envelope/package.ts";
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
import { blocksFrom, type Rows } from "./rows.ts";
import { rate, sealRows, wrapKey, type Progress } from "./seal.ts";
import { memorySpool, type Spool } from "./spool.ts";
import { rewrap } from "./rewrap.ts";
import { transact } from "./transact.ts";
import { deliver, expectHolders, type Delivery } from "./upload.ts";
import { verifyCommitteeWorkers } from "./worker.ts";

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

export interface Contributed {
  /** The dataset's name on chain. */
  readonly dataset: Hex;
  readonly rows: number;
  /** Which columns were read, and which rows were left out. */
  readonly report: Report;
  /** Ciphertext bytes. */
  readonly bytes: number;
  readonly deliveries: readonly Delivery[];
  /**
   * Header, chunk hashes and key wraps, the owner's own among them: with it, and its sealing key, the owner can wrap the data key
   * for a later committee ({@link rewrap}). Not secret.
   */
  readonly preamble: Hex;
}

/**
 * Contributes a table. Verifies every worker before a single row is sealed; a bad row means that nothing was sent.
 * @throws ProtocolError those of tables ({@link blocksFrom}), TABLE_UNKNOWN, NOT_A_MEMBER, those of `worker.verify`,
 * TRANSACTION_FAILED, and a worker's refusal when fewer than the threshold hold the data
 */
async function contribute(ctx: Context, contribution: Contribution): Promise<Contributed> {
  const { terms, onProgress, epoch = 0, spool = memorySpool() } = contribution;
  const known = await knownContract(ctx, terms);
  const { index: member } = await ownEntry(ctx, known);
  const workers = await verifyCommitteeWorkers(ctx, known.committee.workers, known.terms);
  const { manifest } = await collaborationOf(ctx, known);
  const { index: table, spec } = tableOf(manifest, contribution.table);
  let report: Report | undefined;
  const blocks = blocksFrom(spec, contribution.rows, {
    onFault: contribution.skipInvalid ? "skip" : "refuse",
    maxClasses: parsePolicy(known.terms.policy).maxClasses,
    onReport: (read) => (report = read),
  });
  try {
    const sealed = await sealRows(ctx, {
      kind: "dataset",
      terms,
      member,
      table,
      epoch,
      spec,
      blocks,
      spool,
      onProgress,
    });
    const { dataset, header, leaves, rows, bytes } = sealed;
    await transact(ctx, "dataset.commit", (to) =>
      to.secretContracts.commitDataset(terms, member, table, epoch, dataset, leaves.length),
    );
    const readers = workers.map((worker) => worker.keys.sealingKey);
    const preamble = { header, leaves, wraps: wrapKey(ctx, sealed, readers) };
    sealed.dataKey.wipe();

    const started = performance.now();
    const onHeld = (chunks: number) => {
      const sent = Math.round((bytes * chunks) / leaves.length);
      const bytesPerSecond = rate(sent, started);
      onProgress?.({ stage: "uploading", rows, bytes: sent, bytesPerSecond });
    };
    const parcel = { dataset, preamble, ciphertext: await spool.blob() };
    const endpoints = workers.map((worker) => worker.endpoint);
    const deliveries = await deliver(ctx, endpoints, parcel, onHeld);
    await expectDelivered(ctx, known, member, dataset, deliveries);
    const kept = toHex(encodePreamble(preamble));
    return { dataset, rows, report: report as Report, bytes, deliveries, preamble: kept };
  } finally {
    await spool.discard();
  }
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

/** No new task can name the dataset; tasks already proposed keep it. @throws ProtocolError NOT_A_MEMBER, TRANSACTION_FAILED */
async function withdraw(ctx: Context, terms: Hex, dataset: Hex): Promise<void> {
  const { index } = await ownEntry(ctx, await knownContract(ctx, terms));
  await transact(ctx, "dataset.withdraw", (to) =>
    to.secretContracts.withdrawDataset(terms, index, dataset),
  );
}

/** Datasets of all members, withdrawn ones too, in the order they were committed. @throws ProtocolError NOT_FOUND */
async function list(ctx: Context, terms: Hex) {
  return datasetsIn((await knownContract(ctx, terms)).events);
}

export const datasetVerbs = { contribute, withdraw, list, rewrap };
