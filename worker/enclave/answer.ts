/** One call, from the question to what may leave: no keys, no signatures, no chain. Tasks and an author's trials share it. @module */
import { faultIn } from "../../protocol/closed-schema/fit.ts";
import { functionOf } from "../../protocol/manifest.ts";
import { allowsRequest } from "../../protocol/policy.ts";
import type { Manifest } from "../../protocol/program.ts";
import type { AbstentionReason, FailureReason } from "../../protocol/reasons.ts";
import { release } from "./gate/release.ts";
import type { CallFacts, Guest } from "./runtime/outcome.ts";
import type { RunState } from "./state/run-state.ts";

export interface Call {
  readonly manifest: Manifest;
  readonly module: Uint8Array;
  readonly facts: CallFacts;
  /** Bit i: data of member i may be in the answer. */
  readonly contributors: number;
}

/** `trace`: on mock data only. */
export type CallAnswer =
  | { readonly kind: "output"; readonly output: Uint8Array }
  | { readonly kind: "failure"; readonly reason: FailureReason; readonly trace?: string }
  | { readonly kind: "abstention"; readonly reason: AbstentionReason };

/**
 * Asks the program and holds its proposal to the gate. What it wrote is still to be committed.
 * @param seconds of wall-clock time for the program
 * @throws what kept the state from being read
 */
export async function answerCall(
  call: Call,
  state: RunState,
  guest: Guest,
  seconds: number,
): Promise<CallAnswer> {
  const refused = refuse(call);
  if (refused) return { kind: "failure", reason: refused };
  const { manifest, module, facts, contributors } = call;
  const { functionName, recipients } = facts.task;
  const { rows, limits = {} } = manifest;
  const guestCall = { module, functionName, rows, facts, limits };
  const outcome = await guest(guestCall, state, seconds);
  await state.close();
  if (state.fault !== undefined) throw state.fault;
  if (outcome.kind === "abstention") return outcome;
  if (state.tooLarge) return { kind: "failure", reason: "STATE_TOO_LARGE" };
  if (outcome.kind === "failure") return outcome;

  const { policy, tables, privateTable, caller: requester } = facts;
  const asked = { manifest, functionName, policy, tables, privateTable, recipients, requester };
  const released = release({ ...asked, proposal: outcome.proposal, contributors });
  if (released.ok) return { kind: "output", output: released.output };
  return { kind: "failure", reason: released.reason };
}

/** What can be refused before the program runs: the same for every worker, so it is a signed failure. */
function refuse({ manifest, facts }: Call): FailureReason | undefined {
  const { policy, params, tables, privateTable } = facts;
  const { functionName } = facts.task;
  const spec = functionOf(manifest, functionName);
  if (!allowsRequest(policy, functionName, params)) return "REQUEST_NOT_ALLOWED";
  if (faultIn(spec.params, params)) return "PARAMETER_INVALID";
  if (Boolean(spec.privateTable) !== Boolean(privateTable)) return "PARAMETER_INVALID";
  const read = new Set(spec.reads);
  const given = Object.entries(tables).filter(([, datasets]) => datasets.length > 0);
  // Reading more than the function declares would put rows of a table into a release that its members did not expect there.
  const exact = given.length === read.size && given.every(([name]) => read.has(name));
  return exact ? undefined : "TABLE_MISSING";
}
