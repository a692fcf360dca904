/**
 * A table out of CSV bytes, in pieces of any size: rows go out in blocks while later ones are still being read. All of a file is
 * read before a bad row is reported, so that every one of them is named; refusals never hold a value.
 * @module
 */
import { BLOCK_ROWS } from "../../../protocol/codec/dataset.ts";
import { fromUtf8 } from "../../../protocol/bytes.ts";
import type { Column, Table, TableSpec } from "../../../protocol/program.ts";
import { Axes } from "./axes.ts";
import type { Cells } from "./cells.ts";
import { columnReader, type ColumnReader } from "./columns.ts";
import { Faults, type Refusal, type Report } from "./faults.ts";
import { matchColumns, type Match } from "./header.ts";
import { conclude, settings, type Intake, type ReadOptions } from "./intake.ts";
import { Records } from "./records.ts";
import { Utf8Check } from "./utf8.ts";

interface Reading extends Match {
  readonly reader: ColumnReader;
}

const notUtf8: Refusal = { code: "ENCODING", kind: "bytes", reason: "are not UTF-8" };
const extraCells: Refusal = {
  code: "CSV_SYNTAX",
  kind: "row",
  reason: "has more cells than the header",
};

/** Reads the bytes of one file. */
export class CsvReader implements Intake<Uint8Array> {
  readonly #spec: TableSpec;
  readonly #options: Required<ReadOptions>;
  readonly #faults = new Faults();
  readonly #records = new Records(this.#faults);
  readonly #utf8 = new Utf8Check();
  readonly #axes: Axes | undefined;
  #columns: readonly Reading[] | undefined;
  /** Cells of the header. */
  #width = 0;
  /** Good rows in finished blocks, and in the one being filled. */
  #done = 0;
  #filled = 0;
  #blocks: Table[] = [];

  constructor(spec: TableSpec, options: ReadOptions = {}) {
    this.#spec = spec;
    this.#options = { ...settings, ...options };
    this.#axes = Axes.areIn(spec) ? new Axes() : undefined;
  }

  /** @throws ProtocolError ENCODING, CSV_SYNTAX, LINE_TOO_LONG, COLUMN_MISSING, COLUMN_AMBIGUOUS, TOO_MANY_CLASSES */
  push(bytes: Uint8Array): void {
    const bad = this.#utf8.push(bytes);
    this.#records.push(bad < 0 ? bytes : bytes.subarray(0, bad));
    this.#read();
    if (bad >= 0) this.#refuse(this.#records.row + 1, "", notUtf8);
  }

  /** @throws ProtocolError as `push`, and those of {@link Intake} */
  end(): void {
    if (!this.#utf8.complete) this.#refuse(this.#records.row + 1, "", notUtf8);
    this.#records.end();
    this.#read();
    if (this.#filled > 0) this.#cut();
    const header = this.#columns !== undefined;
    conclude(this.report(), this.#faults, this.#axes, this.#options, header);
  }

  take(): Table[] {
    const blocks = this.#blocks;
    this.#blocks = [];
    return blocks;
  }

  report(): Report {
    const named = (this.#columns ?? []).map(({ spec, name }) => [spec.name, name] as const);
    return {
      rows: this.#done + this.#filled,
      skipped: this.#faults.rows,
      columns: Object.fromEntries(named),
      faults: this.#faults.list,
      counts: this.#faults.counts,
    };
  }

  #read(): void {
    const records = this.#records;
    while (records.next()) {
      if (isEmpty(records.cells)) continue;
      if (this.#columns) this.#row(this.#columns, records.cells, records.row);
      else this.#columns = this.#header(records.cells);
    }
  }

  #header({ bytes, starts, ends, count }: Cells): Reading[] {
    const header = Array.from({ length: count }, (_, i) =>
      fromUtf8(bytes.slice(starts[i], ends[i]), "header"),
    );
    this.#width = count;
    return matchColumns(this.#spec, header).map((match) => ({
      ...match,
      reader: columnReader(match.spec, this.#options.maxClasses),
    }));
  }

  #row(columns: readonly Reading[], cells: Cells, row: number): void {
    const { bytes, starts, ends, count } = cells;
    const before = this.#faults.rows;
    if (count > this.#width && !isBlank(cells, this.#width)) this.#faults.add(row, "", extraCells);
    for (let i = 0; i < columns.length; i++) {
      const { spec, at, reader } = columns[i] as Reading;
      let start = at < count ? (starts[at] as number) : 0;
      let end = at < count ? (ends[at] as number) : 0;
      while (start < end && isSpace(bytes[start])) start += 1;
      while (start < end && isSpace(bytes[end - 1])) end -= 1;
      const refusal = reader.read(bytes, start, end);
      if (refusal) this.#faults.add(row, spec.name, refusal);
    }
    if (this.#faults.rows > before) return this.#observe(columns, row);
    for (const { spec, reader } of columns) {
      const refusal = reader.keep(this.#filled);
      if (refusal) this.#refuse(row, spec.name, refusal);
    }
    this.#filled += 1;
    if (this.#filled === BLOCK_ROWS) this.#cut();
  }

  #observe(columns: readonly Reading[], row: number): void {
    const units = (name: string): number =>
      columns.find(({ spec }) => spec.name === name)?.reader.units ?? NaN;
    this.#axes?.observe(row, units("latitude"), units("longitude"));
  }

  #refuse(row: number, column: string, refusal: Refusal): never {
    throw this.#faults.fatal({ row, column, ...refusal });
  }

  #cut(): void {
    const rows = this.#filled;
    this.#done += rows;
    this.#filled = 0;
    const isWanted = this.#options.onFault === "skip" || this.#faults.rows === 0;
    if (!isWanted || this.#options.onFault === "report") return;
    const columns = (this.#columns ?? []).map(({ spec, reader }): [string, Column] => [
      spec.name,
      reader.cut(rows),
    ]);
    this.#blocks.push({ rows, columns: Object.fromEntries(columns) });
  }
}

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 9;

const isEmpty = (cells: Cells): boolean => cells.count === 1 && isBlank(cells, 0);

/** Whether nothing but blanks stands in a record from one cell on. */
function isBlank({ bytes, starts, ends, count }: Cells, from: number): boolean {
  for (let i = from; i < count; i++)
    for (let at = starts[i] as number; at < (ends[i] as number); at++)
      if (!isSpace(bytes[at])) return false;
  return true;
}
