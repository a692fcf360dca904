/** Exact sums and counts over the columns of tables: integers, so that neither order nor sharding of rows changes them. @module */
import type { Column, MemberTable } from "../../protocol/program.ts";
import { wrapLongitude } from "./projection.ts";

/** How many rows of a group each member gave. */
export type RowsByMember = ReadonlyMap<number, number>;

/** Datasets that have a column; an optional one may be absent from a dataset as a whole. */
export function tablesWith(tables: readonly MemberTable[], name: string): MemberTable[] {
  return tables.filter((table) => Object.hasOwn(table.columns, name));
}

/** Rows of each member in all tables. */
export function rowsByMember(tables: readonly MemberTable[]): RowsByMember {
  const counts = new Map<number, number>();
  for (const { member, rows } of tables) add(counts, member, rows);
  return counts;
}

/** Sum of a `fixed` column, scaled as it is. @throws TypeError when a table lacks it; {@link tablesWith} excludes that */
export function sumOf(tables: readonly MemberTable[], name: string): bigint {
  let sum = 0n;
  for (const table of tables) {
    let part = 0;
    // Doubles hold sums of 2^22 int32 values exactly.
    for (const [row, value] of columnOf(table, name, "fixed").values.entries()) {
      part += value;
      if ((row & 0x3fffff) === 0x3fffff) {
        sum += BigInt(part);
        part = 0;
      }
    }
    sum += BigInt(part);
  }
  return sum;
}

/** Rows of each value of a `string` column. */
export function frequencies(
  tables: readonly MemberTable[],
  name: string,
): Map<string, RowsByMember> {
  const groups = new Map<string, Map<number, number>>();
  for (const table of tables) {
    const { values, dictionary } = columnOf(table, name, "string");
    const counts = new Uint32Array(dictionary.length);
    for (const code of values) counts[code]!++;
    for (const [code, rows] of counts.entries())
      if (rows > 0) add(groupAt(groups, dictionary[code]!), table.member, rows);
  }
  return groups;
}

/** How many different values of a `string` or `fixed` column are held by at least two members. */
export function sharedValues(tables: readonly MemberTable[], name: string): number {
  const holder = new Map<string | number, number>();
  const shared = new Set<string | number>();
  for (const table of tables)
    for (const value of differentValues(table, name)) {
      const first = holder.get(value);
      if (first === undefined) holder.set(value, table.member);
      else if (first !== table.member) shared.add(value);
    }
  return shared.size;
}

/** A square of a grid in micro-degrees, named by its south-western corner. */
export interface Cell {
  readonly latitude: number;
  readonly longitude: number;
  readonly rows: RowsByMember;
}

/**
 * Rows by cell. Corners are whole multiples of the step, counted from latitude and longitude 0; 180° is -180°.
 * @param step micro-degrees
 */
export function gridCells(tables: readonly MemberTable[], step: number): Cell[] {
  const cells = new Map<
    string,
    { latitude: number; longitude: number; rows: Map<number, number> }
  >();
  for (const table of tables) {
    const latitudes = columnOf(table, "latitude", "fixed").values;
    const longitudes = columnOf(table, "longitude", "fixed").values;
    for (const [row, value] of latitudes.entries()) {
      const latitude = Math.floor(value / step) * step;
      const longitude = Math.floor(wrapLongitude(longitudes[row]!) / step) * step;
      const name = `${latitude},${longitude}`;
      let cell = cells.get(name);
      if (!cell) cells.set(name, (cell = { latitude, longitude, rows: new Map() }));
      add(cell.rows, table.member, 1);
    }
  }
  return [...cells.values()];
}

function differentValues(table: MemberTable, name: string): Set<string | number> {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (column?.type === "fixed") return new Set(column.values);
  const { values, dictionary } = columnOf(table, name, "string");
  // A dictionary entry that no row uses is nobody's value.
  return new Set(Array.from(new Set(values), (code) => dictionary[code]!));
}

function columnOf<T extends Column["type"]>(
  table: MemberTable,
  name: string,
  type: T,
): Extract<Column, { type: T }> {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (column?.type !== type) throw new TypeError(`no ${type} column ${name}`);
  return column as Extract<Column, { type: T }>;
}

function groupAt(groups: Map<string, Map<number, number>>, name: string): Map<number, number> {
  let group = groups.get(name);
  if (!group) groups.set(name, (group = new Map()));
  return group;
}

function add(counts: Map<number, number>, member: number, rows: number): void {
  counts.set(member, (counts.get(member) ?? 0) + rows);
}
