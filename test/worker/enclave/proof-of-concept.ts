/** The points of the article's proof of concept: London and Manchester are telco 1's, Amsterdam is telco 2's. */
import type { Table } from "../../../protocol/program.ts";

export type Point = readonly [latitude: number, longitude: number];

export const telco1: readonly Point[] = [
  [51.507221, -0.1276],
  [51.5319, -0.106272],
  [51.507877, -0.087732],
  [53.480759, -2.242631],
  [53.489761, -2.27254],
  [53.48117, -2.23597],
];
export const telco2: readonly Point[] = [
  [52.370216, 4.895168],
  [52.377892, 4.89973],
  [52.32443, 4.93076],
  [52.34472, 4.88006],
];

const micro = (degrees: number): number => Math.round(degrees * 1e6);

export function locations(points: readonly Point[]): Table {
  const column = (i: 0 | 1) => ({
    type: "fixed" as const,
    values: Int32Array.from(points, (point) => micro(point[i])),
  });
  return { rows: points.length, columns: { latitude: column(0), longitude: column(1) } };
}

export function training(points: readonly Point[], label: string): Table {
  const { rows, columns } = locations(points);
  const values = new Uint32Array(rows);
  return { rows, columns: { ...columns, label: { type: "string", values, dictionary: [label] } } };
}
