/** What goes into a guest process and what may come out of it. @module */
import type { ProgramContext, Proposal } from "../../../protocol/program.ts";
import { type AbstentionReason, type FailureReason } from "../../../protocol/reasons.ts";

export interface GuestCall {
  readonly module: Uint8Array;
  readonly functionName: string;
  readonly context: ProgramContext;
}
export type GuestAnswer = { readonly proposal: Proposal } | { readonly failure: FailureReason };

/** How a run ended. */
export type Outcome =
  | { readonly kind: "proposal"; readonly proposal: unknown }
  | { readonly kind: "failure"; readonly reason: FailureReason }
  | { readonly kind: "abstention"; readonly reason: AbstentionReason };

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

export function isProgramFailure(error: unknown): error is Error & { code: FailureReason } {
  return (
    error instanceof Error &&
    "code" in error &&
    programReasons.includes(error.code as FailureReason)
  );
}

/** Reads a guest's answer, which may be anything. */
export function readAnswer(answer: unknown): Outcome {
  if (typeof answer === "object" && answer !== null) {
    if ("proposal" in answer) return { kind: "proposal", proposal: answer.proposal };
    if ("failure" in answer && guestReasons.includes(answer.failure as FailureReason))
      return { kind: "failure", reason: answer.failure as FailureReason };
  }
  return { kind: "failure", reason: "PROGRAM_THREW" };
}
