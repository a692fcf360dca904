/**
 * Files for the demo: three telcos whose customers live at real places and overlap, made without chance.
 *
 * Places are the centres of US postal codes (vega-datasets, zipcodes.csv: GeoNames, CC-BY-4.0), contiguous states only.
 * No such file carries a customer class, so the label is **synthetic**, by this rule: how many postal codes lie in the
 * same half-degree cell decides between `streaming` (32 and more), `calling` (10 and more) and `messaging`. It stands
 * for "what customers here use most" and says nothing about anybody.
 * @module
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface TelcoFiles {
  readonly name: string;
  /** Columns latitude, longitude (degrees, 6 decimals). */
  readonly locationsCsv: string;
  /** Columns latitude, longitude, label. A third of the telco's locations, those whose class it knows. */
  readonly trainingCsv: string;
}

interface Place {
  readonly code: string;
  readonly latitude: string;
  readonly longitude: string;
}

/** Chance of a postal code to be among a telco's customers, in percent: west of 98° W, between, east of 84° W. */
const telcos = [
  { name: "atlantic-mobile", percent: [4, 4, 8] },
  { name: "prairie-wireless", percent: [5, 8, 3] },
  { name: "pacific-cellular", percent: [16, 3, 3] },
] as const;

/** The three telcos' files, about 2,200 locations each; the same bytes on every call and every machine. */
export function sampleTelcos(): readonly TelcoFiles[] {
  const places = readPlaces();
  const label = labelBy(places);
  return telcos.map(({ name, percent }) => {
    const customers = places.filter(
      (place) => draw(`${name}/${place.code}`, 100) < percent[region(Number(place.longitude))],
    );
    const known = customers.filter((place) => draw(`${name}/known/${place.code}`, 3) === 0);
    return {
      name,
      locationsCsv: csv("latitude,longitude", customers.map(position)),
      trainingCsv: csv(
        "latitude,longitude,label",
        known.map((place) => `${position(place)},${label(place)}`),
      ),
    };
  });
}

function readPlaces(): Place[] {
  // The package exports its code only; its data lie beside the folder of the entry.
  const entry = fileURLToPath(import.meta.resolve("vega-datasets"));
  const [, ...lines] = readFileSync(join(dirname(entry), "../data/zipcodes.csv"), "utf8")
    .trimEnd()
    .split("\n");
  return lines
    .map((line) => line.split(","))
    .map(([code, latitude, longitude]) => ({
      code: code!,
      latitude: Number(latitude).toFixed(6),
      longitude: Number(longitude).toFixed(6),
    }))
    .filter(({ latitude, longitude }) => isContiguous(Number(latitude), Number(longitude)));
}

/** The box around the contiguous states; Alaska, Hawaii and the islands lie outside. */
function isContiguous(latitude: number, longitude: number): boolean {
  return latitude > 24.4 && latitude < 49.5 && longitude > -125 && longitude < -66.8;
}

function region(longitude: number): 0 | 1 | 2 {
  if (longitude < -98) return 0;
  return longitude < -84 ? 1 : 2;
}

function labelBy(places: readonly Place[]): (place: Place) => string {
  const cells = new Map<string, number>();
  for (const place of places) cells.set(cell(place), (cells.get(cell(place)) ?? 0) + 1);
  return (place) => {
    const neighbours = cells.get(cell(place))!;
    if (neighbours >= 32) return "streaming";
    return neighbours >= 10 ? "calling" : "messaging";
  };
}

function cell({ latitude, longitude }: Place): string {
  return `${Math.floor(Number(latitude) * 2)}/${Math.floor(Number(longitude) * 2)}`;
}

/** A number below `limit` from a text, FNV-1a with a final mix: chance without a generator. */
function draw(text: string, limit: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % limit;
}

function position({ latitude, longitude }: Place): string {
  return `${latitude},${longitude}`;
}

function csv(header: string, rows: readonly string[]): string {
  return [header, ...rows, ""].join("\n");
}
