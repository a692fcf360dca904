/** A registered worker as somebody outside sees it: does it answer, and is its evidence worth anything. @module */
import { WorkerStatus } from "../../protocol/api.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Client } from "./client.ts";
import type { Context } from "./context.ts";
import { attempt } from "./failure.ts";
import { requestJson } from "./http.ts";
import type { RegisteredWorker } from "./worker.ts";

export interface WorkerView {
  readonly worker: string;
  readonly endpoint: string;
  readonly operator: string;
  readonly protection: string;
  readonly measurement: string;
  readonly validUntil: number;
  readonly answers: boolean;
  /** Its own word, when it answers. */
  readonly status?: WorkerStatus;
  /** Code of what is wrong with it, as {@link Client} judges; absent: data may be sealed to it. */
  readonly fault?: string;
}

export async function workerView(
  ctx: Context,
  client: Client,
  registered: RegisteredWorker,
): Promise<WorkerView> {
  const { id, endpoint, operator, protection, validUntil, keys } = registered;
  const [status, fault] = await Promise.all([
    attempt(() => requestJson(ctx, endpoint, "/v1/status", WorkerStatus)),
    attempt(() => client.worker.verify(id)),
  ]);
  return {
    worker: id,
    endpoint,
    operator,
    protection,
    measurement: keys.measurement,
    validUntil,
    answers: !(status instanceof ProtocolError),
    ...(!(status instanceof ProtocolError) && { status }),
    ...(fault instanceof ProtocolError && { fault: fault.code }),
  };
}
