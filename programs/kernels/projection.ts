/**
 * The flat map on which distances are measured: longitudes shrunk by the cosine of the mean latitude, all in int32
 * micro-degrees, the same for any order of rows. Worker and auditor compute the same integers.
 * @module
 */
import { cosine } from "./cosine.ts";
import { roundDivide } from "./integers.ts";

const HALF_TURN = 180_000_000;
const TURN = 360_000_000;
const MILLION = 1_000_000;

/** Where the map is centred, micro-degrees, and 10^6 times the cosine of its latitude. */
export interface Projection {
  readonly latitude: number;
  readonly longitude: number;
  readonly cosine: number;
}

/** The same meridian in [-180°, 180°), micro-degrees. */
export function wrapLongitude(longitude: number): number {
  return ((((longitude + HALF_TURN) % TURN) + TURN) % TURN) - HALF_TURN;
}

/**
 * Projection for these positions: the mean latitude (halves rounded up), and the meridian opposite the widest gap
 * without any position, so that the seam of the map cuts through nobody, also across the antimeridian.
 *
 * The meridian is the middle of the occupied arc, rounded west. Of equally wide gaps the one over the antimeridian
 * counts first, then the westernmost.
 * @param latitudes micro-degrees, at least one
 * @param longitudes micro-degrees, as many
 */
export function fitProjection(latitudes: Int32Array, longitudes: Int32Array): Projection {
  let sum = 0;
  for (const value of latitudes) sum += value;
  const latitude = Number(roundDivide(BigInt(sum), BigInt(latitudes.length)));
  return {
    latitude,
    longitude: middleOfOccupiedArc(longitudes),
    cosine: Math.floor(cosine(latitude) * MILLION + 0.5),
  };
}

function middleOfOccupiedArc(longitudes: Int32Array): number {
  const sorted = longitudes.map(wrapLongitude).toSorted();
  let start = sorted[0]!;
  let widest = start + TURN - sorted.at(-1)!;
  for (let i = 1; i < sorted.length; i++) {
    const gap = sorted[i]! - sorted[i - 1]!;
    if (gap <= widest) continue;
    widest = gap;
    start = sorted[i]!;
  }
  return wrapLongitude(start + Math.floor((TURN - widest) / 2));
}

/** How far east of the middle of the map, micro-degrees of longitude, in [-180°, 180°). */
export function eastOf(projection: Projection, longitude: number): number {
  return wrapLongitude(longitude - projection.longitude);
}

/**
 * x on the map in micro-degrees of latitude, halves rounded up; y is the latitude itself.
 *
 * Exact: the product stays below 2^48, and a quotient of doubles this small cannot round across an integer.
 */
export function projectLongitude(projection: Projection, longitude: number): number {
  return Math.floor((eastOf(projection, longitude) * projection.cosine + MILLION / 2) / MILLION);
}
