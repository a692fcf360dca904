/**
 * k-means in integers: the same groups for any order or sharding of rows, and for any implementation that follows
 * `docs/protocol.md` (kernel `kMeans`) to the letter.
 * @module
 */
import { inertia } from "./inertia.ts";
import { roundDivide } from "./integers.ts";
import type { Places } from "./places.ts";
import { randomWords } from "./random-words.ts";

/** Lloyd's steps per start. Real places took at most 60; rounded means could go in a circle. */
const MAX_STEPS = 300;
const WORDS_PER_DRAW = 2;
/** Bits that the sum of all weights of a draw may have: a double holds it exactly. */
const WEIGHT_BITS = 52;

interface Centres {
  readonly x: Int32Array;
  readonly y: Int32Array;
}

/**
 * The partition of lowest inertia among some starts. Of equal ones the earliest wins; a start that leaves a group empty does not
 * count. Groups are numbered by their first place.
 * @param k at most the number of places
 * @param seed 32 bytes
 * @returns group of each row, or undefined when every start left a group empty
 */
export function kMeans(
  places: Places,
  k: number,
  restarts: number,
  seed: Uint8Array,
): Uint32Array | undefined {
  const words = randomWords(seed, WORDS_PER_DRAW * k * restarts);
  const { placeOf } = places;
  const x = Int32Array.from(placeOf, (place) => places.x[place]!);
  const y = Int32Array.from(placeOf, (place) => places.y[place]!);
  let best: Uint32Array | undefined;
  let lowest: bigint | undefined;
  for (let start = 0; start < restarts; start++) {
    const from = WORDS_PER_DRAW * k * start;
    const draws = words.subarray(from, from + WORDS_PER_DRAW * k);
    const groups = numbered(settle(places, chooseCentres(places, k, draws)), k);
    if (!groups) continue;
    const rows = Uint32Array.from(placeOf, (place) => groups[place]!);
    const value = inertia([x, y], rows, k);
    if (lowest !== undefined && value >= lowest) continue;
    best = rows;
    lowest = value;
  }
  return best;
}

/** Square distance in IEEE doubles, three operations, each rounded: exact below 95 degrees, the same everywhere beyond. */
function squareDistance(dx: number, dy: number): number {
  return dx * dx + dy * dy;
}

/** k-means++: each further centre is a row drawn with a chance proportional to its square distance to the nearest one so far. */
function chooseCentres({ x, y, rows }: Places, k: number, words: Uint32Array): Centres {
  const centres = { x: new Int32Array(k), y: new Int32Array(k) };
  const unit = weightUnit({ x, y, rows });
  const distances = new Float64Array(x.length).fill(Infinity);
  // Before there is a centre every row is as far as any other.
  let weights = Float64Array.from(rows);
  for (let centre = 0; centre < k; centre++) {
    const word = WORDS_PER_DRAW * centre;
    const place = draw(weights, words[word]!, words[word + 1]!) ?? distances.findIndex(Boolean);
    centres.x[centre] = x[place]!;
    centres.y[centre] = y[place]!;
    weights = distances.map((distance, i) => {
      const nearest = Math.min(distance, squareDistance(x[i]! - x[place]!, y[i]! - y[place]!));
      distances[i] = nearest;
      return rows[i]! * Math.floor(nearest / unit);
    });
  }
  return centres;
}

/** The power of two by which square distances are divided, so that all rows times the largest stay integers below 2^52. */
function weightUnit({ x, y, rows }: Pick<Places, "x" | "y" | "rows">): number {
  const count = rows.reduce((sum, value) => sum + value, 0);
  const largest = BigInt(count) * (extent(x) ** 2n + extent(y) ** 2n);
  return 2 ** Math.max(0, largest.toString(2).length - WEIGHT_BITS);
}

function extent(values: Int32Array): bigint {
  let [low, high] = [values[0]!, values[0]!];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return BigInt(high - low);
}

/**
 * The first place at which the running sum of weights exceeds floor(u total / 2^64).
 * @param high, low words of u, 64 bits
 * @returns undefined when all weights are zero
 */
function draw(weights: Float64Array, high: number, low: number): number | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return undefined;
  const target = Number((((BigInt(high) << 32n) | BigInt(low)) * BigInt(total)) >> 64n);
  let sum = 0;
  return weights.findIndex((weight) => (sum += weight) > target);
}

/** Lloyd's steps until no place changes its group. Means are rounded to whole micro-degrees; an empty group keeps its centre. */
function settle(places: Places, { x, y }: Centres): Uint32Array {
  const groups = new Uint32Array(places.x.length);
  const sums = {
    rows: new Float64Array(x.length),
    x: new Float64Array(x.length),
    y: new Float64Array(x.length),
  };
  for (let step = 0; step < MAX_STEPS; step++) {
    const changed = assign(places, { x, y }, groups);
    if (!changed && step > 0) break;
    for (const list of [sums.rows, sums.x, sums.y]) list.fill(0);
    for (const [place, group] of groups.entries()) {
      const rows = places.rows[place]!;
      sums.rows[group]! += rows;
      sums.x[group]! += rows * places.x[place]!;
      sums.y[group]! += rows * places.y[place]!;
    }
    for (const [group, rows] of sums.rows.entries()) {
      if (rows === 0) continue;
      x[group] = mean(sums.x[group]!, rows);
      y[group] = mean(sums.y[group]!, rows);
    }
  }
  return groups;
}

const mean = (sum: number, rows: number): number => Number(roundDivide(BigInt(sum), BigInt(rows)));

/** Puts each place to the nearest centre, of equally near ones to the first. @returns whether any group changed */
function assign(places: Places, { x, y }: Centres, groups: Uint32Array): boolean {
  let changed = false;
  for (let place = 0; place < groups.length; place++) {
    const [placeX, placeY] = [places.x[place]!, places.y[place]!];
    let nearest = Infinity;
    let group = 0;
    for (let centre = 0; centre < x.length; centre++) {
      const distance = squareDistance(placeX - x[centre]!, placeY - y[centre]!);
      if (distance >= nearest) continue;
      nearest = distance;
      group = centre;
    }
    if (groups[place] === group) continue;
    groups[place] = group;
    changed = true;
  }
  return changed;
}

/** Groups under numbers by first appearance; undefined when one of the k is empty. */
function numbered(groups: Uint32Array, k: number): Uint32Array | undefined {
  const numbers = new Map<number, number>();
  const renamed = groups.map((group) => {
    const known = numbers.get(group);
    if (known !== undefined) return known;
    numbers.set(group, numbers.size);
    return numbers.size - 1;
  });
  return numbers.size === k ? renamed : undefined;
}
