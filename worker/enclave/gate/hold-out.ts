/** Accuracy and confusion matrix on held-out rows. @module */
import type { Json } from "../../../protocol/json.ts";
import { countCodes, mergeSmall } from "./merging.ts";

const ACCURACY_UNITS = 100_000;

/**
 * `{ rows, accuracy, labels, matrix }`. `matrix[actual][predicted]` counts rows; its last row and column are the
 * classes too small to be named, always there, all zero when every class is named.
 *
 * A row of the matrix is a cohort and follows the rule of cohorts. Its cells are not: a single misjudged customer is a
 * 1, told apart by nothing but two classes. To hide small cells would be for show, since row sums and accuracy give
 * them back. Accuracy (5 decimals, halves up) is over the classes before merging.
 * @param actual codes into `labels`, at least one
 */
export function measure(
  labels: readonly string[],
  actual: Uint32Array,
  predicted: Uint32Array,
  minCohort: number,
): Json {
  const counts = countCodes(actual, labels.length);
  const { named } = mergeSmall(counts, () => true, minCohort);
  const places = labels.map(() => named.length);
  for (const [place, code] of named.entries()) places[code] = place;
  const sides = Array.from({ length: named.length + 1 }, () => 0);
  const matrix = sides.map(() => [...sides]);
  let correct = 0;
  for (const [row, code] of actual.entries()) {
    matrix[places[code]!]![places[predicted[row]!]!]!++;
    if (code === predicted[row]) correct++;
  }
  return {
    rows: actual.length,
    accuracy: Math.floor((correct / actual.length) * ACCURACY_UNITS + 0.5) / ACCURACY_UNITS,
    labels: named.map((code) => labels[code]!),
    matrix,
  };
}
