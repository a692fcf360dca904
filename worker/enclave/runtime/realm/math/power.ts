/** pow, cbrt. After fdlibm's e_pow.c and FreeBSD's s_cbrt.c. @module */
// oxlint-disable oxc/approx-constant, no-loss-of-precision -- the digits are fdlibm's, and readers compare them
import { high, low, scale, upper, withHigh } from "./words.ts";

const L1 = 5.99999999999994648725e-1;
const L2 = 4.28571428578550184252e-1;
const L3 = 3.33333329818377432918e-1;
const L4 = 2.72728123808534006489e-1;
const L5 = 2.30660745775561754067e-1;
const L6 = 2.06975017800338417784e-1;
const P1 = 1.66666666666666019037e-1;
const P2 = -2.77777777770155933842e-3;
const P3 = 6.61375632143793436117e-5;
const P4 = -1.6533902205465251539e-6;
const P5 = 4.13813679705723846039e-8;
const LG2 = 6.93147180559945286227e-1;
const LG2_HIGH = 6.93147182464599609375e-1;
const LG2_LOW = -1.90465429995776804525e-9;
/** -(1024 - log2(largest number + half a unit)). */
const OVERFLOW_ROOM = 8.0085662595372944372e-17;
/** 2 / (3 ln 2), in parts. */
const CP = 9.61796693925975554329e-1;
const CP_HIGH = 9.61796700954437255859e-1;
const CP_LOW = -7.02846165095275826516e-9;
const INVERSE_LN2 = 1.442695040888963387;
const INVERSE_LN2_HIGH = 1.44269502162933349609;
const INVERSE_LN2_LOW = 1.92596299112661746887e-8;
/** log2(1.5), in parts. */
const DP_HIGH = 5.84962487220764160156e-1;
const DP_LOW = 1.35003920212974897128e-8;

/** x to the y, as ECMAScript defines the special cases: 1 to Infinity or NaN is NaN. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const base = Math.abs(x);
  if (Math.abs(y) === Infinity) {
    if (base === 1) return NaN;
    return base > 1 === y > 0 ? Infinity : 0;
  }
  const whole = Number.isInteger(y);
  const odd = whole && Math.abs(y) < 2 ** 53 && y % 2 !== 0;
  const sign = odd && (x < 0 || Object.is(x, -0)) ? -1 : 1;
  if (base === 0 || base === Infinity || base === 1) {
    const size = base === 1 ? 1 : (base === 0) === y > 0 ? 0 : Infinity;
    return x < 0 && base === 1 && !whole ? NaN : sign * size;
  }
  if (x < 0 && !whole) return NaN;
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (y === -1) return 1 / x;
  if (y === 0.5 && x >= 0) return Math.sqrt(x);
  const [t1, t2] = Math.abs(y) > 2 ** 31 ? nearOne(base, y) : log2InParts(base);
  return sign * (t2 === undefined ? t1 : exp2(y, t1, t2));
}

/** For |y| > 2^31 only bases next to 1 give anything but 0 or Infinity. */
function nearOne(base: number, y: number): [number, number?] {
  const far = high(base);
  if (far < 0x3fefffff) return [y < 0 ? Infinity : 0];
  if (far > 0x3ff00000) return [y > 0 ? Infinity : 0];
  const t = base - 1;
  const w = t * t * (0.5 - t * (0.3333333333333333333333 - t * 0.25));
  const u = INVERSE_LN2_HIGH * t;
  const v = t * INVERSE_LN2_LOW - w * INVERSE_LN2;
  const t1 = upper(u + v);
  return [t1, v - (t1 - u)];
}

