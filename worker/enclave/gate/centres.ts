/** Means of places in rational arithmetic, and the form in which they leave. @module */
import { roundDivide } from "../../../programs/kernels/integers.ts";
import type { Positions } from "../../../programs/kernels/positions.ts";
import { eastOf, wrapLongitude, type Projection } from "../../../programs/kernels/projection.ts";
import type { Standing } from "./parties.ts";

const MICRO_DEGREES_DECIMALS = 6;

/** A mean as sum over rows, micro-degrees. Doubles hold the sums exactly below 50 million rows. */
export interface ExactCentre {
  readonly rows: number;
  readonly latitudes: number;
  /** Sum of longitudes east of the middle of the map: across the antimeridian 179 and -179 must average to 180. */
  readonly easts: number;
}

/** Degrees. */
export type ReleasedCentre = Readonly<Record<"latitude" | "longitude" | "size", number>>;

/** Exact mean of each group. */
export function exactCentres(
  { latitude, longitude }: Positions,
  projection: Projection,
  groups: Uint32Array,
  standings: readonly Standing[],
): ExactCentre[] {
  const latitudes = new Float64Array(standings.length);
  const easts = new Float64Array(standings.length);
  for (const [row, group] of groups.entries()) {
    latitudes[group]! += latitude[row]!;
    easts[group]! += eastOf(projection, longitude[row]!);
  }
  return standings.map(({ rows }, group) => ({
    rows,
    latitudes: latitudes[group]!,
    easts: easts[group]!,
  }));
}

/**
 * Whether a centre is a record of its own cluster, exactly. This catches the cluster whose rows all lie at one place,
 * and rows planted around a target so that the mean lands on it.
 *
 * Before rounding, on purpose: coordinates that come with 2 decimals lie on a grid (housing.csv does), where a rounded
 * centre meets some record by chance, and an honest group would be refused for nothing.
 */
export function isRecord(
  { latitude, longitude }: Positions,
  projection: Projection,
  groups: Uint32Array,
  centres: readonly ExactCentre[],
): boolean {
  return groups.some((group, row) => {
    const { rows, latitudes, easts } = centres[group]!;
    return (
      latitudes === rows * latitude[row]! && easts === rows * eastOf(projection, longitude[row]!)
    );
  });
}

/**
 * The mean rounded to `decimals` of a degree, halves up (north and east): a centre of few records must not carry
 * micro-degrees, whose last digits alone would tell sums apart.
 */
export function roundCentre(
  { rows, latitudes, easts }: ExactCentre,
  { longitude }: Projection,
  decimals: number,
): ReleasedCentre {
  const unit = BigInt(10 ** (MICRO_DEGREES_DECIMALS - decimals));
  const round = (sum: bigint): number => Number(roundDivide(sum, unit * BigInt(rows)) * unit);
  const meridian = round(BigInt(easts) + BigInt(longitude) * BigInt(rows));
  return {
    latitude: round(BigInt(latitudes)) / 1_000_000,
    longitude: wrapLongitude(meridian) / 1_000_000,
    size: rows,
  };
}
