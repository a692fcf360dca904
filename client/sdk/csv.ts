/** Tables read as a whole, and files checked without sending anything. @module */
import type { Table, TableSpec } from "../../protocol/program.ts";
import { CsvReader } from "./reader/csv.ts";
import { countOf, type Report } from "./reader/faults.ts";
import { joinBlocks } from "./reader/join.ts";
import type { ReadOptions } from "./reader/intake.ts";
import { encodeText } from "./reader/source.ts";
import { blocksFrom, type Rows } from "./rows.ts";

/**
 * Reads CSV text into a table. Columns are found by their names or usual short forms in any order and case; columns the table
 * does not know are left out, blanks around cells are dropped, empty lines skipped. Takes a single row too, unlike a dataset.
 * @throws ProtocolError those of {@link blocksFrom}
 */
export function readCsv(spec: TableSpec, text: string, options: ReadOptions = {}): Table {
  const reader = new CsvReader(spec, { minRows: 1, ...options });
  const blocks: Table[] = [];
  for (const chunk of encodeText(text)) {
    reader.push(chunk);
    blocks.push(...reader.take());
  }
  reader.end();
  return joinBlocks([...blocks, ...reader.take()]);
}

/**
 * Reads rows of any form into one table in memory.
 * @throws ProtocolError those of {@link blocksFrom}
 */
export async function readTable(
  spec: TableSpec,
  rows: Rows,
  options: ReadOptions = {},
): Promise<{ readonly table: Table; readonly report: Report }> {
  let report: Report | undefined;
  const blocks: Table[] = [];
  const onReport = (read: Report): void => void (report = read);
  for await (const block of blocksFrom(spec, rows, { ...options, onReport })) blocks.push(block);
  return { table: joinBlocks(blocks), report: report as unknown as Report };
}

/**
 * Checks rows as a contribution would, in the memory of one block, and sends nothing. Bad rows are in the report
 * ({@link refusalOf} makes it the error a contribution would get); only what is wrong with the table as a whole is thrown.
 * @throws ProtocolError those of {@link blocksFrom} that are not of single rows
 */
export async function checkTable(
  spec: TableSpec,
  rows: Rows,
  options: Omit<ReadOptions, "onFault"> = {},
): Promise<Report> {
  const { report } = await readTable(spec, rows, { ...options, onFault: "report" });
  return report;
}

/** A report as a CSV file with the columns row, column, kind, reason; its last line says when there are more than 1000 faults. */
export function errorsCsv(report: Report): string {
  const lines = report.faults.map(({ row, column, kind, reason }) => [row, column, kind, reason]);
  const more = countOf(report) - report.faults.length;
  if (more > 0) lines.push(["", "", "", `and ${more} more`]);
  return [["row", "column", "kind", "reason"], ...lines]
    .map((cells) => `${cells.map(quoted).join(",")}\n`)
    .join("");
}
const quoted = (cell: string | number): string =>
  /[",\r\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell);
