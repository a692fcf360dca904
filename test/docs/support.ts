/** Reading the documents. */
import { readFileSync } from "node:fs";

const textOf = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

export const document = (name: string): string => textOf(`docs/${name}.md`);
export const source = (path: string): string => textOf(path);

/**
 * Blocks of the form
 *
 *     ```vector name
 *     00000001   what it is
 *     ```
 *
 * as hex by name: the first word of each line, put together.
 */
export function vectorBlocks(markdown: string): ReadonlyMap<string, string> {
  const blocks = new Map<string, string>();
  for (const [, name = "", body = ""] of markdown.matchAll(/^```vector (\S+)\n(.*?)^```$/gms)) {
    if (blocks.has(name)) throw new TypeError(`two blocks ${name}`);
    const words = body
      .trim()
      .split("\n")
      .map((line) => line.split(/\s/)[0] ?? "");
    blocks.set(name, `0x${words.join("").replace(/^0x/, "")}`);
  }
  return blocks;
}

/** Cells of every table row. */
export const tableRows = (markdown: string): string[][] =>
  markdown
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );

/** What a section holds, from its heading to the next of the same or a higher level. */
export function section(markdown: string, heading: string): string {
  const level = heading.indexOf(" ");
  const from = markdown.indexOf(`\n${heading}`) + 1;
  if (from === 0) throw new TypeError(`no section ${heading}`);
  const rest = markdown.slice(from);
  const end = new RegExp(`\n#{1,${level}} `).exec(rest)?.index;
  return rest.slice(0, end);
}

/** Names matched by the first group. */
export const names = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? "");
