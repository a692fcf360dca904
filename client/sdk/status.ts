/** Small facts the chain stores, as plain values. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { indicesOf, taskStates, type TaskState } from "../../protocol/schema.ts";
import type { Context } from "./context.ts";

/** A secret contract now. */
export interface ContractStatus {
  /** True once every member has joined. */
  readonly active: boolean;
  /** Members that have joined, and those that pause it. */
  readonly joined: readonly number[];
  readonly pausedBy: readonly number[];
  readonly committeeVersion: number;
  /** Version of its state: how many tasks have changed it. */
  readonly version: number;
  readonly sealedTasks: number;
  /** Block time in Unix seconds. */
  readonly joinBy: number;
}

export async function contractStatus(ctx: Context, terms: Hex): Promise<ContractStatus> {
  const { secretContracts } = await ctx.contracts();
  const status = await secretContracts.statusOf(terms);
  return {
    active: status.active,
    joined: indicesOf(Number(status.joined)),
    pausedBy: indicesOf(Number(status.paused)),
    committeeVersion: Number(status.committeeVersion),
    version: Number(status.version),
    sealedTasks: Number(status.sealedTasks),
    joinBy: Number(status.joinBy),
  };
}

/** A task now. */
export interface TaskRecord {
  readonly state: TaskState;
  /** Task id, then seal digest, then the digest of the agreed result. */
  readonly digest: Hex;
  readonly settled: boolean;
  /** Block time in Unix seconds until which results count; 0 until sealed. */
  readonly resultBy: number;
  /** Members whose consent is on chain. */
  readonly consented: readonly number[];
}

/** @throws ProtocolError NOT_FOUND */
export async function taskRecord(ctx: Context, taskId: Hex): Promise<TaskRecord> {
  const { taskManager } = await ctx.contracts();
  const record = await taskManager.taskOf(taskId);
  const state = taskStates[Number(record.state)] ?? "none";
  if (state === "none") throw new ProtocolError("NOT_FOUND", { what: "task", name: taskId });
  return {
    state,
    digest: record.digest,
    settled: record.settled,
    resultBy: Number(record.resultBy),
    consented: indicesOf(Number(record.consented)),
  };
}
