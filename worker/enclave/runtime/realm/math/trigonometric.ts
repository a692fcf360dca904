/** sin, cos, tan. After fdlibm's k_sin.c, k_cos.c and k_tan.c. @module */
import { reduce } from "./reduction.ts";
import { high, upper } from "./words.ts";

const S1 = -1.66666666666666324348e-1;
const S2 = 8.33333333332248946124e-3;
const S3 = -1.98412698298579493134e-4;
const S4 = 2.75573137070700676789e-6;
const S5 = -2.50507602534068634195e-8;
const S6 = 1.58969099521155010221e-10;

/** sin(x + y) for |x| <= pi/4 and a tail y. */
function kernelSine(x: number, y: number): number {
  const z = x * x;
  const v = z * x;
  const r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)));
  return x - (z * (0.5 * y - v * r) - y - v * S1);
}

const C1 = 4.16666666666666019037e-2;
const C2 = -1.38888888888741095749e-3;
const C3 = 2.48015872894767294178e-5;
const C4 = -2.75573143513906633035e-7;
const C5 = 2.0875723212981748279e-9;
const C6 = -1.13596475577881948265e-11;

function kernelCosine(x: number, y: number): number {
  const z = x * x;
  const w = z * z;
  const r = z * (C1 + z * (C2 + z * C3)) + w * w * (C4 + z * (C5 + z * C6));
  const half = 0.5 * z;
  const one = 1 - half;
  return one + (1 - one - half + (z * r - x * y));
}

const T = [
  3.33333333333334091986e-1, 1.33333333333201242699e-1, 5.39682539762260521377e-2,
  2.18694882948595424599e-2, 8.86323982359930005737e-3, 3.59207910759131235356e-3,
  1.45620945432529025516e-3, 5.88041240820264096874e-4, 2.46463134818469906812e-4,
  7.817944429395570923e-5, 7.14072491382608190305e-5, -1.85586374855275456654e-5,
  2.59073051863633712884e-5,
] as const;
const PIO4 = 7.85398163397448278999e-1;
const PIO4_LOW = 3.06161699786838301793e-17;

/** tan(x + y), or -1 over it. */
function kernelTangent(angle: number, tail: number, inverse: boolean): number {
  let x = angle;
  let y = tail;
  const large = (high(x) & 0x7fffffff) >= 0x3fe59428;
  if (large) {
    x = PIO4 - Math.abs(angle) + (PIO4_LOW - (angle < 0 ? -tail : tail));
    y = 0;
  }
  const z = x * x;
  const w = z * z;
  const odd = T[1] + w * (T[3] + w * (T[5] + w * (T[7] + w * (T[9] + w * T[11]))));
  const even = z * (T[2] + w * (T[4] + w * (T[6] + w * (T[8] + w * (T[10] + w * T[12])))));
  const s = z * x;
  const r = y + z * (s * (odd + even) + y) + T[0] * s;
  const sum = x + r;
  if (large) {
    const v = inverse ? -1 : 1;
    return (angle < 0 ? -1 : 1) * (v - 2 * (x - ((sum * sum) / (sum + v) - r)));
  }
  if (!inverse) return sum;
  // -1 / (x + r), to the last bit.
  const cut = upper(sum);
  const rest = r - (cut - x);
  const a = -1 / sum;
  const t = upper(a);
  return t + a * (1 + t * cut + t * rest);
}

export function sin(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  if (Math.abs(x) < 2 ** -26) return x;
  const { quadrant, hi, lo } = reduce(x);
  const value = quadrant & 1 ? kernelCosine(hi, lo) : kernelSine(hi, lo);
  return quadrant & 2 ? -value : value;
}

export function cos(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  const { quadrant, hi, lo } = reduce(x);
  const value = quadrant & 1 ? kernelSine(hi, lo) : kernelCosine(hi, lo);
  return (quadrant + 1) & 2 ? -value : value;
}

export function tan(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  if (Math.abs(x) < 2 ** -27) return x;
  const { quadrant, hi, lo } = reduce(x);
  return kernelTangent(hi, lo, (quadrant & 1) === 1);
}
