/** The data files beside this one. */
import { readFileSync } from "node:fs";

function lines(name: string): string[][] {
  const [, ...rows] = readFileSync(new URL(name, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return rows.map((row) => row.split(","));
}

export interface District {
  readonly latitude: number;
  readonly longitude: number;
  /** ocean_proximity */
  readonly label: string;
}

/** California housing, 20,640 districts, degrees. */
export function readHousing(): District[] {
  return lines("housing.csv").map((cells) => ({
    latitude: Number(cells[1]),
    longitude: Number(cells[0]),
    label: cells.at(-1)!,
  }));
}

/** Iris: 150 flowers, four lengths in tenths of a centimetre, three species. */
export function readIris(): { readonly tenths: number[][]; readonly codes: number[] } {
  const rows = lines("iris.csv");
  const species = [...new Set(rows.map((cells) => cells[4]!))];
  return {
    tenths: rows.map((cells) => cells.slice(0, 4).map((cell) => Math.round(Number(cell) * 10))),
    codes: rows.map((cells) => species.indexOf(cells[4]!)),
  };
}
