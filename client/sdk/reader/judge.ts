/** One column of a table in memory, and which of its values are refused. @module */
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Column, ColumnSpec, Table } from "../../../protocol/program.ts";
import { boundsOf, outside } from "./columns.ts";
import type { Refusal } from "./faults.ts";
import { refuseLabel } from "./labels.ts";

export interface Judge {
  readonly spec: ColumnSpec;
  badRows(): number[];
  /** Why the value of a row is refused, if it is. */
  refuse(row: number): Refusal | undefined;
  /** The number of a row, in units; NaN when the column holds none. */
  units(row: number): number;
}

const malformed = (name: string) =>
  new ProtocolError("TABLE_MALFORMED", { what: `column ${name}` });

/**
 * Nothing for an optional column that is absent.
 * @throws ProtocolError COLUMN_MISSING; TABLE_MALFORMED for a column of another type or length
 */
export function judgeOf(spec: ColumnSpec, table: Table): Judge[] {
  const column = Object.hasOwn(table.columns, spec.name) ? table.columns[spec.name] : undefined;
  if (!column && spec.optional) return [];
  if (!column)
    throw new ProtocolError("COLUMN_MISSING", { column: spec.name, accepted: [spec.name] });
  if (column.type !== spec.type || column.values.length !== table.rows) throw malformed(spec.name);
  return [column.type === "string" ? judgeLabels(spec, column) : judgeNumbers(spec, column)];
}

function judgeLabels(spec: ColumnSpec, column: Column & { type: "string" }): Judge {
  const { values, dictionary } = column;
  if (outsideOf(values, 0, dictionary.length - 1).length > 0) throw malformed(spec.name);
  const refusals = dictionary.map(refuseLabel);
  const refuse = (row: number): Refusal | undefined => refusals[values[row] as number];
  return {
    spec,
    refuse,
    units: () => NaN,
    badRows: () => (refusals.some(Boolean) ? [...values.keys()].filter((row) => refuse(row)) : []),
  };
}

function judgeNumbers(spec: ColumnSpec, column: Exclude<Column, { type: "string" }>): Judge {
  const { values, type } = column;
  const { min, max } = type === "boolean" ? { min: 0, max: 1 } : boundsOf(spec);
  const unit = type === "fixed" ? 10 ** (spec.scale ?? 0) : 1;
  const units = (row: number): number => (values[row] as number) / unit;
  return {
    spec,
    units: (row) => (type === "boolean" ? NaN : units(row)),
    badRows: () => outsideOf(values, min, max),
    refuse(row) {
      const value = values[row] as number;
      if (value >= min && value <= max) return undefined;
      if (type === "boolean")
        return { code: "VALUE_NOT_BOOLEAN", kind: "number", reason: "is not 0 or 1" };
      if (!Number.isFinite(value))
        return { code: "VALUE_MISSING", kind: "not finite", reason: "is no value" };
      return outside(spec, units(row));
    },
  };
}

/** A plain loop: a callback for each of millions of values takes four to eight times as long. */
function outsideOf(values: Column["values"], min: number, max: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    // Not `value < min || value > max`: NaN would pass that.
    if (!(value >= min && value <= max)) rows.push(i);
  }
  return rows;
}
