/** Rows written as objects, as tests have them, in the form programs get them. @module */
import { concat } from "../../protocol/bytes.ts";
import { encodeDataset } from "../../protocol/codec/dataset.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Column, ColumnSpec, Table, TableSpec } from "../../protocol/program.ts";
import { blocksFrom } from "../sdk/rows.ts";

/** A row by column; `fixed` and `float64` columns in units, as in a CSV file. */
export type Row = Readonly<Record<string, string | number | boolean>>;

/**
 * The plaintext a member would seal for these rows, checked as a file is.
 * @throws ProtocolError COLUMN_MISSING, COLUMN_UNKNOWN, TABLE_MALFORMED and those of `blocksFrom`
 */
export async function plaintextOf(spec: TableSpec, rows: readonly Row[]): Promise<Uint8Array> {
  const blocks = blocksFrom(spec, tableOf(spec, rows), { minRows: 1 });
  const parts: Uint8Array[] = [];
  for await (const part of encodeDataset(spec, blocks)) parts.push(part);
  return concat(...parts);
}

function tableOf(spec: TableSpec, rows: readonly Row[]): Table {
  const known = spec.columns.map(({ name }) => name);
  const stranger = rows.flatMap((row) => Object.keys(row)).find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new ProtocolError("TABLE_MALFORMED", { what: `no column ${stranger}` });
  const present = spec.columns.filter(({ name }) => rows.some((row) => Object.hasOwn(row, name)));
  const columns = present.map((column) => [column.name, columnOf(column, rows)] as const);
  return { rows: rows.length, columns: Object.fromEntries(columns) };
}

function columnOf(spec: ColumnSpec, rows: readonly Row[]): Column {
  const cells = rows.map((row) => row[spec.name]);
  const wanted = { fixed: "number", float64: "number", string: "string", boolean: "boolean" }[
    spec.type
  ];
  if (cells.some((cell) => typeof cell !== wanted))
    throw new ProtocolError("TABLE_MALFORMED", { what: `column ${spec.name} wants ${wanted}s` });
  if (spec.type === "float64")
    return { type: "float64", values: Float64Array.from(cells as number[]) };
  if (spec.type === "boolean") return { type: "boolean", values: Uint8Array.from(cells, Number) };
  if (spec.type === "fixed") {
    const scale = 10 ** (spec.scale ?? 0);
    const values = Int32Array.from(cells, (cell) => Math.round((cell as number) * scale));
    return { type: "fixed", values };
  }
  const dictionary = [...new Set(cells as string[])];
  const codes = new Map(dictionary.map((text, code) => [text, code]));
  const values = Uint32Array.from(cells as string[], (cell) => codes.get(cell)!);
  return { type: "string", values, dictionary };
}
