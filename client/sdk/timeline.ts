/** The life of a task as steps: what has happened, in which block, by whom; what comes next. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { select, type ChainEvent } from "../../protocol/events.ts";
import { indicesOf, resultStatus, type TaskState } from "../../protocol/schema.ts";
import { contributorsOf, reasonOf } from "../../protocol/verify.ts";
import type { Context } from "./context.ts";
import { chainPapers, type ChainPapers } from "./papers.ts";
import { gather, type Gathered } from "./sealing.ts";
import { taskRecord } from "./status.ts";

export interface TaskStep {
  readonly name: "Proposed" | "Consents" | "Ready" | "Sealed" | "Results" | "End";
  readonly state: "done" | "now" | "later" | "failed";
  /** For people; holds nothing a stranger wrote. */
  readonly detail: string;
  /** Block in which it was completed. */
  readonly block?: number;
  /** Block time in Unix seconds by which it must be. */
  readonly until?: number;
}

export interface Timeline {
  readonly state: TaskState;
  readonly settled: boolean;
  /** Block time in Unix seconds until which results count; 0 until sealed. */
  readonly resultBy: number;
  readonly steps: readonly TaskStep[];
}

const endStates: readonly TaskState[] = ["finalized", "failed", "cancelled", "expired"];

/** @throws ProtocolError NOT_FOUND, HASH_MISMATCH, SIGNATURE_INVALID */
export async function timelineOf(ctx: Context, taskId: Hex): Promise<Timeline> {
  const { state, settled, resultBy } = await taskRecord(ctx, taskId);
  const papers = await chainPapers(ctx, taskId);
  const own = papers.events.filter(
    (event) => "taskId" in event.args && event.args.taskId === taskId,
  );
  const gathered = state === "proposed" ? await gather(ctx, papers) : undefined;
  return {
    state,
    settled,
    resultBy,
    steps: [
      proposed(own, papers),
      consents(own, papers, gathered),
      readies(own, papers, gathered),
      sealedStep(own, state, papers, gathered),
      results(own, papers, state, resultBy),
      end(own, state),
    ],
  };
}

const blockOf = (event: ChainEvent | undefined) => (event ? { block: event.block } : {});

function proposed(own: readonly ChainEvent[], { question }: ChainPapers): TaskStep {
  return {
    name: "Proposed",
    state: "done",
    detail: `by member ${question.task.requester}`,
    ...blockOf(select(own, "TaskProposed")[0]),
  };
}

function consents(
  own: readonly ChainEvent[],
  { question }: ChainPapers,
  gathered: Gathered | undefined,
): TaskStep {
  const needed = indicesOf(contributorsOf(question)).length;
  const sealed = select(own, "TaskSealed")[0];
  const veto = select(own, "TaskVetoed")[0];
  if (veto)
    return {
      name: "Consents",
      state: "failed",
      detail: `vetoed by member ${veto.args.member}`,
      block: veto.block,
    };
  const missing = gathered?.missing ?? [];
  const given = sealed || gathered ? needed - missing.length : question.consents.length;
  const lacking = missing.length > 0 ? `; missing: member ${missing.join(", ")}` : "";
  return {
    name: "Consents",
    state: given === needed ? "done" : gathered ? "now" : "failed",
    detail: `${given}/${needed}${lacking}`,
    ...(gathered && missing.length > 0 && { until: question.task.sealBy }),
  };
}

function readies(
  own: readonly ChainEvent[],
  { question, collaboration }: ChainPapers,
  gathered: Gathered | undefined,
): TaskStep {
  const { threshold, workers } = collaboration.committee;
  const sealed = select(own, "TaskSealed")[0];
  const ready = sealed
    ? indicesOf(sealed.args.ready).length
    : (gathered?.ready ?? select(own, "TaskReady").length);
  const enough = ready >= threshold;
  return {
    name: "Ready",
    state: enough ? "done" : gathered ? "now" : "failed",
    detail: `${ready}/${workers.length} workers hold every input; ${threshold} are needed`,
    ...(gathered && !enough && { until: question.task.sealBy }),
  };
}

function sealedStep(
  own: readonly ChainEvent[],
  state: TaskState,
  { question }: ChainPapers,
  gathered: Gathered | undefined,
): TaskStep {
  const sealed = select(own, "TaskSealed")[0];
  if (sealed)
    return {
      name: "Sealed",
      state: "done",
      detail: "everything about it is fixed",
      block: sealed.block,
    };
  if (!gathered) return { name: "Sealed", state: "failed", detail: `never: it is ${state}` };
  const waits = gathered.block + 1 < gathered.opensAt;
  const open = gathered.missing.length === 0 && gathered.ready >= gathered.threshold;
  return {
    name: "Sealed",
    state: open ? "now" : "later",
    detail: waits ? `not before block ${gathered.opensAt}` : "workers seal it; anyone may",
    until: question.task.sealBy,
  };
}

function results(
  own: readonly ChainEvent[],
  { collaboration }: ChainPapers,
  state: TaskState,
  resultBy: number,
): TaskStep {
  const submitted = select(own, "ResultSubmitted");
  const { threshold } = collaboration.committee;
  const successes = submitted.filter(({ args }) => args.result.status === resultStatus.success);
  const detail = `${submitted.length} signed, ${threshold} equal ones are needed${
    successes.length < submitted.length ? `; ${successes.length} of them with an answer` : ""
  }`;
  const last = submitted.at(-1);
  if (state === "sealed")
    return { name: "Results", state: "now", detail, until: resultBy, ...blockOf(last) };
  if (state === "proposed") return { name: "Results", state: "later", detail: "none yet" };
  const agreed = state === "finalized" || state === "failed";
  return { name: "Results", state: agreed ? "done" : "failed", detail, ...blockOf(last) };
}

function end(own: readonly ChainEvent[], state: TaskState): TaskStep {
  if (!endStates.includes(state)) return { name: "End", state: "later", detail: "open" };
  const last = select(own, "TaskAdvanced").at(-1);
  const failure = select(own, "ResultSubmitted").find(
    ({ args }) => args.result.status === resultStatus.failure,
  );
  const why = state === "failed" && failure ? `: ${reasonOf(failure.args.result.reason)}` : "";
  const refund = state === "cancelled" || state === "expired" ? "; the fee went back" : "";
  return {
    name: "End",
    state: state === "finalized" ? "done" : "failed",
    detail: `${state}${why}${refund}`,
    ...blockOf(last),
  };
}
