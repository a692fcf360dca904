/** Sealing a task: collecting what it needs, and knowing who is still to act. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { select } from "../../protocol/events.ts";
import { mergeSigned } from "../../protocol/history.ts";
import { indicesOf, type Signed } from "../../protocol/schema.ts";
import { contributorsOf } from "../../protocol/verify.ts";
import type { Context } from "./context.ts";
import { readMailboxes } from "./mailbox.ts";
import { papersOf, signedOnChain, type ChainPapers, type Papers } from "./papers.ts";
import { taskRecord } from "./status.ts";
import { transact } from "./transact.ts";

/** What sealing has and lacks. */
export interface Gathered {
  /** Signatures that are not on chain yet, ascending. */
  readonly consents: readonly Signed[];
  readonly readies: readonly Signed[];
  /** Members whose consent is missing. */
  readonly missing: readonly number[];
  /** Workers that are ready, on chain or by mailbox, of how many. */
  readonly ready: number;
  readonly workers: number;
  readonly threshold: number;
  /** First block in which it may be sealed, and the latest one. */
  readonly opensAt: number;
  readonly block: number;
}

export async function gather(ctx: Context, papers: ChainPapers): Promise<Gathered> {
  const { collaboration, question, taskId, endpoints } = papers;
  const record = await taskRecord(ctx, taskId);
  const proposed = select(papers.events, "TaskProposed").find(({ args }) => args.taskId === taskId);
  const needed = indicesOf(contributorsOf(question));
  const box = await readMailboxes(ctx, endpoints, collaboration, question);
  const onChain = signedOnChain(papers.events);
  const consented = new Set([...onChain.consents, ...record.consented]);
  // What is needed and not on chain; a consent nobody asked for would only cost gas.
  const consents = mergeSigned(question.consents, box.consents).filter(
    ({ by }) => needed.includes(by) && !consented.has(by),
  );
  const have = new Set([...consented, ...consents.map(({ by }) => by)]);
  const { workers, threshold } = collaboration.committee;
  return {
    consents,
    readies: box.readies.filter(({ by }) => !onChain.readies.has(by)),
    missing: needed.filter((member) => !have.has(member)),
    ready: new Set([...onChain.readies, ...box.readies.map(({ by }) => by)]).size,
    workers: workers.length,
    threshold,
    opensAt: (proposed?.block ?? 0) + collaboration.terms.vetoBlocks,
    block: await ctx.provider.getBlockNumber(),
  };
}

/** Who must act before a proposed task can be sealed, in words; nobody when it can be. */
export function nextToAct(gathered: Gathered): string | undefined {
  const { missing, ready, threshold, block, opensAt } = gathered;
  if (missing.length > 0) return `consent of member ${missing.join(", ")} (task.consent)`;
  if (ready < threshold) return `workers declare themselves ready (${ready} of ${threshold})`;
  // The next transaction lands in the block after the latest one.
  if (block + 1 < opensAt) return `the veto period ends at block ${opensAt}`;
  return undefined;
}

/**
 * Seals a task with the signatures of all mailboxes.
 * @throws ProtocolError CONSENT_MISSING, QUORUM_MISSING, TIMED_OUT in the veto period, TRANSACTION_FAILED
 */
export async function seal(ctx: Context, taskId: Hex): Promise<void> {
  const papers = await papersOf(ctx, taskId);
  const gathered = await gather(ctx, papers);
  const [member] = gathered.missing;
  if (member !== undefined) throw new ProtocolError("CONSENT_MISSING", { member, task: taskId });
  if (gathered.ready < gathered.threshold)
    throw new ProtocolError("QUORUM_MISSING", { have: gathered.ready, need: gathered.threshold });
  await sendSeal(ctx, papers, gathered);
}

export async function sendSeal(ctx: Context, papers: Papers, gathered: Gathered): Promise<void> {
  const { task } = papers.question;
  const { consents, readies } = gathered;
  await transact(ctx, "task.seal", (to) => to.taskManager.seal(task, [...consents], [...readies]));
}
