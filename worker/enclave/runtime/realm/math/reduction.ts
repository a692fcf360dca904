/** An angle's quadrant, and what is left of it in two parts: after fdlibm's e_rem_pio2.c, with integers where it has a table. @module */
import { high } from "./words.ts";

/** x = quadrant pi/2 + hi + lo, |hi| <= pi/4 or little more. */
export interface Reduced {
  readonly quadrant: number;
  readonly hi: number;
  readonly lo: number;
}

const INVERSE_PIO2 = 6.36619772367581382433e-1;
/** pi/2 in three parts of 33 bits, and what each leaves. */
const PIO2 = [
  [1.57079632673412561417, 6.07710050650619224932e-11],
  [6.0771005063039659766e-11, 2.02226624879595063154e-21],
  [2.0222662487111664558e-21, 8.47842766036889956997e-32],
] as const;

const exponent = (x: number): number => (high(x) >>> 20) & 0x7ff;

/** @param x finite */
export function reduce(x: number): Reduced {
  const size = Math.abs(x);
  if (size <= Math.PI / 4) return { quadrant: 0, hi: x, lo: 0 };
  if (size >= 2 ** 20 * (Math.PI / 2)) return reduceLarge(x);
  const n = Math.floor(size * INVERSE_PIO2 + 0.5);
  let r = size - n * PIO2[0][0];
  let w = n * PIO2[0][1];
  let hi = r - w;
  // Near a multiple of pi/2 much cancels: then the next part of pi/2 comes in.
  for (const [part, bits] of [
    [1, 16],
    [2, 49],
  ] as const) {
    if (exponent(size) - exponent(hi) <= bits) break;
    const before = r;
    const step = n * PIO2[part][0];
    r = before - step;
    w = n * PIO2[part][1] - (before - r - step);
    hi = r - w;
  }
  const lo = r - hi - w;
  return x < 0 ? { quadrant: -n & 3, hi: -hi, lo: -lo } : { quadrant: n & 3, hi, lo };
}

/** Bits after the point of pi/2: enough for the largest double and for what can cancel. */
const BITS = 1200n;
let halfPi: bigint | undefined;

function reduceLarge(x: number): Reduced {
  halfPi ??= 2n * (4n * inverseTangent(5n) - inverseTangent(239n));
  // A double this large is an integer times a power of two that is not far below one.
  const size = Math.abs(x);
  const shift = Math.max(0, 1075 - exponent(size));
  const scaled = (BigInt(size * 2 ** shift) << BITS) >> BigInt(shift);
  const n = (scaled + halfPi / 2n) / halfPi;
  const rest = scaled - n * halfPi;
  const hi = toNumber(rest);
  const lo = toNumber(rest - BigInt(Math.round(hi * 2 ** 100)) * (1n << (BITS - 100n)));
  const quadrant = Number(n & 3n);
  return x < 0 ? { quadrant: -quadrant & 3, hi: -hi, lo: -lo } : { quadrant, hi, lo };
}

/** arctan(1 / n), with BITS bits after the point: its series. */
function inverseTangent(n: bigint): bigint {
  const guard = 64n;
  let power = (1n << (BITS + guard)) / n;
  let sum = 0n;
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += k % 4n === 1n ? power / k : -(power / k);
    power /= n * n;
  }
  return sum >> guard;
}

/** Of a number with BITS bits after the point; cut, not rounded, after 63 bits. */
function toNumber(fixed: bigint): number {
  const size = fixed < 0n ? -fixed : fixed;
  const drop = Math.max(0, size.toString(2).length - 63);
  const value = Number(size >> BigInt(drop)) * 2 ** (drop - Number(BITS));
  return fixed < 0n ? -value : value;
}
