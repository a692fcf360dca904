/** The two transactions of a worker's day: sealing a task and submitting a result. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import type { Contracts } from "../../../protocol/contracts.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import type { Collaboration, Question, Sealing, SignedResult } from "../../../protocol/receipt.ts";
import { resultStatus, taskStates, type Signed } from "../../../protocol/schema.ts";
import { digestOf, hashTask } from "../../../protocol/typed-data.ts";
import type { Call } from "../chain/send.ts";

async function stateAtHead(contracts: Contracts, task: Hex) {
  // Field by field: spreading what ethers answers copies none of the names.
  const { state, digest, paid, faulted, abstained, resultBy } =
    await contracts.taskManager.taskOf(task);
  const name = taskStates[Number(state)] ?? "none";
  return { state: name, digest, paid, faulted, abstained, resultBy: Number(resultBy) };
}

/**
 * Ready signatures whose workers the contract would engage now: one that is not fit any more would refuse the whole seal.
 * @param time of the chain's head, Unix seconds
 */
export async function fitReadies(
  contracts: Contracts,
  { terms, committee }: Collaboration,
  { task }: Question,
  readies: readonly Signed[],
  time: number,
): Promise<Signed[]> {
  const { workerRegistry, taskManager } = contracts;
  const [minStake, challengeWindow] = await Promise.all([
    workerRegistry.MIN_STAKE(),
    taskManager.CHALLENGE_WINDOW(),
  ]);
  const lockUntil = time + task.resultWindow + Number(challengeWindow);
  const fit = await Promise.all(
    readies.map(async (ready) => {
      const keys = committee.workers[ready.by];
      if (!keys) return false;
      const worker = await workerRegistry.workerOf(hashWorker(keys));
      return (
        Number(worker.validUntil) >= lockUntil &&
        worker.stake >= minStake &&
        Number(worker.protection) >= terms.minProtection
      );
    }),
  );
  return readies.filter((_, i) => fit[i]);
}

/** Seals a task with what is not on chain yet. */
export function sealCall(
  contracts: Contracts,
  taskId: Hex,
  { task }: Question,
  consents: readonly Signed[],
  readies: readonly Signed[],
): Call {
  const { taskManager } = contracts;
  return {
    method: "seal",
    to: contracts.addresses.taskManager,
    data: taskManager.interface.encodeFunctionData("seal", [task, consents, readies]),
    isDone: async () => (await stateAtHead(contracts, taskId)).state !== "proposed",
  };
}

/**
 * Puts a signed result on chain. Done too when the task has moved on, or its deadline passed, so that it cannot count any more.
 * @param headTime of the chain, Unix seconds
 */
export function submitCall(
  contracts: Contracts,
  { deployment }: Collaboration,
  { task }: Question,
  { seal }: Sealing,
  { by, result, signature }: SignedResult,
  headTime: () => number,
): Call {
  const { taskManager } = contracts;
  const taskId = hashTask(deployment, task);
  const digest = digestOf(deployment, "Result", result);
  const bit = 1n << BigInt(by);
  const isSet = (mask: bigint | number) => (BigInt(mask) & bit) !== 0n;
  return {
    method: "submitResult",
    to: contracts.addresses.taskManager,
    data: taskManager.interface.encodeFunctionData("submitResult", [
      seal,
      result,
      { by, signature },
    ]),
    isDone: async () => {
      const record = await stateAtHead(contracts, taskId);
      const ended = record.state === "finalized" || record.state === "failed";
      if (ended) return record.digest !== digest || isSet(record.paid) || isSet(record.faulted);
      if (record.state !== "sealed" || headTime() > record.resultBy) return true;
      const before = await taskManager.submissionOf(taskId, by);
      if (BigInt(before) !== 0n) return true;
      return result.status === resultStatus.abstention && isSet(record.abstained);
    },
  };
}
