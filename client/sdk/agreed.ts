/** What the workers agreed on, by the chain's own record. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { resultsFrom, sealingFrom } from "../../protocol/history.ts";
import { hashSeal } from "../../protocol/identity.ts";
import type { Result, Seal } from "../../protocol/schema.ts";
import { digestOf } from "../../protocol/typed-data.ts";
import type { Context } from "./context.ts";
import { taskEvents } from "./ledger.ts";
import { taskRecord } from "./status.ts";

/** What a task was sealed as, and the result that ended it: a success or an agreed failure. */
export interface Agreed {
  readonly seal: Seal;
  readonly result: Result;
}

/**
 * The result that ended a task: the submission whose digest the chain stores, on the seal that it names.
 * @throws ProtocolError NOT_FOUND, NOT_FINAL before the end, TASK_FAILED when it was cancelled or expired, HASH_MISMATCH
 */
export async function agreedResult(ctx: Context, taskId: Hex): Promise<Agreed> {
  const { state, digest } = await taskRecord(ctx, taskId);
  if (state === "proposed" || state === "sealed")
    throw new ProtocolError("NOT_FINAL", { task: taskId, state });
  const events = await taskEvents(ctx, taskId);
  const sealing = sealingFrom(events, taskId);
  const result = resultsFrom(events, taskId)
    .map((submitted) => submitted.result)
    .find((submitted) => digestOf(ctx.deployment, "Result", submitted) === digest);
  if (!sealing || !result) throw new ProtocolError("TASK_FAILED", { task: taskId, reason: state });
  const actual = hashSeal(sealing.seal);
  const expected = result.sealDigest;
  if (actual !== expected)
    throw new ProtocolError("HASH_MISMATCH", { what: "seal", expected, actual });
  return { seal: sealing.seal, result };
}
