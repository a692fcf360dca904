/** A task that waits: for whom, and until when. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { indicesOf, type TaskState } from "../../protocol/schema.ts";
import { unsharedIn } from "./committee.ts";
import type { Context } from "./context.ts";
import { namesFrom } from "./lists.ts";
import { chainPapers } from "./papers.ts";
import { partyVerbs } from "./party.ts";
import { gather, type Gathered } from "./sealing.ts";
import { taskRecord } from "./status.ts";

/** Who must act next. */
export interface Next {
  readonly who: string;
  readonly what: string;
  /** Block time in Unix seconds. */
  readonly until: number;
  /** The verb of whoever acts; `watch` when no person does. */
  readonly act: "consent" | "reshare" | "seal" | "watch";
  /** What anyone may do after that. */
  readonly afterwards: "cancel" | "expire";
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

/** @throws ProtocolError NOT_FOUND, HASH_MISMATCH, SIGNATURE_INVALID */
export async function viewOf(ctx: Context, taskId: Hex): Promise<TaskView> {
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
        act: "watch",
        afterwards: "expire",
      },
    };
  if (record.state !== "proposed") return view;
  const gathered = await gather(ctx, papers);
  const { missing } = gathered;
  const { terms } = papers.known;
  // After a change of committee no worker is ready before it has every member's share.
  const unshared = unsharedIn(papers.collaboration);
  const acting = missing.length > 0 ? missing : unshared;
  const names = namesFrom(acting.length > 0 ? await partyVerbs.list(ctx) : []);
  const who = acting
    .map((at) => `member ${at}, ${names(terms.members[at]?.account ?? "")}`)
    .join("; ");
  const step = proposedStep(gathered, who);
  return { ...view, missing, next: { ...step, until: task.sealBy, afterwards: "cancel" } };
}

/** @param who members that must act, empty when none must */
function proposedStep(
  { missing, ready, threshold, block, opensAt }: Gathered,
  who: string,
): Pick<Next, "who" | "what" | "act"> {
  if (missing.length > 0) return { who, what: "consent", act: "consent" };
  if (who !== "") return { who, what: "seal their shares to the workers in force", act: "reshare" };
  if (ready < threshold) {
    const what = `declare themselves ready (${ready} of ${threshold})`;
    return { who: "the workers", what, act: "watch" };
  }
  if (block + 1 < opensAt)
    return { who: "the chain", what: `the veto period ends at block ${opensAt}`, act: "watch" };
  return { who: "anyone", what: "seal the task", act: "seal" };
}
