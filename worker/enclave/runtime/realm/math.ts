/**
 * The functions of `Math` that ECMAScript leaves to the engine, as they are in fdlibm: in + - * / and sqrt, which IEEE 754 defines to
 * the last bit, so that every engine and every processor gives the same.
 *
 * `**` is syntax and stays the engine's (programs are built with `Math.pow` in its place); what an enclave measures (Node and its native library) is the same for one committee.
 * @module
 */
import { exp, expm1 } from "./math/exponential.ts";
import { acosh, asinh, atanh, cosh, sinh, tanh } from "./math/hyperbolic.ts";
import { hypot } from "./math/hypotenuse.ts";
import { acos, asin, atan, atan2 } from "./math/inverse.ts";
import { log, log10, log1p, log2 } from "./math/logarithm.ts";
import { cbrt, pow } from "./math/power.ts";
import { cos, sin, tan } from "./math/trigonometric.ts";

const one = { acos, acosh, asin, asinh, atan, atanh, cbrt, cos, cosh, exp, expm1 };
const more = { log, log10, log1p, log2, sin, sinh, tan, tanh };
export const functions: Readonly<Record<string, (...args: number[]) => number>> = {
  ...one,
  ...more,
  atan2,
  pow,
  hypot,
};

export function fixMath(): void {
  for (const [name, compute] of Object.entries(functions)) {
    // A number first, as the language says of every function of Math.
    const value = { [name]: (...args: unknown[]) => compute(...args.map(Number)) }[name];
    Object.defineProperty(Math, name, { value, writable: true, configurable: true });
  }
}
