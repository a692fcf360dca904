/** What goes into a guest process and what may come out of it. @module */
import type { Json } from "../../../protocol/json.ts";
import type { ProgramContext, ProgramLimits, ProgramState } from "../../../protocol/program.ts";
import { type AbstentionReason, type FailureReason } from "../../../protocol/reasons.ts";
import { unpackProposal, type PackedProposal } from "./proposal-frame.ts";
import type { Frame } from "../../frames.ts";

/** Everything of a context that is data; state and kernels are reached by asking. */
export type CallFacts = Omit<ProgramContext, "state" | "kernels">;

export interface GuestCall {
  readonly module: Uint8Array;
  readonly functionName: string;
  readonly facts: CallFacts;
  /** Whether the manifest lets rows into the isolate; kernels see them either way. */
  readonly rows: boolean;
  /** The manifest's; a worker's own limits hold where they are lower. */
  readonly limits?: ProgramLimits;
}

/** One thing a program asks of its state. */
export interface StateAsk {
  readonly method: "get" | "set" | "delete" | "list";
  readonly args: readonly Json[];
}

/** The last frame of a guest's process. `trace`: on mock data only, for whoever wrote the program. */
export type GuestAnswer =
  | PackedProposal
  | { readonly failure: FailureReason; readonly trace?: string }
  | { readonly abstention: GuestAbstention };
type GuestAbstention = (typeof guestAbstentions)[number];

/** How a run ended. */
export type Outcome =
  | { readonly kind: "proposal"; readonly proposal: unknown }
  | { readonly kind: "failure"; readonly reason: FailureReason; readonly trace?: string }
  | { readonly kind: "abstention"; readonly reason: AbstentionReason };

/** Runs a program in its own process, for at most so many seconds; what it asks of the state is answered by `state`. */
export type Guest = (call: GuestCall, state: ProgramState, maxSeconds: number) => Promise<Outcome>;

/** Reasons a program may give itself. */
const programReasons: readonly FailureReason[] = [
  "PARAMETER_INVALID",
  "TABLE_TOO_SMALL",
  "TABLE_MISSING",
];
/** Reasons its process may give: the gate's own words are not for a program to say. */
const guestReasons: readonly FailureReason[] = [
  ...programReasons,
  "FUNCTION_UNKNOWN",
  "PROGRAM_THREW",
];
const guestAbstentions = ["LIMIT_MEMORY", "LIMIT_OUTPUT"] as const satisfies AbstentionReason[];

export const isProgramReason = (code: unknown): code is FailureReason =>
  programReasons.includes(code as FailureReason);

/** The reason that an error of a program or kernel carries, if it is one of its own. */
export function programFailureOf(error: unknown): FailureReason | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return isProgramReason(code) ? code : undefined;
}

/** Reads a guest's last frame, which may be anything. */
export function readAnswer(frame: Frame): Outcome {
  const answer = frame.json as Partial<Record<string, unknown>> | null;
  const { failure, abstention, trace } = answer ?? {};
  if (guestReasons.includes(failure as FailureReason)) {
    const reason = failure as FailureReason;
    return { kind: "failure", reason, ...(typeof trace === "string" && { trace }) };
  }
  if (guestAbstentions.includes(abstention as GuestAbstention))
    return { kind: "abstention", reason: abstention as GuestAbstention };
  const packed = unpackProposal(frame);
  return packed ? { kind: "proposal", ...packed } : { kind: "failure", reason: "PROGRAM_THREW" };
}
