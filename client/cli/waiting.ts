/** A task that waits: for whom, until when, and what they type. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { blockTime } from "../sdk/ledger.ts";
import { duration, moment } from "../sdk/units.ts";
import * as sdk from "../sdk/waiting.ts";
import { facts } from "./screen.ts";
import type { Session } from "./session.ts";

/** Who must act next, and the commands for it. */
export interface Next extends Omit<sdk.Next, "act" | "afterwards"> {
  readonly command: string;
  /** What anyone may do after that. */
  readonly afterwards: string;
}

export interface TaskView extends Omit<sdk.TaskView, "next"> {
  readonly next?: Next;
}

/** @throws ProtocolError NOT_FOUND, HASH_MISMATCH, SIGNATURE_INVALID */
export async function viewOf({ ctx }: Session, taskId: Hex): Promise<TaskView> {
  const { next, ...view } = await sdk.viewOf(ctx, taskId);
  if (!next) return view;
  const { act, afterwards, ...step } = next;
  const commands = {
    consent: `task consent ${taskId}`,
    reshare: `contract reshare ${view.contract}`,
    seal: `task seal ${taskId}`,
    watch: `task status ${taskId} --watch`,
  };
  return {
    ...view,
    next: {
      ...step,
      command: `cloister ${commands[act]}`,
      afterwards: `anyone: cloister task ${afterwards} ${taskId}`,
    },
  };
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
