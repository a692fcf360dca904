/**
 * What can be wrong with rows of a table: which row and column, what kind of thing stands there, why it is refused. Never the
 * value itself: faults are printed, logged and sent to support, values are secret.
 * @module
 */

/** What to do, by code; also the list of codes. */
const cures = {
  VALUE_MISSING: "Fill it in or leave the row out.",
  VALUE_NOT_NUMBER: "Write decimal numbers with a point, such as -0.1276.",
  VALUE_NOT_BOOLEAN: "Write true or false.",
  VALUE_OUT_OF_RANGE: "Correct it or leave the row out.",
  /** More than 360 degrees; in most rows: of the whole file. */
  PROJECTED_UNITS: "Convert projected coordinates (metres) to degrees (WGS 84).",
  /** Most latitudes are beyond 90 degrees while the longitudes are not. */
  AXES_SWAPPED: "Exchange the names of the columns latitude and longitude.",
  LABEL_INVALID: "Labels are 1 to 64 bytes of UTF-8.",
  TOO_MANY_CLASSES: "Merge rare labels.",
  ENCODING: "Save the file as UTF-8.",
  /** Unbalanced quotes (of the whole file), or a row with more cells than the header. */
  CSV_SYNTAX: "Write the file as RFC 4180 says, quotes around whole cells and doubled inside.",
  LINE_TOO_LONG: "Check that this is a table with line breaks.",
  /** Rows with faults of more than one kind; `faults` says which. */
  ROWS_INVALID: "Correct these rows or leave them out.",
} as const;

export type RowCode = keyof typeof cures;
export const rowCodes = Object.keys(cures) as readonly RowCode[];

/** What stands in a cell, said without saying it. */
export const valueKinds = [
  "empty",
  "not finite",
  "number",
  "text",
  "row",
  "line",
  "bytes",
] as const;
export type ValueKind = (typeof valueKinds)[number];

export interface RowFault {
  /** In CSV as a spreadsheet numbers it: the header is row 1, empty lines count. In a table in memory: from 1. */
  readonly row: number;
  /** As the table's specification calls it; empty when the fault is not one cell's. */
  readonly column: string;
  readonly code: RowCode;
  readonly kind: ValueKind;
  /** Continues the kind: "is not a decimal number". */
  readonly reason: string;
}

/** Facts of every code above: the first fault, how many there are, and the first 1000 of them. */
export interface RowFacts extends Omit<RowFault, "code"> {
  readonly count: number;
  readonly faults: readonly RowFault[];
}

/** "Row 3, column latitude: text is not a decimal number". */
export function sayFault({ row, column, kind, reason }: Omit<RowFault, "code">): string {
  return `Row ${row}${column && `, column ${column}`}: ${kind} ${reason}`;
}

/** Sentences for people: the first fault, how many more, the cure. */
export function sayRows(code: RowCode, facts: RowFacts): string {
  const more = facts.count > 1 ? ` (and ${facts.count - 1} more)` : "";
  return `${sayFault(facts)}${more}. ${cures[code]} Nothing was sent.`;
}
