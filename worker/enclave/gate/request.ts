/** What goes into the release gate and what comes out. @module */
import type { Json } from "../../../protocol/json.ts";
import type { Policy } from "../../../protocol/policy.ts";
import type { Manifest, MemberTable, Table } from "../../../protocol/program.ts";
import type { FailureReason } from "../../../protocol/reasons.ts";

/** All the gate looks at. Everything but `proposal` has been checked and decoded by the enclave. */
export interface ReleaseRequest {
  readonly manifest: Manifest;
  readonly functionName: string;
  readonly policy: Policy;
  /** Whatever the program's process sent. */
  readonly proposal: unknown;
  /** Datasets by table name, in the order of the task's inputs. */
  readonly tables: Readonly<Record<string, readonly MemberTable[]>>;
  readonly privateTable?: Table | undefined;
  /** Bit i: member i receives the output. */
  readonly recipients: number;
  /** Index of the asking member. */
  readonly requester: number;
  /** Bit i: data of member i may be in the answer, through a dataset, private parameters or the state. */
  readonly contributors: number;
}

/** What one release rule decides. */
export type Decision =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: FailureReason };

/** Output is canonical JSON, UTF-8. */
export type ReleaseOutcome =
  | { readonly ok: true; readonly output: Uint8Array }
  | { readonly ok: false; readonly reason: FailureReason };
