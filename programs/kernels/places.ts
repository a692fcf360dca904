/** Rows on the map as the different places they lie at, in an order that is nobody's. @module */
import type { Positions } from "./positions.ts";
import { fitProjection, projectLongitude } from "./projection.ts";

/** Places ascending by y, then x, micro-degrees of latitude. */
export interface Places {
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** How many rows lie at each place. */
  readonly rows: Uint32Array;
  /** Place of each row. */
  readonly placeOf: Uint32Array;
}

/** Projects rows onto the map fitted to them and brings equal ones together. @param positions at least one */
export function placesOf({ latitude, longitude }: Positions): Places {
  const projection = fitProjection(latitude, longitude);
  const east = longitude.map((value) => projectLongitude(projection, value));
  const order = Uint32Array.from(east.keys()).toSorted(
    (a, b) => latitude[a]! - latitude[b]! || east[a]! - east[b]!,
  );
  const placeOf = new Uint32Array(order.length);
  const firstRows: number[] = [];
  for (const [i, row] of order.entries()) {
    const before = order[i - 1];
    if (before === undefined || east[row] !== east[before] || latitude[row] !== latitude[before])
      firstRows.push(row);
    placeOf[row] = firstRows.length - 1;
  }
  const rows = new Uint32Array(firstRows.length);
  for (const place of placeOf) rows[place]!++;
  return {
    x: Int32Array.from(firstRows, (row) => east[row]!),
    y: Int32Array.from(firstRows, (row) => latitude[row]!),
    rows,
    placeOf,
  };
}
