/** sinh, cosh, tanh, asinh, acosh, atanh. After fdlibm's e_sinh.c, e_cosh.c, s_tanh.c, s_asinh.c, e_acosh.c and e_atanh.c. @module */
import { exp, expm1 } from "./exponential.ts";
import { log, log1p } from "./logarithm.ts";

const OVERFLOW = 710.4758600739439;
const EXP_OVERFLOW = 709.7822265625;

export function sinh(x: number): number {
  if (!Number.isFinite(x)) return x;
  const size = Math.abs(x);
  const half = x < 0 ? -0.5 : 0.5;
  if (size < 2 ** -28) return x;
  if (size < 22) {
    const t = expm1(size);
    return size < 1 ? half * (2 * t - (t * t) / (t + 1)) : half * (t + t / (t + 1));
  }
  if (size < EXP_OVERFLOW) return half * exp(size);
  if (size > OVERFLOW) return x * Infinity;
  const w = exp(0.5 * size);
  return half * w * w;
}

export function cosh(x: number): number {
  const size = Math.abs(x);
  if (!Number.isFinite(size)) return size;
  if (size < 0.5 * Math.LN2) {
    const t = expm1(size);
    const w = 1 + t;
    return size < 2 ** -55 ? w : 1 + (t * t) / (w + w);
  }
  if (size < 22) {
    const t = exp(size);
    return 0.5 * t + 0.5 / t;
  }
  if (size < EXP_OVERFLOW) return 0.5 * exp(size);
  if (size > OVERFLOW) return Infinity;
  const w = exp(0.5 * size);
  return 0.5 * w * w;
}

export function tanh(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const size = Math.abs(x);
  if (size < 2 ** -28) return x;
  let z = 1;
  if (size < 1) {
    const t = expm1(-2 * size);
    z = -t / (t + 2);
  } else if (size < 22) z = 1 - 2 / (expm1(2 * size) + 2);
  return x < 0 ? -z : z;
}

export function asinh(x: number): number {
  if (!Number.isFinite(x)) return x;
  const size = Math.abs(x);
  if (size < 2 ** -28) return x;
  let w: number;
  if (size > 2 ** 28) w = log(size) + Math.LN2;
  else if (size > 2) w = log(2 * size + 1 / (Math.sqrt(x * x + 1) + size));
  else {
    const t = x * x;
    w = log1p(size + t / (1 + Math.sqrt(1 + t)));
  }
  return x < 0 ? -w : w;
}

export function acosh(x: number): number {
  if (!(x >= 1)) return NaN;
  if (x === Infinity) return x;
  if (x === 1) return 0;
  if (x > 2 ** 28) return log(x) + Math.LN2;
  if (x > 2) return log(2 * x - 1 / (x + Math.sqrt(x * x - 1)));
  const t = x - 1;
  return log1p(t + Math.sqrt(2 * t + t * t));
}

export function atanh(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 1)) return NaN;
  if (size === 1) return x * Infinity;
  if (size < 2 ** -28) return x;
  const t = size + size;
  const w = size < 0.5 ? 0.5 * log1p(t + (t * size) / (1 - size)) : 0.5 * log1p(t / (1 - size));
  return x < 0 ? -w : w;
}
