/**
 * CSV bytes cut into records and cells (RFC 4180, and what spreadsheets write: CR, LF or both; a byte order mark; blanks before
 * and after a quoted cell). Bytes come in pieces; what is kept between two of them is one unfinished record.
 * @module
 */
import { BREAK, Cells, CR, DELIMITER, LF, MAX_LINE, QUOTE } from "./cells.ts";
import type { Faults } from "./faults.ts";
import { guessDelimiter } from "./header.ts";
import { cutQuoted } from "./quoted.ts";

export class Records {
  readonly cells = new Cells();
  /** Number of the record in `cells`, from 1; empty lines count. */
  row = 0;
  readonly #faults: Faults;
  /** Used again for every piece. */
  #buffer = new Uint8Array(0);
  /** The filled part of `#buffer`; its bytes from `#at` on are unread. */
  #bytes = new Uint8Array(0);
  #at = 0;
  #final = false;
  /** What each byte value does; undefined until the delimiter is known. */
  #kinds: Uint8Array | undefined;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** Takes more bytes, once `next` has said that it needs them. */
  push(bytes: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#at);
    const length = rest.length + bytes.length;
    if (this.#buffer.length < length) {
      const larger = new Uint8Array(length + (length >> 2));
      larger.set(rest);
      this.#buffer = larger;
    } else this.#buffer.set(rest);
    this.#buffer.set(bytes, rest.length);
    this.#bytes = this.#buffer.subarray(0, length);
    this.#at = 0;
  }

  /** No more bytes follow. */
  end(): void {
    this.#final = true;
  }

  /**
   * Goes to the next record.
   * @returns false when more bytes are needed, or none are left
   * @throws ProtocolError CSV_SYNTAX, LINE_TOO_LONG
   */
  next(): boolean {
    const kinds = (this.#kinds ??= this.#start());
    if (!kinds) return this.#more(false);
    const { cells } = this;
    const bytes = this.#bytes;
    const from = this.#at;
    let { starts, ends } = cells;
    let [start, count] = [from, 0];
    for (let at = from; at < bytes.length; at++) {
      const kind = kinds[bytes[at] as number];
      if (kind === 0) continue;
      if (kind === QUOTE) return this.#quoted(kinds);
      const isReturn = bytes[at] === CR;
      // The line feed that belongs to it may not have arrived.
      if (isReturn && at + 1 === bytes.length && !this.#final) return this.#more(false);
      if (count === starts.length) ({ starts, ends } = cells.grow());
      starts[count] = start;
      ends[count++] = at;
      start = at + 1;
      if (kind !== BREAK) continue;
      cells.count = count;
      return this.#found(bytes, isReturn && bytes[start] === LF ? at + 2 : start);
    }
    if (!this.#final || from === bytes.length) return this.#more(false);
    cells.count = count;
    cells.add(start, bytes.length);
    return this.#found(bytes, bytes.length);
  }

  #found(bytes: Uint8Array<ArrayBuffer>, end: number): true {
    this.row += 1;
    if (end - this.#at > MAX_LINE) this.#tooLong();
    this.cells.bytes = bytes;
    this.#at = end;
    return true;
  }

  #more(inQuotes: boolean): false {
    if (this.#bytes.length - this.#at <= MAX_LINE) return false;
    this.row += 1;
    return inQuotes ? this.#unbalanced("is in quotes that do not end") : this.#tooLong();
  }

  #quoted(kinds: Uint8Array): boolean {
    const outcome = cutQuoted(this.#bytes, this.#at, kinds, this.#final, this.cells);
    if (typeof outcome === "number") return this.#found(this.cells.bytes, outcome);
    if (outcome === "more" || outcome === "open") return this.#more(outcome === "open");
    this.row += 1;
    return this.#unbalanced(outcome);
  }

  /** Drops a byte order mark, and finds the delimiter. */
  #start(): Uint8Array | undefined {
    const [a, b, c] = this.#bytes;
    const mark = a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
    const delimiter = guessDelimiter(this.#bytes.subarray(mark), this.#final);
    if (delimiter === undefined) return undefined;
    this.#at = mark;
    const kinds = new Uint8Array(256);
    kinds[delimiter] = DELIMITER;
    kinds[LF] = kinds[CR] = BREAK;
    kinds[34] = QUOTE;
    return kinds;
  }

  #unbalanced(reason: string): never {
    const fault = { row: this.row, column: "", code: "CSV_SYNTAX", kind: "row", reason } as const;
    throw this.#faults.fatal(fault);
  }

  #tooLong(): never {
    const reason = `is longer than ${MAX_LINE} bytes`;
    const fault = { row: this.row, column: "", kind: "line", reason } as const;
    throw this.#faults.fatal({ ...fault, code: "LINE_TOO_LONG" });
  }
}
