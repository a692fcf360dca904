/** What the demo says to people, on stderr: colours and a line in progress only where there is a terminal. @module */
import { styleText } from "node:util";

type Style = "bold" | "dim" | "green" | "red" | "yellow" | "cyan";

const stream = process.stderr;
const isTerminal = stream.isTTY && !process.env["NO_COLOR"];

/** The text in a style, on a terminal. */
export const style = (name: Style | Style[], text: string): string =>
  isTerminal ? styleText(name, text, { validateStream: false }) : text;

export function say(text = ""): void {
  stream.write(`${text}\n`);
}

export function heading(text: string): void {
  say(`\n${style("bold", text)}`);
}

/** Width of a step's title. */
const TITLE = 50;

const seconds = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`;

/**
 * Runs one step and says how long it took and what came of it.
 * @param result what came of it, in a few words
 */
export async function step<T>(
  title: string,
  run: () => Promise<T>,
  result: (value: T) => string = () => "",
): Promise<T> {
  const from = performance.now();
  if (isTerminal) stream.write(`  ${style("cyan", "·")} ${title} ...`);
  const clear = isTerminal ? "\r\u001b[K" : "";
  try {
    const value = await run();
    const line = `${clear}  ${style("green", "✓")} ${title.padEnd(TITLE)}${seconds(from).padStart(7)}`;
    say(`${line}  ${style("dim", result(value))}`.trimEnd());
    return value;
  } catch (error) {
    say(`${clear}  ${style("red", "✗")} ${title}`);
    throw error;
  }
}

/** A table: first row its head; columns with numbers only lie right. */
export function table(rows: readonly (readonly string[])[]): void {
  const [head = [], ...body] = rows;
  const widths = head.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  const isNumeric = head.map((_, i) => body.every((row) => /^[-+\d.,% ]*$/.test(row[i] ?? "")));
  for (const [index, row] of rows.entries()) {
    const cells = widths.map((width, i) =>
      isNumeric[i] ? (row[i] ?? "").padStart(width) : (row[i] ?? "").padEnd(width),
    );
    const line = `    ${cells.join("   ").trimEnd()}`;
    say(index === 0 ? style("dim", line) : line);
  }
}

export const count = (value: number | bigint): string => value.toLocaleString("en-US");
/** A hash, short enough for people. */
export const short = (hash: string): string => `${hash.slice(0, 10)}…`;
