/** Rows in any of the forms a party has them, as blocks ready to be sealed. @module */
import type { Table, TableSpec } from "../../protocol/program.ts";
import { CsvReader } from "./reader/csv.ts";
import type { Report } from "./reader/faults.ts";
import type { Intake, ReadOptions } from "./reader/intake.ts";
import { MemoryReader } from "./reader/memory.ts";
import { encodeText, evenChunks, streamed, type CsvSource } from "./reader/source.ts";

/** A CSV file (text, bytes, `Blob`, stream), a table, or tables one after the other. */
export type Rows = CsvSource | Table | Iterable<Table> | AsyncIterable<Table>;

type Pieces<Piece> = Iterable<Piece> | AsyncIterable<Piece>;

export interface RowsOptions extends ReadOptions {
  /** Called once, after the last good row, unless the rows are refused. */
  readonly onReport?: (report: Report) => void;
}

/**
 * Blocks of at most 65,536 rows, every value checked: what an enclave would refuse is refused here. A file is never held as a
 * whole; that a later row is bad shows when the blocks before it are out, so nothing may be sent before the end.
 * @throws ProtocolError those of CSV (ENCODING, CSV_SYNTAX, LINE_TOO_LONG), of columns (COLUMN_MISSING, COLUMN_AMBIGUOUS,
 * TABLE_MALFORMED), of values ({@link Intake}) and TOO_MANY_CLASSES
 */
export async function* blocksFrom(
  spec: TableSpec,
  rows: Rows,
  options: RowsOptions = {},
): AsyncGenerator<Table> {
  const { onReport = () => undefined, ...read } = options;
  const csv = (bytes: Pieces<Uint8Array>) =>
    drain(new CsvReader(spec, read), evenChunks(bytes), onReport);
  const memory = (tables: Pieces<Table>) => drain(new MemoryReader(spec, read), tables, onReport);

  if (typeof rows === "string") return yield* csv(encodeText(rows));
  if (rows instanceof Uint8Array) return yield* csv([rows]);
  if (rows instanceof Blob) return yield* csv(streamed(rows.stream()));
  if ("getReader" in rows) return yield* csv(streamed(rows));
  if ("columns" in rows) return yield* memory([rows]);
  // Bytes or tables: the first piece says which. Without any it is an empty file.
  const pieces = each<Uint8Array | Table>(rows);
  const first = await pieces.next();
  if (first.done) return yield* csv([]);
  const all = resumed(first.value, pieces);
  return first.value instanceof Uint8Array
    ? yield* csv(all as AsyncGenerator<Uint8Array>)
    : yield* memory(all as AsyncGenerator<Table>);
}

async function* each<T>(items: Pieces<T>): AsyncGenerator<T> {
  yield* items;
}

async function* resumed<T>(first: T, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

async function* drain<Piece>(
  reader: Intake<Piece>,
  pieces: Pieces<Piece>,
  onReport: (report: Report) => void,
): AsyncGenerator<Table> {
  for await (const piece of pieces) {
    reader.push(piece);
    yield* reader.take();
  }
  reader.end();
  yield* reader.take();
  onReport(reader.report());
}
