/** Reading an upload's body, also the rest of one that was refused. @module */
import type { Readable } from "node:stream";

/** Bytes of a refused upload that are still read; clients send pieces of 32 MiB. */
const MOST_UNREAD = 64 * 2 ** 20;

/**
 * Hands a body to `take`. When that refuses, reads what is left before the error goes on: an answer that comes while the client
 * still sends is lost with the connection, and a body that nobody reads blocks the next request on it.
 * @param body destroyed when far too much is left
 * @throws whatever `take` throws
 */
export async function readBody<T>(
  body: Readable,
  take: (source: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const source = body.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Uint8Array>;
  try {
    return await take(source);
  } catch (refusal) {
    await discard(body, source);
    throw refusal;
  }
}

async function discard(body: Readable, source: AsyncIterable<Uint8Array>): Promise<void> {
  let bytes = 0;
  try {
    for await (const part of source) {
      bytes += part.length;
      if (bytes <= MOST_UNREAD) continue;
      body.destroy();
      return;
    }
  } catch {
    // The client is gone; it will not read the refusal either.
  }
}
