/** The bytes of a file in any of the forms browser and Node have them. @module */

/** Text or UTF-8 bytes of a CSV file. `File` is a `Blob`; a Node stream is an `AsyncIterable`. */
export type CsvSource =
  string | Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** No chunk is longer: what is read, and not yet handed on, stays small. */
const MAX_CHUNK = 1 << 20;
/** Nor shorter, the last one apart: every chunk may look at an unfinished line again. */
const MIN_CHUNK = 1 << 16;

/** UTF-8 of a text, in pieces. A lone surrogate becomes the byte 0xff, which is no UTF-8 either. */
export function* encodeText(text: string): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + MAX_CHUNK / 4);
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to += 1;
    const piece = text.slice(from, to);
    if (piece.isWellFormed()) yield encoder.encode(piece);
    else {
      const bad = piece.search(/\p{Surrogate}/u);
      yield encoder.encode(piece.slice(0, bad));
      yield Uint8Array.of(0xff);
      return;
    }
    from = to;
  }
}
const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code < 0xdc00;

/** Bytes in pieces of 64 KiB to 1 MiB, whatever the pieces of the stream. */
export async function* evenChunks(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    if (piece.length >= MIN_CHUNK && length === 0) yield* cut(piece);
    else {
      parts.push(piece.slice());
      length += piece.length;
      if (length < MIN_CHUNK) continue;
      yield* cut(joined(parts, length));
      parts = [];
      length = 0;
    }
  }
  if (length > 0) yield joined(parts, length);
}

function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += MAX_CHUNK)
    yield bytes.subarray(from, from + MAX_CHUNK);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A stream as an iterable: not every browser has that built in. Leaving the loop cancels the stream. */
export async function* streamed(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
