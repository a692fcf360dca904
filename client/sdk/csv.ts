/**
 * A table out of CSV text. All of it is read before anything is sealed: one bad value and nothing is sent. Refusals name row,
 * column, what kind of value stands there and what is wrong with it, never the value.
 * @module
 */
import Papa from "papaparse";
import { utf8 } from "../../protocol/bytes.ts";
import { fixedBounds, MAX_LABEL } from "../../protocol/codec/dataset.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Column, ColumnSpec, Table, TableSpec } from "../../protocol/program.ts";
import { isDecimal, parseFixed } from "./decimal.ts";

/** Why a cell is refused; `undefined` where a value was taken. */
type Refusal = string | undefined;
/** Collects the values of one column. */
interface Builder {
  take(cell: string): Refusal;
  build(): Column;
}

const builders: Record<ColumnSpec["type"], (spec: ColumnSpec) => Builder> = {
  fixed(spec) {
    const values: number[] = [];
    const { min, max } = fixedBounds(spec);
    return {
      take(cell) {
        const value = parseFixed(cell, spec.scale ?? 0);
        if (value === undefined) return "is not a decimal number";
        if (value < min || value > max) return bounds(spec);
        values.push(value);
        return undefined;
      },
      build: () => ({ type: "fixed", values: Int32Array.from(values) }),
    };
  },
  float64(spec) {
    const values: number[] = [];
    return {
      take(cell) {
        if (!isDecimal(cell)) return "is not a decimal number";
        const value = Number(cell);
        const inside = value >= (spec.min ?? -Infinity) && value <= (spec.max ?? Infinity);
        if (!inside || !Number.isFinite(value)) return bounds(spec);
        values.push(value);
        return undefined;
      },
      build: () => ({ type: "float64", values: Float64Array.from(values) }),
    };
  },
  boolean() {
    const values: number[] = [];
    return {
      take(cell) {
        const value = { true: 1, "1": 1, yes: 1, false: 0, "0": 0, no: 0 }[cell.toLowerCase()];
        if (value === undefined) return "is not true or false";
        values.push(value);
        return undefined;
      },
      build: () => ({ type: "boolean", values: Uint8Array.from(values) }),
    };
  },
  string() {
    const values: number[] = [];
    const codes = new Map<string, number>();
    return {
      take(cell) {
        if (!cell.isWellFormed() || utf8(cell).length > MAX_LABEL)
          return `is not 1 to ${MAX_LABEL} bytes of UTF-8`;
        const code = codes.get(cell) ?? codes.size;
        codes.set(cell, code);
        values.push(code);
        return undefined;
      },
      build: () => ({
        type: "string",
        values: Uint32Array.from(values),
        dictionary: [...codes.keys()],
      }),
    };
  },
};

function bounds({ min, max, unit }: ColumnSpec): string {
  const limits = min === undefined && max === undefined ? "" : ` ${min ?? "-"} to ${max ?? "-"}`;
  return `is outside${limits || " what 32 bits hold"}${unit ? ` ${unit}` : ""}`;
}

const malformed = (what: string) => new ProtocolError("TABLE_MALFORMED", { what });

/** What stands in a cell, in one word, so that a person finds it without the refusal repeating it. */
function kindOf(cell: string): string {
  if (cell === "") return "an empty cell";
  if (/^[+-]?(nan|inf(inity)?)$/i.test(cell)) return "not a finite number";
  return isDecimal(cell) ? "a number" : "a text";
}

/**
 * Reads CSV text into a table. Columns are found by their names in any order and case; columns the table does not know are
 * left out, blanks around cells are dropped, empty lines skipped.
 * @throws ProtocolError VALUE_INVALID, TABLE_MALFORMED
 */
export function readCsv(spec: TableSpec, text: string): Table {
  let columns: { spec: ColumnSpec; at: number; builder: Builder }[] | undefined;
  let row = 0;
  let rows = 0;
  let others = -1;
  let first: { row: number; column: string; kind: string; reason: string } | undefined;

  Papa.parse<string[]>(text, {
    step: ({ data, errors }) => {
      row += 1;
      if (errors.some((error) => error.type === "Quotes")) throw malformed(`quotes in row ${row}`);
      if (data.every((cell) => cell.trim() === "") && data.length <= 1) return;
      if (!columns) {
        columns = matchColumns(spec, data);
        return;
      }
      rows += 1;
      for (const { spec: column, at, builder } of columns) {
        const cell = (data[at] ?? "").trim();
        const reason = cell === "" ? "is not allowed" : builder.take(cell);
        if (reason === undefined) continue;
        others += 1;
        first ??= { row, column: column.name, kind: kindOf(cell), reason };
      }
    },
  });
  if (first) throw new ProtocolError("VALUE_INVALID", { ...first, others });
  if (!columns || rows === 0) throw malformed("no rows");
  const built = columns.map(({ spec: column, builder }) => [column.name, builder.build()] as const);
  return { rows, columns: Object.fromEntries(built) };
}

function matchColumns(spec: TableSpec, header: readonly string[]) {
  const names = header.map((name) => name.trim().toLowerCase());
  return spec.columns.flatMap((column) => {
    const at = names.indexOf(column.name);
    if (at !== names.lastIndexOf(column.name))
      throw malformed(`two columns are called ${column.name}`);
    if (at >= 0) return [{ spec: column, at, builder: builders[column.type](column) }];
    if (column.optional) return [];
    throw malformed(`column ${column.name} is missing`);
  });
}
