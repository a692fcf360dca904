/** The two 32-bit words of a double, as fdlibm works on them. Little-endian, as every machine that V8 runs on here is. @module */

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Sign, exponent and the upper 20 bits of the fraction. */
export function high(x: number): number {
  double[0] = x;
  return words[1]!;
}

export function low(x: number): number {
  double[0] = x;
  return words[0]!;
}

export function withHigh(x: number, word: number): number {
  double[0] = x;
  words[1] = word;
  return double[0];
}

/** The number with its low word zero: the upper half of a product that is to be exact. */
export function upper(x: number): number {
  double[0] = x;
  words[0] = 0;
  return double[0];
}

/** x times 2^k, for a normal x; results below the normal range are rounded once. */
export function scale(x: number, k: number): number {
  const exponent = ((high(x) >>> 20) & 0x7ff) + k;
  if (exponent > 0 && exponent < 0x7ff)
    return withHigh(x, (high(x) & 0x800fffff) | (exponent << 20));
  if (exponent >= 0x7ff) return x * Infinity;
  if (exponent < -60) return x < 0 ? -0 : 0;
  return withHigh(x, (high(x) & 0x800fffff) | ((exponent + 64) << 20)) * 2 ** -64;
}
