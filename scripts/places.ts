/** Names for positions, for people only: the nearest postal place (vega-datasets zipcodes.csv: GeoNames, CC-BY-4.0). @module */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly name: string;
}

/** A function that names the place nearest to a position, such as "Columbus, OH". */
export async function loadPlaces(): Promise<(latitude: number, longitude: number) => string> {
  // The package exports its code only; its data lie beside the folder of the entry.
  const entry = fileURLToPath(import.meta.resolve("vega-datasets"));
  const text = await readFile(join(dirname(entry), "../data/zipcodes.csv"), "utf8");
  const places = text.trimEnd().split("\n").slice(1).map(placeOf);
  return (latitude, longitude) => {
    const shrink = Math.cos((latitude * Math.PI) / 180);
    const distance = (place: Place) =>
      (place.latitude - latitude) ** 2 + ((place.longitude - longitude) * shrink) ** 2;
    return places.reduce((a, b) => (distance(b) < distance(a) ? b : a)).name;
  };
}

function placeOf(line: string): Place {
  const [, latitude, longitude, city, state] = line.split(",");
  return {
    latitude: Number(latitude),
    longitude: Number(longitude),
    name: `${city}, ${state}`,
  };
}
