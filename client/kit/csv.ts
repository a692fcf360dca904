/** Rows as a CSV file (RFC 4180) that the table reader takes. @module */
import type { ColumnSpec, TableSpec } from "../../protocol/program.ts";
import type { Row } from "./records.ts";

export function csvOf(spec: TableSpec, rows: readonly Row[]): string {
  const header = spec.columns.map(({ name }) => cell(name)).join(",");
  const lines = rows.map((row) => spec.columns.map((column) => textOf(column, row)).join(","));
  return `${[header, ...lines].join("\n")}\n`;
}

/** Decimals as the column has them: JavaScript itself would write 5e-7. */
function textOf({ name, type, scale = 0 }: ColumnSpec, row: Row): string {
  const value = row[name] ?? "";
  return cell(type === "fixed" && value !== "" ? Number(value).toFixed(scale) : String(value));
}

const cell = (text: string): string =>
  /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