/** log2 of a positive number, to more than a double holds: an upper half and the rest. */
function log2InParts(base: number): [number, number] {
  const normal = base < 2 ** -1022 ? base * 2 ** 53 : base;
  const word = high(normal);
  const fraction = word & 0x000fffff;
  let n = (word >> 20) - 0x3ff - (base < 2 ** -1022 ? 53 : 0);
  let ix = fraction | 0x3ff00000;
  // The interval: to sqrt(3/2) around 1, to sqrt(3) around 1.5, else around 1 again.
  const middle = fraction > 0x3988e && fraction < 0xbb67a;
  if (fraction >= 0xbb67a) {
    n += 1;
    ix -= 0x00100000;
  }
  const ax = withHigh(normal, ix);
  const bp = middle ? 1.5 : 1;
  const u = ax - bp;
  const v = 1 / (ax + bp);
  const ss = u * v;
  const sh = upper(ss);
  const th = withHigh(0, ((ix >> 1) | 0x20000000) + 0x00080000 + (middle ? 0x00040000 : 0));
  const tl = ax - (th - bp);
  const sl = v * (u - sh * th - sh * tl);
  const s2 = ss * ss;
  const r =
    s2 * s2 * (L1 + s2 * (L2 + s2 * (L3 + s2 * (L4 + s2 * (L5 + s2 * L6))))) + sl * (sh + ss);
  const sq = sh * sh;
  const h = upper(3 + sq + r);
  const l = r - (h - 3 - sq);
  const a = sh * h;
  const b = sl * h + l * ss;
  const ph = upper(a + b);
  const pl = b - (ph - a);
  const zh = CP_HIGH * ph;
  const zl = CP_LOW * ph + pl * CP + (middle ? DP_LOW : 0);
  const dh = middle ? DP_HIGH : 0;
  const t1 = upper(zh + zl + dh + n);
  return [t1, zl - (t1 - n - dh - zh)];
}

/** 2 to the y (t1 + t2). */
function exp2(y: number, t1: number, t2: number): number {
  const y1 = upper(y);
  const pl = (y - y1) * t1 + y * t2;
  let ph = y1 * t1;
  const z = pl + ph;
  const j = high(z);
  const i = low(z);
  if (j >= 0x40900000) {
    if (((j - 0x40900000) | i) !== 0 || pl + OVERFLOW_ROOM > z - ph) return Infinity;
  } else if ((j & 0x7fffffff) >= 0x4090cc00) {
    if (((j - (0xc090cc00 | 0)) | i) !== 0 || pl <= z - ph) return 0;
  }
  let n = 0;
  const size = j & 0x7fffffff;
  if (size > 0x3fe00000) {
    // n = z rounded to an integer.
    const rounded = j + (0x00100000 >> ((size >> 20) - 0x3ff + 1));
    const k = ((rounded & 0x7fffffff) >> 20) - 0x3ff;
    const t = withHigh(0, rounded & ~(0x000fffff >> k));
    n = ((rounded & 0x000fffff) | 0x00100000) >> (20 - k);
    if (j < 0) n = -n;
    ph -= t;
  }
  const t = upper(pl + ph);
  const u = t * LG2_HIGH;
  const v = (pl - (t - ph)) * LG2 + t * LG2_LOW;
  const s = u + v;
  const w = v - (s - u);
  const q = s * s;
  const c = s - q * (P1 + q * (P2 + q * (P3 + q * (P4 + q * P5))));
  const r = (s * c) / (c - 2) - (w + s * w);
  return scale(1 - (r - s), n);
}

export function cbrt(x: number): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const size = Math.abs(x);
  // A third of the exponent, plus what makes the error smallest: 5 bits.
  let t =
    size < 2 ** -1022
      ? withHigh(0, Math.trunc((high(size * 2 ** 54) & 0x7fffffff) / 3) + 696219795)
      : withHigh(0, Math.trunc(high(size) / 3) + 715094163);
  const r = t * t * (t / size);
  // Good to 23 bits; as many are kept, so that t * t is exact.
  t *=
    1.87595182427177009643 +
    r * (-1.88497979543377169875 + r * 1.62142972010535446614) +
    r * r * r * (-0.758397934778766047437 + r * 0.145996192886612446982);
  t = roundTo23(t);
  const s = t * t;
  const q = size / s;
  const result = t + t * ((q - t) / (t + t + q));
  return x < 0 ? -result : result;
}

/** A little more than t, in 23 bits: Newton's step below wants it from above. */
function roundTo23(t: number): number {
  const hi = upper(t);
  const unit = 2 ** ((high(t) >>> 20) - 1023 - 22);
  return hi + Math.floor((t - hi) / unit + 2) * unit;
}
