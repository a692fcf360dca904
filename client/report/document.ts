/** The frame of every page: one file, no script, nothing fetched. @module */
import type { Check } from "../../protocol/audit.ts";
import { facts, html, table, unescaped, type Markup } from "./html.ts";
import { style } from "./style.ts";
import { faultOf, meaningOf } from "./words.ts";

const CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** @param title of the window; the page's heading is in its body */
export function page(title: string, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${unescaped(CSP)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${unescaped(style)}
        </style>
      </head>
      <body>
        <p class="soft">Cloister audit</p>
        ${body}
      </body>
    </html> `.markup;
}

/** Each check, whether it passed, and what was compared. */
export function checkTable(all: readonly Check[]): Markup {
  const rows = all.map((check) => [
    check.name,
    check.ok
      ? html`<span class="good-word">✓ passed</span>`
      : html`<span class="bad-word">✗ failed</span>`,
    html`${meaningOf(check.name)}${check.ok ? [] : html`<p class="bad-word">${faultOf(check)}</p>`}${compared(check)}`,
  ]);
  return html`<div class="checks">${table(["check", "", "what was compared"], rows)}</div>`;
}

const compared = (check: Check): Markup =>
  facts(
    Object.entries(check.compared).map(([what, value]) => [
      what,
      html`<code>${String(value)}</code>`,
    ]),
  );
