/**
 * A cosine that is the same number on every machine. `Math.cos` is left to the engine; this uses + - * / only, in a
 * fixed order, and IEEE 754 defines those to the last bit.
 * @module
 */

/** pi / 180, per micro-degree. */
const RADIANS = Math.PI / 180_000_000;

/** Highest power of the Taylor series: (pi / 2)^24 / 24! is below 1e-19. */
const HIGHEST = 22;

/**
 * cos of a latitude.
 *
 * The absolute error is below 1e-15 (truncation 1e-19, rounding a few units of 2^-53), so that the six decimals the
 * projection keeps are right unless the true value lies within 1e-15 of a half.
 * @param microDegrees -90,000,000 to 90,000,000
 */
export function cosine(microDegrees: number): number {
  const angle = microDegrees * RADIANS;
  const square = angle * angle;
  let sum = 1;
  // Horner, from the highest power down: cos a = 1 - a²/2 (1 - a²/(3 4) (1 - ...)).
  for (let power = HIGHEST; power >= 2; power -= 2)
    sum = 1 - (square / (power * (power - 1))) * sum;
  return sum;
}
