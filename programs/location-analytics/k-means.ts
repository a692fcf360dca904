/** k-means from many starts, the best one kept. @module */
import { kmeans } from "ml-kmeans";
import { inertia } from "../kernels/inertia.ts";

/** Lloyd's steps per start. Integer coordinates converge exactly; real places took at most 60. */
const MAX_STEPS = 300;

/**
 * The partition of lowest inertia among one k-means++ start per seed. Inertias are compared as integers; of equal ones
 * the earliest start wins, and a start that leaves a group empty does not count.
 *
 * The result depends on the order of `points` (random draws go by index): bring them into an order of their own first.
 * @param points integer coordinates, at least `k` different ones
 * @returns group of each point, or undefined when every start left a group empty
 */
export function bestPartition(
  points: number[][],
  k: number,
  seeds: Iterable<number>,
): Uint32Array | undefined {
  const dimensions = points[0]!.map((_, d) => points.map((point) => point[d]!));
  let best: Uint32Array | undefined;
  let lowest: bigint | undefined;
  for (const seed of seeds) {
    const groups = Uint32Array.from(kmeans(points, k, { seed, maxIterations: MAX_STEPS }).clusters);
    if (new Set(groups).size < k) continue;
    const value = inertia(dimensions, groups, k);
    if (lowest !== undefined && value >= lowest) continue;
    best = groups;
    lowest = value;
  }
  return best;
}
