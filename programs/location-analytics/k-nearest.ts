/** k nearest neighbours with ml-knn's tree, and ties that no order of rows decides. @module */
import KNN from "ml-knn";
import type { Classifier } from "../kernels/classifier.ts";
import type { Positions } from "../kernels/positions.ts";

/** Stands for the label of a point that is asked about; sorts before all labels. */
const ASKED = -1;

/**
 * A classifier by majority among the nearest rows; plain distance on the map. Of rows equally far the lower label
 * counts as nearer, of labels with equally many votes the lower one wins (`predict` of ml-knn takes whichever its tree
 * meets first, which is why only its tree is used).
 *
 * Differences of longitude are scaled here, not rounded to a map first: a row 0.01° east and one 0.01° west are then
 * exactly equally far, as gridded data have them by the thousand.
 *
 * ml-knn keeps the label as a third coordinate of its tree. The distance below is one over all three: square distance
 * times the number of labels, plus the neighbour's label, so that rows less than a square micro-degree apart in square
 * distance count as equally far. Beyond 2^53 (10 degrees with 100 labels, 55 with 3) the label no longer fits, and the
 * sorted order of rows decides instead: still the same everywhere.
 * @param rows micro-degrees, longitudes east of the middle of the map; at least `neighbours` of them
 * @param labels number of labels
 * @param cosine 10^6 times the length of a degree of longitude over one of latitude
 */
export function nearestNeighbours(
  rows: Positions,
  codes: Uint32Array,
  labels: number,
  neighbours: number,
  cosine: number,
): Classifier {
  const scale = cosine / 1e6;
  const { longitude: x, latitude: y } = rows;
  const order = Uint32Array.from(codes.keys()).toSorted(
    (a, b) => y[a]! - y[b]! || x[a]! - x[b]! || codes[a]! - codes[b]!,
  );
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    const dx = (a[0]! - b[0]!) * scale;
    const dy = a[1]! - b[1]!;
    return labels * (dx * dx + dy * dy) + (a[2] === ASKED ? b[2]! : 0);
  };
  const { kdTree } = new KNN(
    Array.from(order, (row) => [x[row]!, y[row]!]),
    Array.from(order, (row) => codes[row]!),
    { k: neighbours, distance },
  );
  return (askedX, askedY) => {
    const votes = new Uint32Array(labels);
    for (const [[, , code]] of kdTree.nearest([askedX, askedY, ASKED], neighbours)) votes[code!]!++;
    return votes.indexOf(Math.max(...votes));
  };
}
