/** Tasks: asked, agreed to, sealed, awaited; and every way out. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { hasCode, ProtocolError } from "../../protocol/errors.ts";
import { select, type EventOf } from "../../protocol/events.ts";
import { sealingFrom } from "../../protocol/history.ts";
import { indicesOf, type TaskState } from "../../protocol/schema.ts";
import { contributorsOf } from "../../protocol/verify.ts";
import { agreedResult } from "./agreed.ts";
import { ownEntry } from "./collaboration.ts";
import { consent, deliverConsent, describe } from "./consent.ts";
import type { Context } from "./context.ts";
import { proposals, taskEvents } from "./ledger.ts";
import { papersOf } from "./papers.ts";
import { propose, type Proposed, type TaskDraft } from "./propose.ts";
import { gather, nextToAct, seal, sendSeal } from "./sealing.ts";
import { taskRecord, type TaskRecord } from "./status.ts";
import { transact } from "./transact.ts";
import { waitFor } from "./wait.ts";

const WAIT_SECONDS = 600;
/** Seconds a run waits for the last workers after enough are ready: who is not sealed in does not run and is not paid. */
const GRACE_SECONDS = 5;
const endStates: readonly TaskState[] = ["finalized", "failed", "cancelled", "expired"];

export interface WaitOptions {
  /** Default 600. */
  readonly timeoutSeconds?: number;
}

export type Ended = TaskRecord & { readonly taskId: Hex };

/** Where a task is, and who acts next; `next` is absent at an end. @throws ProtocolError NOT_FOUND */
async function status(ctx: Context, taskId: Hex): Promise<TaskRecord & { next?: string }> {
  const record = await taskRecord(ctx, taskId);
  if (endStates.includes(record.state)) return record;
  return { ...record, next: await nextOf(ctx, taskId, record) };
}

const until = (time: number): string => `until ${new Date(1000 * time).toISOString()}`;

async function nextOf(ctx: Context, taskId: Hex, record: TaskRecord): Promise<string> {
  if (record.state === "sealed")
    return `the workers' results, ${until(record.resultBy)}; then anyone may expire the task`;
  const papers = await papersOf(ctx, taskId);
  const next = nextToAct(await gather(ctx, papers)) ?? "anyone seals the task";
  return `${next}, ${until(papers.question.task.sealBy)}; then anyone may cancel it`;
}

/** Waits for an end state. @throws ProtocolError TIMED_OUT naming who must act next, NOT_FOUND */
async function wait(ctx: Context, taskId: Hex, options: WaitOptions = {}): Promise<Ended> {
  return waitFor(
    `task ${taskId}`,
    { everyMs: ctx.pollMs, seconds: options.timeoutSeconds ?? WAIT_SECONDS },
    async () => {
      const record = await taskRecord(ctx, taskId);
      return endStates.includes(record.state) ? { taskId, ...record } : undefined;
    },
    async () => nextOf(ctx, taskId, await taskRecord(ctx, taskId)),
  );
}

/**
 * The whole way: proposes, consents for itself, seals when everybody else has consented and enough workers are ready, waits
 * for the end. Others consent by `consent` meanwhile.
 * @param options.onProposed told the task as soon as it is on chain, so that others can be asked for their consent
 * @throws ProtocolError as `propose`, `consent` and `wait`
 */
async function run(
  ctx: Context,
  draft: TaskDraft,
  options: WaitOptions & { readonly onProposed?: (proposed: Proposed) => void } = {},
): Promise<Ended> {
  const proposed = await propose(ctx, draft);
  options.onProposed?.(proposed);
  const { taskId } = proposed;
  const papers = await papersOf(ctx, taskId);
  const { index } = await ownEntry(ctx, papers.known);
  if (indicesOf(contributorsOf(papers.question)).includes(index)) await consent(ctx, taskId);
  const limits = { everyMs: ctx.pollMs, seconds: options.timeoutSeconds ?? WAIT_SECONDS };
  const next = async () => nextOf(ctx, taskId, await taskRecord(ctx, taskId));
  let readySince: number | undefined;
  await waitFor(
    `the sealing of task ${taskId}`,
    limits,
    async () => {
      if ((await taskRecord(ctx, taskId)).state !== "proposed") return true;
      const gathered = await gather(ctx, { ...papers, events: await taskEvents(ctx, taskId) });
      if (nextToAct(gathered) !== undefined) return undefined;
      readySince ??= Date.now();
      const all = gathered.ready === gathered.workers;
      if (!all && Date.now() < readySince + 1000 * GRACE_SECONDS) return undefined;
      return sealOrOvertaken(() => sendSeal(ctx, papers, gathered));
    },
    next,
  );
  return wait(ctx, taskId, options);
}

/** Workers seal too: when one of them was faster, the contract refuses ours, and that is fine. */
async function sealOrOvertaken(send: () => Promise<void>): Promise<true | undefined> {
  try {
    await send();
    return true;
  } catch (error) {
    if (hasCode(error, "TRANSACTION_FAILED")) {
      if (error.facts.error.startsWith("TaskBadTransition")) return true;
      // Block numbers of an estimate may be one behind: the next look tries again.
      if (error.facts.error.startsWith("TaskVetoPeriod")) return undefined;
    }
    throw error;
  }
}

/** Stops a task that reads this member's data, until it is sealed. @throws ProtocolError NOT_A_MEMBER, TRANSACTION_FAILED */
async function veto(ctx: Context, taskId: Hex): Promise<void> {
  const { known, question } = await papersOf(ctx, taskId);
  const { index } = await ownEntry(ctx, known);
  await transact(ctx, "task.veto", (to) => to.taskManager.veto(question.task, index));
}

/** Takes back a proposal: its requester any time, anyone after its deadline. @throws ProtocolError TRANSACTION_FAILED */
async function cancel(ctx: Context, taskId: Hex): Promise<void> {
  await transact(ctx, "task.cancel", (to) => to.taskManager.cancel(taskId));
}

/** Ends a sealed task after its deadline; the fee goes back. @throws ProtocolError NOT_FOUND, TRANSACTION_FAILED */
async function expire(ctx: Context, taskId: Hex): Promise<void> {
  const sealing = sealingFrom(await taskEvents(ctx, taskId), taskId);
  if (!sealing) throw new ProtocolError("NOT_FOUND", { what: "seal of task", name: taskId });
  await transact(ctx, "task.expire", (to) => to.taskManager.expire(sealing.seal));
}

/** After the result window: returns what no worker earned. @throws ProtocolError NOT_FINAL, TASK_FAILED, TRANSACTION_FAILED */
async function settle(ctx: Context, taskId: Hex): Promise<void> {
  const { seal: facts, result } = await agreedResult(ctx, taskId);
  await transact(ctx, "task.settle", (to) => to.taskManager.settle(facts, result));
}

/** Tasks of a secret contract, oldest first. */
async function list(ctx: Context, terms: Hex): Promise<{ taskId: Hex; state: TaskState }[]> {
  const proposed: EventOf<"TaskProposed">[] = select(await proposals(ctx, terms), "TaskProposed");
  return Promise.all(
    proposed.map(async ({ args: { taskId } }) => ({
      taskId,
      state: (await taskRecord(ctx, taskId)).state,
    })),
  );
}

export const taskVerbs = {
  propose,
  describe,
  consent,
  deliverConsent,
  seal,
  run,
  status,
  wait,
  veto,
  cancel,
  expire,
  settle,
  list,
};
