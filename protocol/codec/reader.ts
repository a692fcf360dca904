/** Reads exact numbers of bytes off a stream of byte arrays. @module */
import { concat } from "../bytes.ts";
import { ProtocolError, type Failures } from "../errors.ts";

type Malformed = "TABLE_MALFORMED" | "ENVELOPE_MALFORMED";

export class StreamReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #code: Malformed;
  #rest: Uint8Array = new Uint8Array(0);
  #read = 0;

  /** @param code of the error thrown when the stream ends too early */
  constructor(source: AsyncIterable<Uint8Array>, code: Malformed = "TABLE_MALFORMED") {
    this.#source = source[Symbol.asyncIterator]();
    this.#code = code;
  }

  /** Bytes read so far. */
  get read(): number {
    return this.#read;
  }

  /** Up to `length` bytes; fewer only at the end of the stream. */
  async upTo(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#source.next();
        if (done) break;
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    this.#read += length - missing;
    return parts.length === 1 ? (parts[0] as Uint8Array) : concat(...parts);
  }

  /** @throws ProtocolError with the reader's code when the stream ends first */
  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.upTo(length);
    if (bytes.length < length) throw this.#fault("it ends too early");
    return bytes;
  }

  /** Little-endian uint32. */
  async words(count: number): Promise<number[]> {
    const bytes = await this.take(4 * count);
    return Array.from(new Uint32Array(bytes.slice().buffer));
  }

  /** Pieces of exactly `size` bytes, the last one shorter. */
  async *chunks(size: number): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = await this.upTo(size);
      if (chunk.length > 0) yield chunk;
      if (chunk.length < size) return;
    }
  }

  /** Requires exactly `length` zero bytes and then the end. */
  async expectZeros(length: number): Promise<void> {
    const bytes = await this.take(length);
    const more = await this.upTo(1);
    if (more.length > 0 || bytes.some(Boolean)) throw this.#fault("padding");
  }

  #fault(what: string): ProtocolError {
    return new ProtocolError(this.#code, { what } satisfies Failures[Malformed]);
  }
}
