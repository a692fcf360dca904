/** Columns of pooled tables: all rows of all datasets, in the order of the task's inputs. @module */
import type { Table } from "../../protocol/program.ts";

/** Rows with a place, micro-degrees. */
export interface Positions {
  readonly latitude: Int32Array;
  readonly longitude: Int32Array;
}

/** Number of pooled rows. */
export function countRows(tables: readonly Table[]): number {
  return tables.reduce((rows, table) => rows + table.rows, 0);
}

/**
 * Pools the columns `latitude` and `longitude`.
 * @throws TypeError when a table lacks them; decoding against the manifest has excluded that
 */
export function pooledPositions(tables: readonly Table[]): Positions {
  const rows = countRows(tables);
  const latitude = new Int32Array(rows);
  const longitude = new Int32Array(rows);
  let offset = 0;
  for (const table of tables) {
    latitude.set(fixedColumn(table, "latitude"), offset);
    longitude.set(fixedColumn(table, "longitude"), offset);
    offset += table.rows;
  }
  return { latitude, longitude };
}

function fixedColumn(table: Table, name: string): Int32Array {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (column?.type !== "fixed") throw new TypeError(`no fixed column ${name}`);
  return column.values;
}
