/** Tables like those of the reference program, and files that are wrong in one way each. */
import type { RowCode } from "../../../protocol/row-fault.ts";
import type { TableSpec } from "../../../protocol/program.ts";

const degrees = { type: "fixed", scale: 6, unit: "degree" } as const;
export const training: TableSpec = {
  name: "training",
  columns: [
    { name: "latitude", ...degrees, min: -90, max: 90 },
    { name: "longitude", ...degrees, min: -180, max: 180 },
    { name: "label", type: "string" },
    { name: "test", type: "boolean", optional: true },
  ],
};

const header = "lat,lon,class";
const good = ["51.5,-0.12,a", "48.85,2.35,b", "52.52,13.4,a", "40.4,-3.7,b"];
/** Good rows with a bad one in line 4. */
const around = (...bad: readonly string[]): string =>
  [header, ...good.slice(0, 2), ...bad, ...good.slice(2)].join("\n");
const repeated = (line: (i: number) => string, count: number): string =>
  [header, ...Array.from({ length: count }, (_, i) => line(i))].join("\n");
/** Stands in bad cells; must never come back in a message. */
export const canary = "S3CR3T-4711";

interface BadTable {
  readonly what: string;
  readonly rows: string | Uint8Array;
  readonly code:
    RowCode | "TABLE_EMPTY" | "TABLE_TOO_SMALL" | "COLUMN_MISSING" | "COLUMN_AMBIGUOUS";
  readonly facts: object;
}
const cell = (row: number, column: string, count = 1) => ({ row, column, count });
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Every row of the table that concerns tables. */
export const badTables: readonly BadTable[] = [
  {
    what: "a text for a latitude",
    rows: around(`in the arctic bro ${canary},1,a`),
    code: "VALUE_NOT_NUMBER",
    facts: { ...cell(4, "latitude"), kind: "text" },
  },
  {
    what: "longitude 200",
    rows: around("1,200,a"),
    code: "VALUE_OUT_OF_RANGE",
    facts: { ...cell(4, "longitude"), kind: "number" },
  },
  {
    what: "latitude 91",
    rows: around("91,0,a"),
    code: "VALUE_OUT_OF_RANGE",
    facts: { ...cell(4, "latitude"), kind: "number" },
  },
  ...["NaN", "Infinity", "-inf", '" "', ""].map((text) => ({
    what: `longitude "${text}"`,
    rows: around(`1,${text},a`),
    code: "VALUE_MISSING" as const,
    facts: cell(4, "longitude"),
  })),
  {
    what: "swapped axes in most rows",
    rows: repeated((i) => (i % 4 === 0 ? "10,20,a" : `1${i % 8}1.5,${i % 90},a`), 100),
    code: "AXES_SWAPPED",
    facts: { ...cell(3, "latitude", 75), kind: "number" },
  },
  {
    what: "metres in most rows",
    rows: repeated((i) => `57${i}0000.5,30${i}000.25,a`, 100),
    code: "PROJECTED_UNITS",
    facts: { ...cell(2, "latitude", 100), kind: "number" },
  },
  {
    what: "metres in one row",
    rows: around("1,361,a"),
    code: "PROJECTED_UNITS",
    facts: cell(4, "longitude"),
  },
  { what: "an empty file", rows: "", code: "TABLE_EMPTY", facts: { header: false } },
  { what: "empty lines only", rows: "\n \r\n\n", code: "TABLE_EMPTY", facts: { header: false } },
  { what: "a header only", rows: `${header}\n`, code: "TABLE_EMPTY", facts: { header: true } },
  {
    what: "one row",
    rows: `${header}\n1,2,a\n`,
    code: "TABLE_TOO_SMALL",
    facts: { rows: 1, minimum: 2 },
  },
  {
    what: "a missing column",
    rows: `lat,class\n1,a\n`,
    code: "COLUMN_MISSING",
    facts: { column: "longitude", accepted: ["longitude", "lon", "lng", "long", "x"] },
  },
  {
    what: "no header",
    rows: `${canary},2,a\n1,2,a\n`,
    code: "COLUMN_MISSING",
    facts: { column: "latitude" },
  },
  {
    what: "two columns that match",
    rows: `lat,LON,x,class\n1,2,3,a\n`,
    code: "COLUMN_AMBIGUOUS",
    facts: { column: "longitude", found: ["lon", "x"] },
  },
  {
    what: "an empty label",
    rows: around("1,2,"),
    code: "LABEL_INVALID",
    facts: { ...cell(4, "label"), kind: "empty" },
  },
  {
    what: "a label of 65 bytes",
    rows: around(`1,2,${canary.padEnd(65, "x")}`),
    code: "LABEL_INVALID",
    facts: { ...cell(4, "label"), kind: "text" },
  },
  {
    what: "101 classes",
    rows: repeated((i) => `1,2,${canary}-${i}`, 101),
    code: "TOO_MANY_CLASSES",
    facts: cell(102, "label"),
  },
  {
    what: "Latin-1",
    rows: Uint8Array.of(...utf8(`${header}\n1,2,a\n1,2,${canary}`), 0xe9, ...utf8("\n1,2,b\n")),
    code: "ENCODING",
    facts: { ...cell(3, ""), kind: "bytes" },
  },
  {
    what: "UTF-16",
    rows: Uint8Array.of(0xff, 0xfe, 0x6c, 0, 0x61, 0),
    code: "ENCODING",
    facts: cell(1, ""),
  },
  {
    what: "a text with half a character",
    rows: around("1,2,\ud800"),
    code: "ENCODING",
    facts: cell(4, ""),
  },
  {
    what: "an unbalanced quote",
    rows: around(`1,2,"${canary}`),
    code: "CSV_SYNTAX",
    facts: { ...cell(4, ""), kind: "row" },
  },
  {
    what: "a quote inside a cell",
    rows: around(`1,2,${canary}"`),
    code: "CSV_SYNTAX",
    facts: cell(4, ""),
  },
  {
    what: "more cells than the header has",
    rows: around(`51,5,0,1,${canary}`),
    code: "CSV_SYNTAX",
    facts: cell(4, ""),
  },
  {
    what: "a quote that is open for 10 MB",
    rows: around(`1,2,"${"1,2,a\n".repeat(1_700_000)}`),
    code: "CSV_SYNTAX",
    facts: cell(4, ""),
  },
  {
    what: "a line of 10 MB",
    rows: around(`1,2,${"x".repeat(10_000_000)}`),
    code: "LINE_TOO_LONG",
    facts: { ...cell(4, ""), kind: "line" },
  },
  {
    what: "faults of several kinds",
    rows: around(`${canary},2,a`, "1,,a"),
    code: "ROWS_INVALID",
    facts: { ...cell(4, "latitude", 2), kind: "text" },
  },
];
