/** Other workers, at the endpoints they registered. What they answer is checked like anybody's. @module */
import { Mailbox, ProgramBundle, StateAnswer } from "../../protocol/api.ts";
import { concat, toHex, type Hex } from "../../protocol/bytes.ts";
import { encodeKeyWrap, type KeyWrap } from "../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { parseShape } from "../../protocol/schema.ts";
import { decodePage, MOST_PAGE, type StatePage } from "../../protocol/state/page.ts";
import { MOST_SEALED } from "../../protocol/state/seal.ts";
import type { Static, TSchema } from "typebox";

/** 32 consents and 7 Ready signatures are below 10 KiB. */
const MOST_MAILBOX_BYTES = 65_536;
const MOST_PROGRAM_BYTES = 16 * 2 ** 20;
/** Milliseconds. */
const TIMEOUT = 5_000;
const PROGRAM_TIMEOUT = 60_000;
/** For a piece of 32 MiB: at least 1 Mbit/s. */
const CHUNKS_TIMEOUT = 300_000;

/**
 * The mailbox of a task at another worker.
 * @throws ProtocolError WORKER_UNREACHABLE, SHAPE_INVALID
 */
export const fetchMailbox = (endpoint: string, task: Hex, signal: AbortSignal): Promise<Mailbox> =>
  fetchJson(endpoint, `/v1/tasks/${task}/consents`, Mailbox, {
    signal: within(signal, TIMEOUT),
    mostBytes: MOST_MAILBOX_BYTES,
  });

/**
 * A program's bundle; whether it is what its name says is for the caller.
 * @throws ProtocolError WORKER_UNREACHABLE, SHAPE_INVALID
 */
export const fetchProgram = (
  endpoint: string,
  program: Hex,
  signal: AbortSignal,
): Promise<ProgramBundle> =>
  fetchJson(endpoint, `/v1/programs/${program}`, ProgramBundle, {
    signal: within(signal, PROGRAM_TIMEOUT),
    mostBytes: MOST_PROGRAM_BYTES,
  });

/**
 * Ciphertext chunks of a dataset from `from` on, at most a piece of them; bytes of a stranger until each chunk's hash is checked.
 * @param wrap this worker's data key, signed by the owner: who has it may have the ciphertext
 * @throws ProtocolError WORKER_UNREACHABLE, also while they come
 */
export async function* fetchChunks(
  endpoint: string,
  dataset: Hex,
  from: number,
  wrap: KeyWrap,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    const response = await reach(endpoint, `/v1/datasets/${dataset}/chunks?from=${from}`, {
      signal: within(signal, CHUNKS_TIMEOUT),
      headers: { authorization: `KeyWrap ${toHex(encodeKeyWrap(wrap))}` },
    });
    yield* response;
  } catch (cause) {
    throw unreachable(endpoint, cause);
  }
}

/**
 * What a state's root stands for; whether that is true only an enclave can tell.
 * @throws ProtocolError WORKER_UNREACHABLE, SHAPE_INVALID
 */
export const fetchState = (
  endpoint: string,
  root: Hex,
  signal: AbortSignal,
): Promise<StateAnswer> =>
  fetchJson(endpoint, `/v1/states/${root}`, StateAnswer, {
    signal: within(signal, TIMEOUT),
    mostBytes: MOST_MAILBOX_BYTES,
  });

/**
 * A page of a state's sealed nodes.
 * @throws ProtocolError WORKER_UNREACHABLE, STATE_MALFORMED
 */
export async function fetchStatePage(
  endpoint: string,
  root: Hex,
  { since, after }: { readonly since: number; readonly after: Hex },
  signal: AbortSignal,
): Promise<StatePage> {
  const path = `/v1/states/${root}/nodes?since=${since}&after=${after}`;
  const limits = { signal: within(signal, PROGRAM_TIMEOUT), mostBytes: MOST_PAGE };
  return decodePage(await fetchBytes(endpoint, path, limits), after);
}

/** One sealed node. @throws ProtocolError WORKER_UNREACHABLE */
export const fetchStateNode = (
  endpoint: string,
  root: Hex,
  id: Hex,
  signal: AbortSignal,
): Promise<Uint8Array> =>
  fetchBytes(endpoint, `/v1/states/${root}/nodes/${id}`, {
    signal: within(signal, TIMEOUT),
    mostBytes: MOST_SEALED,
  });

const within = (signal: AbortSignal, milliseconds: number): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);

interface FetchLimits {
  readonly signal: AbortSignal;
  readonly mostBytes: number;
}

async function fetchBytes(
  endpoint: string,
  path: string,
  { signal, mostBytes }: FetchLimits,
): Promise<Uint8Array> {
  try {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of await reach(endpoint, path, { signal })) {
      bytes += part.length;
      if (bytes > mostBytes) throw new TypeError("too long");
      parts.push(part);
    }
    return concat(...parts);
  } catch (cause) {
    throw unreachable(endpoint, cause);
  }
}

async function fetchJson<S extends TSchema>(
  endpoint: string,
  path: string,
  shape: S,
  limits: FetchLimits,
): Promise<Static<S>> {
  const text = Buffer.from(await fetchBytes(endpoint, path, limits)).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError("SHAPE_INVALID", { what: path, at: "/" }, { cause });
  }
  return parseShape(shape, value, path);
}

/** An endpoint is text from the chain: only http(s), no redirects. */
async function reach(endpoint: string, path: string, init: RequestInit) {
  const url = new URL(endpoint);
  if (!/^https?:$/.test(url.protocol)) throw new TypeError("not http");
  const response = await fetch(`${url.href.replace(/\/$/, "")}${path}`, {
    redirect: "error",
    ...init,
  });
  if (!response.ok || !response.body) throw new TypeError(`status ${response.status}`);
  return response.body;
}

function unreachable(endpoint: string, cause: unknown): ProtocolError {
  const name = cause instanceof Error ? cause.name : "unknown";
  return new ProtocolError("WORKER_UNREACHABLE", { endpoint, cause: name }, { cause });
}
