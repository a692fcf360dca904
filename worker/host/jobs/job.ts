/** One task as this worker sees it: what the chain says, what it holds, what it did. Facts only. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import type { TaskState } from "../../../protocol/schema.ts";

export interface Job {
  readonly task: Hex;
  readonly state: TaskState;
  /** Number and time (Unix seconds) of the chain's head; no other clock decides about deadlines. */
  readonly head: { readonly block: number; readonly time: number };
  /** Unix milliseconds; for waiting between tries only. */
  readonly clock: number;
  /** Unix milliseconds before which nothing that failed is tried again. */
  readonly notBefore: number;
  /** Own place in the committee: of the seal once there is one, in force before; -1 when not in it. */
  readonly index: number;
  /** Program and inputs that are not held completely. */
  readonly missing: readonly Hex[];
  /** An input did not open, and its data key was not replaced since. */
  readonly blocked: boolean;
  /** The operator wants it to finish what it promised, and to promise nothing more. */
  readonly draining: boolean;
  readonly proposal: ProposalFacts;
  /** Once sealed. */
  readonly seal?: SealFacts;
  /** What was journalled of this seal's run. */
  readonly result?: ResultFacts;
}

export interface ProposalFacts {
  /** Unix seconds of block time. */
  readonly sealBy: number;
  /** First block in which the task may be sealed. */
  readonly opens: number;
  /** Own `Ready` for the committee in force is given. */
  readonly ready: boolean;
  readonly consentsComplete: boolean;
  /** Workers ready, how many must be, how many can be. */
  readonly readies: { readonly have: number; readonly need: number; readonly of: number };
  /** Ready workers that come before this one. */
  readonly before: number;
  /** Block at which everything needed was first seen together. */
  readonly sealableSince?: number;
  readonly autoSeal: boolean;
  /** Blocks to wait for missing Ready signatures, and for each worker that comes before. */
  readonly graceBlocks: number;
  readonly turnBlocks: number;
}

export interface SealFacts {
  /** Unix seconds of block time after which no result counts. */
  readonly resultBy: number;
  /** Whether this worker is among the Ready ones. */
  readonly mine: boolean;
}

export interface ResultFacts {
  readonly status: "success" | "failure" | "abstention";
  /** Whether the chain shows it. */
  readonly submitted: boolean;
  /** Whether it is the agreed one; undefined while none is. */
  readonly agreed?: boolean;
  /** Runs that ended in an abstention. */
  readonly abstentions: number;
  /** Unix milliseconds before which an abstention is not followed by another run. */
  readonly retryAt: number;
}
