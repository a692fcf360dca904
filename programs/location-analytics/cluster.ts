/** `cluster(k)`: groups the pooled locations around k places. @module */
import type { ProgramContext, Proposal } from "../../protocol/program.ts";
import { ProgramFailure } from "../kernels/failure.ts";
import { pooledPositions } from "../kernels/positions.ts";
import { fitProjection, projectLongitude } from "../kernels/projection.ts";
import { randomWords } from "../kernels/random-words.ts";
import { bestPartition } from "./k-means.ts";
import { readClusters } from "./parameters.ts";

/** The best start is found by 1 start in 5 to 1 in 11 on real places: with 32 the chance to miss it is below 5 %. */
const RESTARTS = 32;

/**
 * k-means over the projected rows of all `locations`. Rows are sorted by (y, x) first, so that neither their order nor
 * the way they are split among members changes the answer.
 * @throws ProgramFailure PARAMETER_INVALID, TABLE_TOO_SMALL (fewer than k different places)
 */
export function cluster(context: ProgramContext): Proposal {
  const k = readClusters(context.params);
  const { latitude, longitude } = pooledPositions(context.tables["locations"] ?? []);
  if (latitude.length < k) throw new ProgramFailure("TABLE_TOO_SMALL");
  const projection = fitProjection(latitude, longitude);
  const x = longitude.map((value) => projectLongitude(projection, value));
  const order = Uint32Array.from(x.keys()).toSorted(
    (a, b) => latitude[a]! - latitude[b]! || x[a]! - x[b]!,
  );
  const points = Array.from(order, (row) => [x[row]!, latitude[row]!]);
  if (countDifferent(points) < k) throw new ProgramFailure("TABLE_TOO_SMALL");
  const groups = bestPartition(points, k, randomWords(context.seed, RESTARTS));
  if (!groups) throw new ProgramFailure("TABLE_TOO_SMALL");
  const assignment = new Uint32Array(order.length);
  for (const [place, row] of order.entries()) assignment[row] = groups[place]!;
  return { kind: "clusters", assignment, k };
}

function countDifferent(sorted: readonly number[][]): number {
  return sorted.filter(([x, y], i) => x !== sorted[i - 1]?.[0] || y !== sorted[i - 1]?.[1]).length;
}
