/** A map of released centres as inline SVG: meridians, parallels, and a numbered dot for each. @module */
import { html, type Markup } from "./html.ts";

export interface Centre {
  readonly latitude: number;
  readonly longitude: number;
  /** Rows around it. */
  readonly size: number;
}

const WIDTH = 640;
/** Of the map to both sides of what it shows. */
const MARGIN = 0.12;
const MIN_DEGREES = 0.02;
const steps = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30];
/** Radii in pixels: more rows, more area. */
const LARGEST = 26;
const SMALLEST = 4;

/** Equirectangular, true to scale at the middle latitude: good enough to find a place on a better map. */
export function mapOf(centres: readonly Centre[]): Markup {
  const points = unrolled(centres);
  const lat = spanOf(points.map(({ latitude }) => latitude));
  const shrink = Math.max(0.05, Math.cos((lat.middle * Math.PI) / 180));
  const lon = spanOf(points.map(({ longitude }) => longitude));
  // Neither a thread nor a tower: at most twice as wide as high, and the other way round.
  const wide = Math.max(lon.size * shrink, lat.size / 1.25);
  const high = Math.max(lat.size, wide / 2);
  const scale = WIDTH / wide;
  const height = Math.round(high * scale);
  const x = (longitude: number, right = 0) =>
    round(WIDTH / 2 + (longitude - lon.middle) * shrink * scale + right);
  const y = (latitude: number, down = 0) =>
    round(height / 2 - (latitude - lat.middle) * scale + down);

  const step = steps.find((degrees) => wide / degrees <= 7) ?? 45;
  const decimals = step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0;
  const meridians = multiples(lon.middle, wide / shrink, step);
  const parallels = multiples(lat.middle, high, step).filter((degrees) => Math.abs(degrees) <= 90);
  const most = Math.max(...points.map(({ size }) => size), 1);
  const radius = (size: number) => round(SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(size / most));
  const label = (degrees: number, plus: string, minus: string) =>
    `${Math.abs(degrees).toFixed(decimals)}° ${degrees < 0 ? minus : plus}`;
  return html`<svg
    viewBox="0 0 ${WIDTH} ${height}"
    role="img"
    aria-label="Map of ${points.length} released centres"
    xmlns="http://www.w3.org/2000/svg"
    font-family="sans-serif"
  >
    <rect width="${WIDTH}" height="${height}" fill="#f6f8fa" />
    <g stroke="#c3ccd4" stroke-width="1">
      ${meridians.map((at) => html`<line x1="${x(at)}" x2="${x(at)}" y1="0" y2="${height}" />`)}
      ${parallels.map((at) => html`<line x1="0" x2="${WIDTH}" y1="${y(at)}" y2="${y(at)}" />`)}
    </g>
    <g font-size="15" fill="#5a6772">
      ${meridians.map((at) => html`<text x="${x(at, 4)}" y="${height - 6}">${label(wrapped(at), "E", "W")}</text>`)}
      ${parallels.map((at) => html`<text x="4" y="${y(at, -4)}">${label(at, "N", "S")}</text>`)}
    </g>
    <g fill="#1f5f8b" fill-opacity=".35" stroke="#123e5c" stroke-width="1.5">
      ${points.map((point) => html`<circle cx="${x(point.longitude)}" cy="${y(point.latitude)}" r="${radius(point.size)}" />`)}
    </g>
    <g
      font-size="17"
      font-weight="700"
      fill="#0b2537"
      text-anchor="middle"
      stroke="#fff"
      stroke-width="3"
      paint-order="stroke"
    >
      ${points.map((point, i) => html`<text x="${x(point.longitude)}" y="${y(point.latitude, 6)}">${i + 1}</text>`)}
    </g>
  </svg>`;
}

/** Longitudes past the widest empty gap, so that centres on both sides of the date line stay together. */
export function unrolled<P extends { readonly longitude: number }>(centres: readonly P[]): P[] {
  const sorted = centres.map(({ longitude }) => longitude).toSorted((a, b) => a - b);
  let start = sorted[0] ?? 0;
  let widest = start + 360 - (sorted.at(-1) ?? 0);
  for (const [i, longitude] of sorted.entries()) {
    const gap = longitude - (sorted[i - 1] ?? longitude);
    if (gap > widest) [widest, start] = [gap, longitude];
  }
  return centres.map((centre) =>
    centre.longitude < start ? { ...centre, longitude: centre.longitude + 360 } : centre,
  );
}

function spanOf(values: readonly number[]): { middle: number; size: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { middle: (low + high) / 2, size: Math.max(high - low, MIN_DEGREES) * (1 + 2 * MARGIN) };
}

/** Multiples of `step` in a span around `middle`. */
function multiples(middle: number, size: number, step: number): number[] {
  const first = Math.ceil((middle - size / 2) / step);
  const last = Math.floor((middle + size / 2) / step);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

const wrapped = (longitude: number): number => (longitude > 180 ? longitude - 360 : longitude);
const round = (value: number): number => Math.round(value * 10) / 10;
