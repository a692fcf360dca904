/** Cells of one record of a CSV file, as places in its bytes. @module */

/** Bytes of the longest record. */
export const MAX_LINE = 1 << 20;

/** What a byte does outside quotes. */
export const DELIMITER = 1;
export const BREAK = 2;
export const QUOTE = 3;
export const LF = 10;
export const CR = 13;

/** Cells of one record: cell `i` is `bytes[starts[i]]` up to `bytes[ends[i]]`, blanks around it included. Valid until the next. */
export class Cells {
  bytes = new Uint8Array(0);
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  count = 0;
  #scratch = new Uint8Array(0);

  /** Goes to a buffer of at least so many bytes; the same one, since a file with quotes in one row usually has them in all. */
  useScratch(length: number): Uint8Array {
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(Math.max(1024, length));
    this.bytes = this.#scratch;
    return this.bytes;
  }

  add(start: number, end: number): void {
    if (this.count === this.starts.length) this.grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count += 1;
  }

  /** Makes room for twice as many cells. */
  grow(): this {
    this.starts = grown(this.starts);
    this.ends = grown(this.ends);
    return this;
  }
}

function grown(old: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * old.length);
  larger.set(old);
  return larger;
}
