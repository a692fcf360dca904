/** Rows as a CSV file (RFC 4180) that the table reader takes. @module */
import type { TableSpec } from "../../protocol/program.ts";
import type { Row } from "./records.ts";

export function csvOf(spec: TableSpec, rows: readonly Row[]): string {
  const names = spec.columns.map(({ name }) => name);
  const lines = rows.map((row) => names.map((name) => cell(String(row[name] ?? ""))).join(","));
  return `${[names.map(cell).join(","), ...lines].join("\n")}\n`;
}

const cell = (text: string): string =>
  /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
