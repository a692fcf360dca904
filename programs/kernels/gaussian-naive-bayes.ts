/**
 * Gaussian naive Bayes over integers, in log space. Means and variances come from exact sums, logarithms from the
 * deterministic kernel: the same rows in any order give the same model, to the bit.
 * @module
 */
import { ExactMoments } from "./integers.ts";
import { logarithm } from "./logarithm.ts";

const TWO_PI = 2 * Math.PI;

/**
 * Every variance grows by this share of the largest variance of any feature over all rows, as in scikit-learn, so
 * that a class of one row, or of rows all alike, still has a density.
 */
const SMOOTHING = 1e-9;

/** One class: what does not depend on the point, and the normal distribution of each feature. */
interface GaussianClass {
  readonly code: number;
  readonly constant: number;
  readonly means: readonly number[];
  readonly variances: readonly number[];
}

/** Classes that have rows, ascending by code. */
export type GaussianModel = readonly GaussianClass[];

/**
 * Learns priors (shares of rows), means and variances (of the whole, not of a sample).
 * @param features one array of int32 per feature
 * @param codes class of each row, 0 <= value < classes; a class without rows is never predicted
 */
export function trainNaiveBayes(
  features: readonly ArrayLike<number>[],
  codes: ArrayLike<number>,
  classes: number,
): GaussianModel {
  const rows = codes.length;
  const all = features.map((values) => momentsBy(values, new Uint8Array(rows), 1)[0]!);
  // Rows that are all alike leave the prior alone to decide; any variance then does.
  const smoothing = SMOOTHING * Math.max(...all.map(variance)) || 1;
  const byFeature = features.map((values) => momentsBy(values, codes, classes));
  const model: GaussianClass[] = [];
  for (let code = 0; code < classes; code++) {
    const moments = byFeature.map((feature) => feature[code]!);
    const count = moments[0]!.count;
    if (count === 0) continue;
    const variances = moments.map((moment) => variance(moment) + smoothing);
    const constant = variances.reduce(
      (sum, value) => sum - 0.5 * logarithm(TWO_PI * value),
      logarithm(count / rows),
    );
    const means = moments.map((moment) => Number(moment.sum) / count);
    model.push({ code, constant, means, variances });
  }
  return model;
}

/** Most likely class of a point; of equally likely ones the lowest. */
export function predictNaiveBayes(model: GaussianModel, point: readonly number[]): number {
  let best = -1;
  let highest = -Infinity;
  for (const { code, constant, means, variances } of model) {
    let likelihood = constant;
    for (let i = 0; i < point.length; i++) {
      const distance = point[i]! - means[i]!;
      likelihood -= (0.5 * (distance * distance)) / variances[i]!;
    }
    if (likelihood <= highest && best >= 0) continue;
    best = code;
    highest = likelihood;
  }
  return best;
}

function momentsBy(
  values: ArrayLike<number>,
  codes: ArrayLike<number>,
  classes: number,
): ExactMoments[] {
  const moments = Array.from({ length: classes }, () => new ExactMoments());
  for (let row = 0; row < codes.length; row++) moments[codes[row]!]!.add(values[row]!);
  return moments;
}

/** Squared units; the one rounding is that of the exact fraction to a double (twice, numerator and quotient). */
function variance(moments: ExactMoments): number {
  return Number(moments.spread) / (moments.count * moments.count);
}
