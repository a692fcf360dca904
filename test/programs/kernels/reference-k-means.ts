/** The kernel `kMeans` as docs/protocol.md says it, in BigInt and without a thought for speed: what a faster one must equal. */
import { randomWords } from "../../../programs/kernels/random-words.ts";

export type Point = readonly [x: number, y: number];
interface Place {
  readonly x: bigint;
  readonly y: bigint;
  rows: bigint;
}

const square = (place: Pick<Place, "x" | "y">, other: Pick<Place, "x" | "y">): bigint =>
  (place.x - other.x) ** 2n + (place.y - other.y) ** 2n;
const sum = (values: readonly bigint[]): bigint => values.reduce((total, one) => total + one, 0n);
/** To the nearest integer, halves up. */
function round(numerator: bigint, denominator: bigint): bigint {
  const [top, bottom] = [2n * numerator + denominator, 2n * denominator];
  return top / bottom - (top < 0n && top % bottom !== 0n ? 1n : 0n);
}

/** @param points on the map, square distances below 2^53 */
export function referenceKMeans(
  points: readonly Point[],
  k: number,
  restarts: number,
  seed: Uint8Array,
): number[] | undefined {
  const places: Place[] = [];
  for (const [x, y] of points.toSorted((a, b) => a[1] - b[1] || a[0] - b[0])) {
    const last = places.at(-1);
    if (last && last.x === BigInt(x) && last.y === BigInt(y)) last.rows++;
    else places.push({ x: BigInt(x), y: BigInt(y), rows: 1n });
  }
  const words = Array.from(randomWords(seed, 2 * k * restarts), BigInt);
  const starts = Array.from({ length: restarts }, (_, start) =>
    settle(places, choose(places, k, words.slice(2 * k * start)), k),
  ).filter((groups) => new Set(groups).size === k);
  const costs = starts.map((groups) => inertia(places, groups, k));
  const lowest = costs.reduce((low, cost, i) => (cost < costs[low]! ? i : low), 0);
  const best = starts[lowest];
  if (!best) return undefined;
  const numbers = [...new Set(best)];
  return points.map(([x, y]) => {
    const place = places.findIndex((one) => one.x === BigInt(x) && one.y === BigInt(y));
    return numbers.indexOf(best[place]!);
  });
}

function choose(places: readonly Place[], k: number, words: readonly bigint[]): Place[] {
  const [xs, ys] = [places.map(({ x }) => Number(x)), places.map(({ y }) => Number(y))];
  const width = BigInt(Math.max(...xs) - Math.min(...xs));
  const height = BigInt(Math.max(...ys) - Math.min(...ys));
  const largest = sum(places.map(({ rows }) => rows)) * (width ** 2n + height ** 2n);
  let unit = 1n;
  while (largest >= unit << 52n) unit *= 2n;
  const centres: Place[] = [];
  for (let i = 0; i < k; i++) {
    const far = places.map((place) =>
      centres
        .map((centre) => square(place, centre))
        .reduce((nearest, one) => (one < nearest ? one : nearest), 1n << 62n),
    );
    const weights = places.map(({ rows }, j) => (i === 0 ? rows : rows * (far[j]! / unit)));
    const total = sum(weights);
    const target = (((words[2 * i]! << 32n) | words[2 * i + 1]!) * total) >> 64n;
    const chosen =
      total === 0n
        ? far.findIndex((distance) => distance > 0n)
        : weights.findIndex((_, j) => sum(weights.slice(0, j + 1)) > target);
    centres.push({ ...places[chosen]! });
  }
  return centres;
}

function settle(places: readonly Place[], centres: readonly Place[], k: number): number[] {
  let means: Pick<Place, "x" | "y">[] = [...centres];
  let groups: number[] = [];
  for (let step = 0; step < 300; step++) {
    const next = places.map((place) => {
      const distances = means.map((centre) => square(place, centre));
      return distances.reduce((low, one, i) => (one < distances[low]! ? i : low), 0);
    });
    if (step > 0 && next.every((group, i) => group === groups[i])) break;
    groups = next;
    means = Array.from({ length: k }, (_, group) => {
      const own = places.filter((_place, i) => groups[i] === group);
      const rows = sum(own.map((place) => place.rows));
      if (rows === 0n) return means[group]!;
      return {
        x: round(sum(own.map((place) => place.rows * place.x)), rows),
        y: round(sum(own.map((place) => place.rows * place.y)), rows),
      };
    });
  }
  return groups;
}

/** Per group floor((rows sum of squares - square of the sum, of both coordinates) / rows). */
function inertia(places: readonly Place[], groups: readonly number[], k: number): bigint {
  return sum(
    Array.from({ length: k }, (_, group) => {
      const own = places.filter((_place, i) => groups[i] === group);
      const rows = sum(own.map((place) => place.rows));
      const spread = (axis: "x" | "y") =>
        rows * sum(own.map((one) => one.rows * one[axis] ** 2n)) -
        sum(own.map((one) => one.rows * one[axis])) ** 2n;
      return (spread("x") + spread("y")) / rows;
    }),
  );
}
