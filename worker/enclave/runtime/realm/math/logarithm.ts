/** log, log1p, log2, log10. After fdlibm's e_log.c and s_log1p.c, and FreeBSD's k_log.h, e_log2.c and e_log10.c. @module */
import { high, upper, withHigh } from "./words.ts";

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

const L1 = 6.66666666666673513e-1;
const L2 = 3.999999999940941908e-1;
const L3 = 2.857142874366239149e-1;
const L4 = 2.222219843214978396e-1;
const L5 = 1.818357216161805012e-1;
const L6 = 1.531383769920937332e-1;
const L7 = 1.479819860511658591e-1;

/** x = 2^k (1 + f) with sqrt(2)/2 < 1 + f < sqrt(2). */
function split(x: number): { k: number; f: number } {
  const normal = x < 2 ** -1022 ? x * 2 ** 54 : x;
  const word = high(normal);
  const fraction = word & 0x000fffff;
  const i = (fraction + 0x95f64) & 0x100000;
  const mantissa = withHigh(normal, fraction | (i ^ 0x3ff00000));
  const k = (word >> 20) - 1023 + (i >> 20) - (x < 2 ** -1022 ? 54 : 0);
  return { k, f: mantissa - 1 };
}

/** log(1 + f) - f + f²/2, for f as {@link split} gives it. */
function remainder(f: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = z * (L1 + w * (L3 + w * (L5 + w * L7)));
  const even = w * (L2 + w * (L4 + w * L6));
  return s * (0.5 * f * f + (odd + even));
}

export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const { k, f } = split(x);
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (remainder(f) + k * LN2_LOW) - f);
}

/** log(1 + x), exact near zero. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === 0 || x === Infinity) return x;
  if (Math.abs(x) < 2 ** -54) return x;
  const sum = 1 + x;
  const { k, f } = split(sum);
  // Without a power of two, x itself is exact; with one, what the sum lost is given back.
  const g = k === 0 ? x : f;
  const lost = k === 0 ? 0 : (sum >= 2 ? 1 - (sum - x) : x - (sum - 1)) / sum;
  const half = 0.5 * g * g;
  return k * LN2_HIGH - (half - (remainder(g) + (k * LN2_LOW + lost)) - g);
}

/** log of x over log of a base, from the base's inverse logarithm in two parts and log of 2 to it. */
function toBase(
  x: number,
  inverseHigh: number,
  inverseLow: number,
  two: readonly [number, number],
): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  if (x === 1) return 0;
  const { k, f } = split(x);
  const half = 0.5 * f * f;
  const hi = upper(f - half);
  const lo = f - hi - half + remainder(f);
  const productHigh = hi * inverseHigh;
  const productLow = k * two[1] + (lo + hi) * inverseLow + lo * inverseHigh;
  const y = k * two[0];
  const w = y + productHigh;
  return productLow + (y - w + productHigh) + w;
}

export const log2 = (x: number): number =>
  toBase(x, 1.44269504072144627571, 1.67517131648865118353e-10, [1, 0]);

export const log10 = (x: number): number =>
  toBase(
    x,
    4.34294481878168880939e-1,
    2.50829467116452752298e-11,
    [3.01029995663611771306e-1, 3.69423907715893078616e-13],
  );
