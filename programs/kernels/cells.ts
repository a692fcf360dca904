/** Cells of small tables, for programs that read a parameter or two; large tables are read by column. @module */
import type { Column, Table } from "../../protocol/program.ts";
import { ProgramFailure } from "./failure.ts";

/**
 * All texts of a string column.
 * @throws ProgramFailure PARAMETER_INVALID when there is no such column
 */
export function textsOf(table: Table | undefined, name: string): string[] {
  const column = columnOf(table, name, "string");
  return Array.from(column.values, (code) => column.dictionary[code]!);
}

/**
 * All numbers of a `fixed` column, in units of its last decimal place: 1.5 at scale 2 is 150.
 * @throws ProgramFailure PARAMETER_INVALID when there is no such column
 */
export function integersOf(table: Table | undefined, name: string): number[] {
  return Array.from(columnOf(table, name, "fixed").values);
}

/**
 * The only item of a list: of a private table with one row.
 * @throws ProgramFailure PARAMETER_INVALID when there are more or none
 */
export function only<T>(items: readonly T[]): T {
  if (items.length !== 1) throw new ProgramFailure("PARAMETER_INVALID");
  return items[0]!;
}

function columnOf<T extends Column["type"]>(
  table: Table | undefined,
  name: string,
  type: T,
): Extract<Column, { type: T }> {
  const columns = table?.columns ?? {};
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column?.type !== type) throw new ProgramFailure("PARAMETER_INVALID");
  return column as Extract<Column, { type: T }>;
}
