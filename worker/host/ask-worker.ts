/** Asks the running worker of a home, over its own HTTP. @module */
import type { Static, TSchema } from "typebox";
import { ProtocolError } from "../../protocol/errors.ts";
import { parseShape } from "../../protocol/schema.ts";
import type { WorkerConfig } from "../config.ts";

const TIMEOUT = 5000;

/**
 * Where it listens, which is here, whatever its endpoint is for others.
 * @throws ProtocolError WORKER_UNREACHABLE, SHAPE_INVALID
 */
export async function askWorker<S extends TSchema>(
  { listen }: Pick<WorkerConfig, "listen">,
  path: string,
  schema: S,
): Promise<Static<S>> {
  const endpoint = `http://${listen}`;
  let json: unknown;
  try {
    const response = await fetch(`${endpoint}${path}`, { signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) throw new TypeError(`status ${response.status}`);
    json = await response.json();
  } catch (error) {
    const cause = error instanceof Error ? error.message : "no answer";
    throw new ProtocolError("WORKER_UNREACHABLE", { endpoint, cause }, { cause: error });
  }
  return parseShape(schema, json, path);
}
