/** Rows in any of the forms a party has them, as blocks ready to be sealed. @module */
import { blocksOf, fixedBounds } from "../../protocol/codec/dataset.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { ColumnSpec, Table, TableSpec } from "../../protocol/program.ts";
import { readCsv } from "./csv.ts";

/** A table, tables one after the other, or the text of a CSV file. */
export type Rows = Table | Iterable<Table> | AsyncIterable<Table> | string;

/**
 * Blocks of at most 65,536 rows, every value checked: what an enclave would refuse is refused here, before anything is sent.
 * @throws ProtocolError VALUE_INVALID, TABLE_MALFORMED
 */
export async function* blocksFrom(spec: TableSpec, rows: Rows): AsyncGenerator<Table> {
  let before = 0;
  for await (const table of tablesFrom(spec, rows)) {
    for (const column of spec.columns) checkColumn(column, table, before);
    before += table.rows;
    yield* blocksOf(table);
  }
}

function tablesFrom(spec: TableSpec, rows: Rows): Iterable<Table> | AsyncIterable<Table> {
  if (typeof rows === "string") return [readCsv(spec, rows)];
  return "columns" in rows ? [rows] : rows;
}

function checkColumn(spec: ColumnSpec, table: Table, before: number): void {
  const column = table.columns[spec.name];
  if (!column) return;
  if (column.type !== spec.type || column.values.length !== table.rows)
    throw new ProtocolError("TABLE_MALFORMED", { what: `column ${spec.name}` });
  const { min, max } = limitsOf(spec, column.type === "string" ? column.dictionary.length : 2);
  const { values } = column;
  let [first, wrong] = [-1, 0];
  // A plain loop: a callback for each of millions of values takes four to eight times as long.
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    // Not `value < min || value > max`: NaN would pass that.
    if (value >= min && value <= max) continue;
    if (first < 0) first = i;
    wrong += 1;
  }
  if (wrong === 0) return;
  throw new ProtocolError("VALUE_INVALID", {
    row: before + first + 2,
    column: spec.name,
    kind: "a number",
    reason: "is outside its bounds",
    others: wrong - 1,
  });
}

function limitsOf(spec: ColumnSpec, codes: number): { min: number; max: number } {
  if (spec.type === "fixed") return fixedBounds(spec);
  if (spec.type === "float64")
    return { min: spec.min ?? -Number.MAX_VALUE, max: spec.max ?? Number.MAX_VALUE };
  return { min: 0, max: codes - 1 };
}
