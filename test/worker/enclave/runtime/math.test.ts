import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { functions } from "../../../../worker/enclave/runtime/realm/math.ts";

const view = new DataView(new ArrayBuffer(8));
/** A double's place among all doubles: neighbours differ by one. */
function place(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}
function ulps(a: number, b: number): bigint {
  if (Object.is(a, b)) return 0n;
  if (Number.isNaN(a) || Number.isNaN(b)) return 1n << 64n;
  const distance = place(a) - place(b);
  return distance < 0n ? -distance : distance;
}

const anywhere = fc.double({ noNaN: false });
const near = fc.double({ min: -40, max: 40, noNaN: true });
const unit = fc.double({ min: -1, max: 1, noNaN: true });
const argument = fc.oneof(anywhere, near, unit);
/** The engine's log10 is an older one with an error of its own; this one is FreeBSD's. */
const most: Readonly<Record<string, bigint>> = { log10: 2n };

describe.each(Object.entries(functions))("Math.%s", (name, compute) => {
  const native: (...args: number[]) => number = Math[name as "hypot"];
  const arity = ["atan2", "pow", "hypot"].includes(name) ? 2 : 1;

  it("differs from the engine's by one unit in the last place at most", () => {
    fc.assert(
      fc.property(fc.array(argument, { minLength: arity, maxLength: arity }), (args) => {
        expect(ulps(compute(...args), native(...args))).toBeLessThanOrEqual(most[name] ?? 1n);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    2,
    Infinity,
    -Infinity,
    NaN,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    1e22,
    355,
    710,
    -745,
  ])("agrees at %d", (x) => {
    const args = [x, 3, -0.5, Infinity, -Infinity, 0, -0, 2 ** 31].map((y) =>
      arity === 1 ? [x] : [x, y],
    );
    for (const each of args)
      expect(ulps(compute(...each), native(...each))).toBeLessThanOrEqual(1n);
  });
});
