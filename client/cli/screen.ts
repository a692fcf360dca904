/** Text for people: colours only where a terminal shows them, columns, times, short names. @module */
import { styleText } from "node:util";

type Style = "bold" | "dim" | "red" | "green" | "yellow";
export type Paint = Readonly<Record<Style, (text: string) => string>>;

/** Paints for one stream: a terminal, and nobody said NO_COLOR. */
export function painter(stream: { readonly isTTY?: boolean }, env = process.env): Paint {
  const colours = stream.isTTY === true && !env["NO_COLOR"];
  const paint = (style: Style) => (text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  return {
    bold: paint("bold"),
    dim: paint("dim"),
    red: paint("red"),
    green: paint("green"),
    yellow: paint("yellow"),
  };
}

/** Rows under a heading, columns as wide as their widest cell. */
export function columns(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, at) => Math.max(...all.map((row) => (row[at] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Names and values, one pair a line. */
export function facts(pairs: Readonly<Record<string, string | number | undefined>>): string {
  const shown = Object.entries(pairs).filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}
