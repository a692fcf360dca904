/** A natural logarithm that is the same number on every machine, for the reason `cosine.ts` gives. @module */

/** ln 2 in two parts: the first has 21 trailing zero bits, so that `exponent * HIGH` is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Highest power of the series: 0.1716^27 / 27 is below 1e-21. */
const HIGHEST = 25;

/**
 * Natural logarithm, error below 1e-15 of the result or 1e-16, whichever is larger.
 * @param value positive and finite; subnormal numbers are fine
 */
export function logarithm(value: number): number {
  let mantissa = value;
  let exponent = 0;
  // Halving and doubling are exact above the subnormal range; at most 1074 steps, and callers are per class, not per row.
  for (; mantissa > Math.SQRT2; exponent++) mantissa /= 2;
  for (; mantissa < Math.SQRT2 / 2; exponent--) mantissa *= 2;
  // ln m = 2 (s + s³/3 + s⁵/5 + ...) with s = (m - 1) / (m + 1), |s| <= 0.1716.
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let power = HIGHEST; power >= 3; power -= 2) sum = (sum + 1 / power) * square;
  return exponent * LN2_HIGH + (exponent * LN2_LOW + 2 * s * (1 + sum));
}
