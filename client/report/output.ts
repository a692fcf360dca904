/** The section with the opened output: a map and table when it has centres, its text otherwise. @module */
import type { OpenedOutput } from "../../protocol/audit.ts";
import { fromUtf8 } from "../../protocol/bytes.ts";
import { code, html, table, type Markup } from "./html.ts";
import { mapOf, type Centre } from "./map.ts";
import { centresIn, classesIn } from "./released.ts";

/** Characters of an output that are printed. */
const MAX_TEXT = 20_000;

/** @param agreed whether the audit found it to be the output the workers committed to */
export function outputSection({ output }: OpenedOutput, agreed: boolean): Markup {
  const warning = agreed
    ? []
    : html`<p class="bad-word">
        This is not, or was not shown to be, the output the workers agreed on.
      </p>`;
  const value = parsed(output);
  const centres = centresIn(value);
  if (centres.length > 0)
    return html`<h2>Released centres</h2>
      ${warning} ${centresView(centres)}`;
  const classes = classesIn(value);
  if (classes.length > 0)
    return html`<h2>Released classes</h2>
      ${warning}
      <div class="numbers">
        ${table(
          ["class", "rows"],
          classes.map(({ label, rows }) => [label, count(rows)]),
        )}
      </div>`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return html`<h2>Released output</h2>
    ${warning}
    <p>${code(text.slice(0, MAX_TEXT))}</p>`;
}

function centresView(centres: readonly Centre[]): Markup {
  const total = centres.reduce((sum, { size }) => sum + size, 0);
  const rows = centres.map(({ latitude, longitude, size }, i) => [
    i + 1,
    latitude.toFixed(3),
    longitude.toFixed(3),
    count(size),
    total > 0 ? `${((100 * size) / total).toFixed(1)} %` : "",
  ]);
  return html`<div class="centres">
      ${mapOf(centres)}
      <div class="numbers">${table(["no.", "latitude", "longitude", "rows", "share"], rows)}</div>
    </div>
    <p class="soft">Degrees (WGS 84). A larger dot stands for more rows.</p>`;
}

/** Bytes that are no JSON are shown as text, others as what they are. */
function parsed(output: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(output)) as unknown;
  } catch {
    return `${output.length} bytes that are no JSON`;
  }
}

/** Thin spaces between thousands: read the same in every country. */
const count = (value: number): string => value.toLocaleString("en-US").replaceAll(",", "\u2009");
