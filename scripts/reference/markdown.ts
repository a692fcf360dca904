/** Pieces of Markdown. @module */

/** A bar inside a cell would end it. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

export const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heading, heading.map(() => "---"), ...rows]
    .map((row) => `| ${row.map(cell).join(" | ")} |`)
    .join("\n");

export const code = (text: string, language: string): string =>
  `\`\`\`${language}\n${text}\n\`\`\``;
