/** A task that waits: for whom, until when, and what they type. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { indicesOf, type TaskState } from "../../protocol/schema.ts";
import { collaborationFrom, questionFrom } from "../../protocol/history.ts";
import { knownContract } from "../sdk/collaboration.ts";
import { blockTime, inChainOrder, storyOf } from "../sdk/ledger.ts";
import type { Papers } from "../sdk/papers.ts";
import { gather, type Gathered } from "../sdk/sealing.ts";
import { taskRecord } from "../sdk/status.ts";
import { endpointsOf } from "../sdk/worker.ts";
import { namesFrom } from "./lists.ts";
import { duration, facts, moment } from "./screen.ts";
import type { Context } from "../sdk/context.ts";
import type { Session } from "./session.ts";

/** Who must act next. */
export interface Next {
  readonly who: string;
  readonly what: string;
  /** Block time in Unix seconds. */
  readonly until: number;
  readonly command: string;
  /** What anyone may do after that. */
  readonly afterwards: string;
}

export interface TaskView {
  readonly task: Hex;
  readonly state: TaskState;
  readonly settled: boolean;
  readonly function: string;
  readonly contract: Hex;
  readonly requester: number;
  readonly recipients: readonly number[];
  /** Members whose consent is missing. */
  readonly missing: readonly number[];
  readonly next?: Next;
}

/** What the chain alone says: who waits must learn it also when no worker answers, which is why the program is not asked for. */
async function chainPapers(ctx: Context, taskId: Hex): Promise<Omit<Papers, "manifest">> {
  const story = await storyOf(ctx, taskId);
  const question = questionFrom(story, taskId);
  const known = await knownContract(ctx, question.task.terms);
  const { deployment } = ctx;
  const collaboration = collaborationFrom(deployment, known.events, known.termsHash, "{}");
  const endpoints = await endpointsOf(ctx, known.committee.workers);
  const events = inChainOrder(story, known.events);
  return { taskId, known, collaboration, question, events, endpoints };
}

/** @throws ProtocolError NOT_FOUND, HASH_MISMATCH, SIGNATURE_INVALID */
export async function viewOf(session: Session, taskId: Hex): Promise<TaskView> {
  const { ctx } = session;
  const record = await taskRecord(ctx, taskId);
  const papers = await chainPapers(ctx, taskId);
  const { task } = papers.question;
  const view = {
    task: taskId,
    state: record.state,
    settled: record.settled,
    function: task.functionName,
    contract: task.terms,
    requester: task.requester,
    recipients: indicesOf(task.recipients),
    missing: [],
  };
  if (record.state === "sealed")
    return {
      ...view,
      next: {
        who: "the workers",
        what: "run the program and sign the result",
        until: record.resultBy,
        command: `cloister task status ${taskId} --watch`,
        afterwards: `anyone: cloister task expire ${taskId}`,
      },
    };
  if (record.state !== "proposed") return view;
  const gathered = await gather(ctx, papers);
  const { missing } = gathered;
  const accounts = missing.map((at) => papers.known.terms.members[at]?.account ?? String(at));
  const names = namesFrom(missing.length > 0 ? await session.client.party.list() : []);
  const step = proposedStep(gathered, taskId, accounts.map(names));
  const afterwards = `anyone: cloister task cancel ${taskId}`;
  return { ...view, missing, next: { ...step, until: task.sealBy, afterwards } };
}

function proposedStep(
  { missing, ready, threshold, block, opensAt }: Gathered,
  taskId: Hex,
  names: readonly string[],
): Pick<Next, "who" | "what" | "command"> {
  const watch = `cloister task status ${taskId} --watch`;
  if (missing.length > 0) {
    const who = missing.map((member, i) => `member ${member}, ${names[i]}`).join("; ");
    return { who, what: "consent", command: `cloister task consent ${taskId}` };
  }
  if (ready < threshold)
    return {
      who: "the workers",
      what: `declare themselves ready (${ready} of ${threshold})`,
      command: watch,
    };
  if (block + 1 < opensAt)
    return { who: "the chain", what: `the veto period ends at block ${opensAt}`, command: watch };
  return { who: "anyone", what: "seal the task", command: `cloister task seal ${taskId}` };
}

/** For people; times are the chain's. */
export async function describeView({ ctx }: Session, view: TaskView): Promise<string> {
  const { task, state, contract, next } = view;
  const shown = { task, state, function: view.function, contract };
  if (!next) return facts({ ...shown, next: afterEnd(view) });
  const left = next.until - (await blockTime(ctx));
  const time = left >= 0 ? `${duration(left)} left` : `over since ${duration(-left)}`;
  return facts({
    ...shown,
    "waits for": `${next.who}: ${next.what}`,
    until: `${moment(next.until)}, block time (${time})`,
    command: next.command,
    "after that": next.afterwards,
  });
}

function afterEnd({ task, state, settled }: TaskView): string | undefined {
  if (state === "finalized") return `cloister result get ${task}`;
  if (state === "failed") return `cloister audit task ${task}`;
  return settled ? undefined : "the fee is back in the requester's vault balance";
}
