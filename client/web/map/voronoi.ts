/**
 * Coverage of towers: for each the places that are nearer to it than to any other, as long as the Earth may be taken for a sheet
 * around them.
 * @module
 */
import { Delaunay } from "d3-delaunay";
import { unrolled, type Centre } from "../../report/map.ts";

/** Degrees: longitude, latitude. A longitude past 180 lies beyond the date line. */
export type Position = [number, number];

export interface Cell {
  /** Index of the centre. */
  readonly centre: number;
  /** Closed ring. */
  readonly ring: readonly Position[];
}

export interface Coverage {
  /** Where the centres are drawn, in their order. */
  readonly places: readonly Position[];
  readonly cells: readonly Cell[];
  /** West, south, east, north of all that is drawn. */
  readonly bounds: readonly [number, number, number, number];
}

/** Share of the extent added around the centres, and least degrees of it. */
const MARGIN = 0.25;
const LEAST = 0.05;
/** What a web map can show: its projection has no poles. What lies beyond is drawn at the edge; the table says where it is. */
const NORTHMOST = 85;

/** @param centres in the order of the output; two at one place share a cell, which goes to the first */
export function coverageOf(centres: readonly Centre[]): Coverage {
  const points = unrolled(centres).map(({ longitude, latitude }) => ({
    longitude,
    latitude: Math.min(NORTHMOST, Math.max(-NORTHMOST, latitude)),
  }));
  const places = points.map(({ longitude, latitude }): Position => [longitude, latitude]);
  const [west, east] = extent(points.map(({ longitude }) => longitude));
  const [low, high] = extent(points.map(({ latitude }) => latitude));
  const [south, north] = [Math.max(-NORTHMOST, low), Math.min(NORTHMOST, high)];
  // Degrees of longitude are shorter away from the equator: without it cells would lean.
  const shrink = Math.max(0.05, Math.cos((((low + high) / 2) * Math.PI) / 180));
  const delaunay = Delaunay.from(
    places,
    ([longitude]) => longitude * shrink,
    ([, latitude]) => latitude,
  );
  const voronoi = delaunay.voronoi([west * shrink, south, east * shrink, north]);
  const cells = places.flatMap((_, centre): Cell[] => {
    const ring = voronoi.cellPolygon(centre) as Position[] | null;
    if (!ring) return [];
    return [{ centre, ring: ring.map(([x, y]): Position => [x / shrink, y]) }];
  });
  return { places, cells, bounds: [west, south, east, north] };
}

function extent(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.max(LEAST, MARGIN * (most - least));
  return [least - margin, most + margin];
}
