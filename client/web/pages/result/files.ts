/** Released results as files of other tools. @module */
import type { Centre } from "../../../report/map.ts";

/** GeoJSON (RFC 7946) of the released centres. */
export const geoJsonOf = (centres: readonly Centre[]): string =>
  `${JSON.stringify({
    type: "FeatureCollection",
    features: centres.map(({ latitude, longitude, size }, at) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [longitude, latitude] },
      properties: { tower: at + 1, rows: size },
    })),
  })}\n`;

/** CSV (RFC 4180). A text that a spreadsheet would run as a formula gets a quote before it. */
export const csvOf = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((cells) => `${cells.map(cellOf).join(",")}\n`).join("");

function cellOf(cell: string | number): string {
  if (typeof cell === "number") return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
