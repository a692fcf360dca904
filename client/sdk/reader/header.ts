/** Which column of a file is which column of a table. @module */
import { ProtocolError } from "../../../protocol/errors.ts";
import type { ColumnSpec, TableSpec } from "../../../protocol/program.ts";

/** Other names people give to columns programs ask for. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  latitude: ["latitude", "lat", "y"],
  longitude: ["longitude", "lon", "lng", "long", "x"],
  label: ["label", "class", "segment"],
};

/** A column that was found: where, and under what name. */
export interface Match {
  readonly spec: ColumnSpec;
  /** Position in the file, from 0. */
  readonly at: number;
  /** As the header writes it, without the blanks around it. */
  readonly name: string;
}

/**
 * Finds the columns of a table in a header, in any order and case. Errors name accepted names only, never other cells: without
 * a header the first row is data.
 * @throws ProtocolError COLUMN_MISSING, COLUMN_AMBIGUOUS
 */
export function matchColumns(spec: TableSpec, header: readonly string[]): Match[] {
  const cells = header.map((cell) => cell.trim());
  return spec.columns.flatMap((column) => {
    const accepted = acceptedNames(spec, column);
    const found = [...cells.keys()].filter((at) => accepted.includes(nameOf(cells[at])));
    if (found.length > 1)
      throw new ProtocolError("COLUMN_AMBIGUOUS", {
        column: column.name,
        found: found.map((at) => nameOf(cells[at])),
      });
    const [at] = found;
    if (at !== undefined) return [{ spec: column, at, name: cells[at] as string }];
    if (column.optional) return [];
    throw new ProtocolError("COLUMN_MISSING", { column: column.name, accepted });
  });
}

const nameOf = (cell: string | undefined): string => (cell ?? "").toLowerCase();

/** A name that is another column's own is not an alias. */
function acceptedNames({ columns }: TableSpec, { name }: ColumnSpec): readonly string[] {
  const own = Object.hasOwn(aliases, name) ? (aliases[name] as readonly string[]) : [name];
  const others = columns.map((column) => column.name).filter((other) => other !== name);
  return own.filter((alias) => !others.includes(alias));
}

const COMMA = 44;
/** Comma, semicolon, tab, bar. */
const delimiters = [COMMA, 59, 9, 124] as const;

/**
 * The delimiter the first line with anything in it uses most, outside quotes; a comma when it uses none.
 * @param final whether no more bytes follow
 * @returns undefined while that line is not complete
 */
export function guessDelimiter(bytes: Uint8Array, final: boolean): number | undefined {
  const seen = new Map<number, number>(delimiters.map((byte) => [byte, 0]));
  let [quoted, blank] = [false, true];
  for (const byte of bytes) {
    const isBreak = byte === 10 || byte === 13;
    if (isBreak && !quoted && !blank) return mostSeen(seen);
    if (byte === 34) quoted = !quoted;
    if (!isBreak && byte !== 32) blank = false;
    const count = seen.get(byte);
    if (count !== undefined && !quoted) seen.set(byte, count + 1);
  }
  return final ? mostSeen(seen) : undefined;
}

const mostSeen = (seen: ReadonlyMap<number, number>): number =>
  [...seen].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
