/** Asking: one function, its parameters, over which data, for whom. @module */
import { toHex, utf8, ZERO_HASH, type Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { compareInputs, hashParams, hashRelease, inputsRoot } from "../../protocol/identity.ts";
import { canonicalJson, type Json } from "../../protocol/json.ts";
import { functionOf, tableOf } from "../../protocol/manifest.ts";
import type { FunctionSpec, Manifest } from "../../protocol/program.ts";
import { maskOf, type InputRef, type Task } from "../../protocol/schema.ts";
import { hashTask } from "../../protocol/typed-data.ts";
import {
  collaborationOf,
  datasetsIn,
  knownContract,
  ownEntry,
  type Known,
} from "./collaboration.ts";
import type { Context } from "./context.ts";
import { blockTime } from "./ledger.ts";
import { expectParams } from "./parameters.ts";
import { blocksFrom, type Rows } from "./rows.ts";
import { sealRows, wrapKey } from "./seal.ts";
import { memorySpool } from "./spool.ts";
import { transact } from "./transact.ts";
import { deliver, expectHolders, type Parcel } from "./upload.ts";
import { verifyCommitteeWorkers, type RegisteredWorker } from "./worker.ts";

const CONSENT_SECONDS = 24 * 3600;
const RESULT_SECONDS = 3600;

export interface TaskDraft {
  readonly terms: Hex;
  readonly function: string;
  /** Public: they stand on chain. */
  readonly params: Json;
  /** Rows of the function's private table, sealed like a dataset. */
  readonly privateRows?: Rows;
  /** Default `all`: every dataset that is not withdrawn, of the tables the function reads. */
  readonly inputs?: "all" | readonly InputRef[];
  /** Members that receive the output; the asker alone by default. */
  readonly recipients?: readonly number[];
  /** Smallest units of the token, locked from the vault balance. Default 0. */
  readonly fee?: bigint;
  /** Block time in Unix seconds; default in 24 hours. */
  readonly sealBy?: number;
  /** Seconds after sealing in which results count; default one hour. */
  readonly resultWindow?: number;
}

export interface Proposed {
  readonly taskId: Hex;
  readonly task: Task;
  readonly inputs: readonly InputRef[];
}

/**
 * Proposes a task and locks its fee.
 * @throws ProtocolError FUNCTION_UNKNOWN, PARAMETER_INVALID, TABLE_UNKNOWN, NOT_A_MEMBER, BALANCE_LOW, TRANSACTION_FAILED; with
 * private rows also those of tables ({@link blocksFrom}), of `worker.verify` and of uploads
 */
export async function propose(ctx: Context, draft: TaskDraft): Promise<Proposed> {
  const known = await knownContract(ctx, draft.terms);
  const { index: requester } = await ownEntry(ctx, known);
  const { manifest } = await collaborationOf(ctx, known);
  const spec = functionOf(manifest, draft.function);
  expectParams(draft.function, spec, draft.params);
  const { fee = 0n, recipients = [requester] } = draft;
  await expectBalance(ctx, fee);

  const inputs = inputsOf(known, manifest, spec, draft.inputs ?? "all");
  const params = canonicalJson(draft.params);
  const { program, policy } = known.terms;
  const secret = draft.privateRows
    ? await sealPrivate(ctx, known, requester, spec, draft.privateRows)
    : undefined;
  const privateParams = secret?.parcel.dataset ?? ZERO_HASH;
  const task: Task = {
    terms: draft.terms,
    requester,
    functionName: draft.function,
    paramsHash: hashParams(utf8(params)),
    privateParams,
    inputsRoot: inputsRoot(inputs),
    recipients: maskOf(recipients),
    changesState: spec.changesState,
    epsilon: 0,
    releaseId: hashRelease({
      program,
      policy,
      functionName: draft.function,
      rule: spec.release,
      params: draft.params,
      privateParams,
      epsilon: 0,
      inputs,
    }),
    fee: fee.toString(),
    sealBy: draft.sealBy ?? (await blockTime(ctx)) + CONSENT_SECONDS,
    resultWindow: draft.resultWindow ?? RESULT_SECONDS,
    salt: toHex(crypto.getRandomValues(new Uint8Array(32))),
  };
  await transact(ctx, "task.propose", (to) =>
    to.taskManager.propose(task, inputs, toHex(utf8(params))),
  );
  // Workers take only what the chain names, so the private rows travel after the proposal.
  if (secret) {
    const endpoints = secret.workers.map((worker) => worker.endpoint);
    const deliveries = await deliver(ctx, endpoints, secret.parcel);
    expectHolders(deliveries, known.committee.threshold);
  }
  return { taskId: hashTask(ctx.deployment, task), task, inputs };
}

function inputsOf(
  known: Known,
  manifest: Manifest,
  spec: FunctionSpec,
  wanted: "all" | readonly InputRef[],
): InputRef[] {
  const read = new Set(spec.reads.map((name) => tableOf(manifest, name).index));
  const chosen =
    wanted === "all"
      ? datasetsIn(known.events).filter((entry) => !entry.withdrawn && read.has(entry.table))
      : wanted;
  return chosen
    .map(({ member, table, dataset }) => ({ member, table, dataset }))
    .toSorted(compareInputs);
}

async function expectBalance(ctx: Context, fee: bigint): Promise<void> {
  const { vault } = await ctx.contracts();
  const account = await ctx.account();
  const balance = await vault.balanceOf(account);
  if (balance < fee)
    throw new ProtocolError("BALANCE_LOW", {
      account,
      balance: String(balance),
      needed: String(fee),
    });
}

async function sealPrivate(
  ctx: Context,
  known: Known,
  member: number,
  { privateTable }: FunctionSpec,
  rows: Rows,
): Promise<{ parcel: Parcel; workers: readonly RegisteredWorker[] }> {
  if (!privateTable) throw new ProtocolError("TABLE_UNKNOWN", { name: "@params", known: [] });
  const workers = await verifyCommitteeWorkers(ctx, known.committee.workers, known.terms);
  const spool = memorySpool();
  const sealed = await sealRows(ctx, {
    kind: "params",
    terms: known.termsHash,
    member,
    table: 0,
    epoch: 0,
    spec: privateTable,
    // One point may be asked about; one row may not be contributed.
    blocks: blocksFrom(privateTable, rows, { minRows: 1 }),
    spool,
  });
  const readers = workers.map((worker) => worker.keys.sealingKey);
  const { dataset, header, leaves } = sealed;
  const preamble = { header, leaves, wraps: wrapKey(ctx, sealed, readers) };
  sealed.dataKey.wipe();
  return { parcel: { dataset, preamble, ciphertext: await spool.blob() }, workers };
}
