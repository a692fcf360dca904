/** Talking to workers. Their answers are data of strangers: every one is checked against its shape. @module */
import type { Static, TSchema } from "typebox";
import { Problem } from "../../protocol/api.ts";
import { failures, ProtocolError, type Failures } from "../../protocol/errors.ts";
import { parseShape } from "../../protocol/schema.ts";
import type { Context } from "./context.ts";

/** A worker that is silent for this long is passed over. */
const ANSWER_MS = 20_000;
/** Uploads may take long, but not for ever. */
const UPLOAD_MS = 6 * 3600_000;

export interface Request {
  readonly method?: "GET" | "POST" | "PUT";
  readonly json?: unknown;
  readonly bytes?: Blob;
}

/**
 * One request; anything but a 2xx is thrown as the refusal it carries.
 * @throws ProtocolError the worker's own code, or WORKER_UNREACHABLE
 */
export async function request(
  ctx: Context,
  endpoint: string,
  path: string,
  { method = "GET", json, bytes }: Request = {},
): Promise<Response> {
  const headers: Record<string, string> = {};
  if (json !== undefined) headers["content-type"] = "application/json";
  if (bytes) headers["content-type"] = "application/octet-stream";
  const body = bytes ?? (json === undefined ? null : JSON.stringify(json));
  const signal = AbortSignal.timeout(bytes ? UPLOAD_MS : ANSWER_MS);
  let response: Response;
  try {
    const url = `${new URL(endpoint).href.replace(/\/$/, "")}${path}`;
    response = await ctx.fetch(url, { method, headers, body, signal, redirect: "error" });
  } catch (error) {
    throw unreachable(endpoint, causeOf(error), error);
  }
  if (response.ok) return response;
  throw await refusal(endpoint, response);
}

/** A request whose answer is JSON of this shape. @throws ProtocolError as {@link request}, SHAPE_INVALID */
export async function requestJson<S extends TSchema>(
  ctx: Context,
  endpoint: string,
  path: string,
  shape: S,
  options: Request = {},
): Promise<Static<S>> {
  const response = await request(ctx, endpoint, path, options);
  let value: unknown;
  try {
    value = await response.json();
  } catch (error) {
    throw unreachable(endpoint, "its answer is not JSON", error);
  }
  return parseShape(shape, value, `answer of ${endpoint}`);
}

/** Bytes of an answer. @throws ProtocolError WORKER_UNREACHABLE when the connection breaks */
export async function bytesOf(endpoint: string, response: Response): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw unreachable(endpoint, causeOf(error), error);
  }
}

/** The worker's refusal as our own error: same code, same facts. */
async function refusal(endpoint: string, response: Response): Promise<ProtocolError> {
  try {
    const problem = parseShape(Problem, await response.json(), "refusal");
    if (Object.hasOwn(failures, problem.code))
      // Facts of a stranger may lack what the code promises: the constructor then throws, and the status alone is told.
      return new ProtocolError(problem.code as keyof Failures, problem.facts as never);
  } catch {
    // Not one of our refusals.
  }
  return unreachable(endpoint, `HTTP ${response.status}`);
}

function unreachable(endpoint: string, cause: string, error?: unknown): ProtocolError {
  return new ProtocolError("WORKER_UNREACHABLE", { endpoint, cause }, { cause: error });
}

/** Fetch hides what happened one level down. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const inner: unknown = error.cause;
  if (inner instanceof Error) return "code" in inner ? String(inner.code) : inner.message;
  return error.message;
}
