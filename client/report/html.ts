/** Markup in which every text is escaped unless it is markup already. @module */

/** Finished markup; only {@link html} and {@link unescaped} make it. */
export interface Markup {
  readonly markup: string;
}
type Part = Markup | string | number | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};
/** Control and direction characters: they could make a printed name read as another. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text for element contents and quoted attributes. */
export const escapeText = (text: string): string =>
  text.replaceAll(unprintable, "\uFFFD").replaceAll(/[&<>"'`]/g, (sign) => entities[sign] ?? "");

/** For constants of this folder alone. */
export const unescaped = (markup: string): Markup => ({ markup });

/** A template whose values are escaped; lists are joined. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const inner = parts.map((part, i) => markupOf(part) + (texts[i + 1] ?? ""));
  return { markup: (texts[0] ?? "") + inner.join("") };
}

function markupOf(part: Part): string {
  if (typeof part === "string" || typeof part === "number") return escapeText(String(part));
  return "markup" in part ? part.markup : part.map(markupOf).join("");
}

/** A table; cells of a row as in `head`. */
export function table(head: readonly string[], rows: readonly (readonly Part[])[]): Markup {
  return html`<table>
    <thead>
      <tr>
        ${head.map((title) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map((cell) => html`<td>${cell}</td>`)}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

/** Names and values. */
export const facts = (entries: readonly (readonly [string, Part])[]): Markup =>
  html`<dl>
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div> `,
    )}
  </dl>`;

/** Hashes and addresses: in full, since a report may be all there is to compare with. */
export const code = (text: string): Markup => html`<code>${text}</code>`;
