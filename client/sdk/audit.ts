/** The auditor's verb: needs no keys and no account, only a chain and the program's public files. @module */
import {
  audit,
  type AuditReport,
  type ChainFacts,
  type OpenedOutput,
} from "../../protocol/audit.ts";
import { fromUtf8, type Hex } from "../../protocol/bytes.ts";
import { select, type ChainEvent } from "../../protocol/events.ts";
import { questionFrom, receiptFrom } from "../../protocol/history.ts";
import type { Receipt } from "../../protocol/receipt.ts";
import type { Context } from "./context.ts";
import { createdIn, storyOf, workersIn } from "./ledger.ts";
import { programFiles } from "./program.ts";
import { prove, type ProveOptions, type Proven } from "./proof/prove.ts";
import { taskRecord } from "./status.ts";
import { endpointsOf } from "./worker.ts";

export interface Audited {
  readonly report: AuditReport;
  /** The portable proof that was audited. */
  readonly receipt: Receipt;
}

/**
 * Audits a task: builds its receipt out of the chain's events and checks every part of it.
 * @param opened a recipient's output, to be checked against its commitment as well
 * @throws ProtocolError NOT_FOUND when task, contract or program cannot be found at all; faults are in the report
 */
async function task(ctx: Context, taskId: Hex, opened?: OpenedOutput): Promise<Audited> {
  const { events, receipt } = await receiptOf(ctx, taskId);
  const facts = await chainFacts(ctx, taskId, receipt, events);
  return { report: audit(receipt, facts, opened), receipt };
}

/**
 * Makes a file with which anybody can audit the task offline: see `auditProven`.
 * @throws ProtocolError NOT_FOUND, PROOF_UNAVAILABLE
 */
async function proof(ctx: Context, taskId: Hex, options?: ProveOptions): Promise<Proven> {
  const { events, receipt } = await receiptOf(ctx, taskId);
  return prove(ctx, taskId, events, receipt, options);
}

/** @throws ProtocolError NOT_FOUND */
async function receiptOf(
  ctx: Context,
  taskId: Hex,
): Promise<{ events: ChainEvent[]; receipt: Receipt }> {
  const events = await storyOf(ctx, taskId);
  const { terms } = questionFrom(events, taskId).task;
  const { program } = createdIn(events, terms).args.content;
  const endpoints = await endpointsOf(ctx, workersIn(events, terms));
  const { manifest } = await programFiles(ctx, program, endpoints);
  const text = fromUtf8(manifest, "manifest");
  return { events, receipt: receiptFrom(ctx.deployment, events, taskId, text) };
}

/** What the chain says by itself, and what it announced about the state. */
async function chainFacts(
  ctx: Context,
  taskId: Hex,
  receipt: Receipt,
  events: readonly ChainEvent[],
): Promise<ChainFacts> {
  const { secretContracts, programRegistry, addresses } = await ctx.contracts();
  const { terms: content } = receipt.collaboration;
  const { task: asked, inputs } = receipt.question;
  const [network, record, programPublished, committed] = await Promise.all([
    ctx.provider.getNetwork(),
    taskRecord(ctx, taskId),
    programRegistry.isPublished(content.program),
    Promise.all(
      inputs.map(({ member, dataset }) => secretContracts.datasetOf(asked.terms, member, dataset)),
    ),
  ]);
  return {
    chainId: Number(network.chainId),
    contracts: ctx.deployment.contracts,
    state: record.state,
    digest: record.digest,
    programPublished,
    inputsCommitted: committed.map(
      ([chunks, , table], i) => chunks > 0n && Number(table) === inputs[i]?.table,
    ),
    workerRegistry: addresses.workerRegistry,
    stateVersions: select(events, "StateAdvanced").map(({ args }) => args),
  };
}

export { task as auditTask };
export const auditVerbs = { task, proof };
