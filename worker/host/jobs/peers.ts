/** The other workers of a committee, at the endpoints they registered. What they answer is checked like anybody's. @module */
import { Mailbox } from "../../../protocol/api.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { parseShape } from "../../../protocol/schema.ts";

/** 32 consents and 7 Ready signatures are below 10 KiB. */
const MOST_BYTES = 65_536;
const TIMEOUT = 5_000;

/**
 * The mailbox of a task at another worker. Its endpoint is text from the chain: only http(s), no redirects, a bounded answer.
 * @throws ProtocolError WORKER_UNREACHABLE, SHAPE_INVALID
 */
export async function fetchMailbox(
  endpoint: string,
  task: Hex,
  signal: AbortSignal,
): Promise<Mailbox> {
  const text = await fetchText(endpoint, `/v1/tasks/${task}/consents`, signal);
  try {
    return parseShape(Mailbox, JSON.parse(text), "mailbox");
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause;
    throw new ProtocolError("SHAPE_INVALID", { what: "mailbox", at: "/" }, { cause });
  }
}

async function fetchText(endpoint: string, path: string, signal: AbortSignal): Promise<string> {
  try {
    const url = new URL(endpoint);
    if (!/^https?:$/.test(url.protocol)) throw new TypeError("not http");
    const response = await fetch(`${url.href.replace(/\/$/, "")}${path}`, {
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
    if (!response.ok || !response.body) throw new TypeError(`status ${response.status}`);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of response.body) {
      bytes += part.length;
      if (bytes > MOST_BYTES) throw new TypeError("too long");
      parts.push(part);
    }
    return Buffer.concat(parts).toString("utf8");
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "unknown";
    throw new ProtocolError("WORKER_UNREACHABLE", { endpoint, cause: name }, { cause });
  }
}
