/**
 * The guest's end of its pipe, read and written in place: a process that does nothing but wait and compute needs none of Node's
 * streams, and does not pay for loading them.
 * @module
 */
import { readSync, writeSync } from "node:fs";
import { framePieces } from "./write-frame.ts";

const STDIN = 0;
const STDOUT = 1;
/** Bytes read at once. */
const PIECE = 1 << 20;

/** What comes in, until the other end closes. A piece holds until the next one is asked for. */
// oxlint-disable-next-line typescript/require-await -- readers of frames take what comes over time; here it is there at once
export async function* piecesIn(): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(PIECE);
  for (;;) {
    const length = readSync(STDIN, piece);
    if (length === 0) return;
    yield piece.subarray(0, length);
  }
}

/** @throws ProtocolError BYTES_INVALID for an attachment of 4 GiB and more; Error when the other end is closed */
export function sendFrame(json: unknown, attachment?: readonly Uint8Array[]): void {
  for (const piece of framePieces(json, attachment))
    for (let at = 0; at < piece.length;) at += writeSync(STDOUT, piece, at);
}
