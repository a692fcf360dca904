/** Places of a table's rows. @module */
import type { Table, TableSpec } from "../../protocol/program.ts";

/** Degrees: longitude, latitude. */
export type Point = readonly [number, number];

/** Positions of all rows, when the table has the columns latitude and longitude; none otherwise. @param step takes every n-th row */
export function placesOf(spec: TableSpec, { rows, columns }: Table, step = 1): Point[] {
  const [latitude, longitude] = [columns["latitude"], columns["longitude"]];
  if (latitude?.type !== "fixed" || longitude?.type !== "fixed") return [];
  const scaleOf = (name: string) =>
    10 ** (spec.columns.find((column) => column.name === name)?.scale ?? 0);
  const [down, right] = [scaleOf("latitude"), scaleOf("longitude")];
  const places: Point[] = [];
  for (let row = 0; row < rows; row += step)
    places.push([(longitude.values[row] ?? 0) / right, (latitude.values[row] ?? 0) / down]);
  return places;
}
