import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logarithm } from "../../../programs/kernels/logarithm.ts";

describe("logarithm", () => {
  it("is within 1e-15 of the engine's, from subnormal to the largest number", () => {
    const positive = fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(positive, (value) => {
        const expected = Math.log(value);
        const tolerance = Math.max(1e-16, Math.abs(expected) * 1e-15);
        expect(Math.abs(logarithm(value) - expected)).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: 20_000 },
    );
  });

  it("gives 0 for 1 and never falls where values grow", () => {
    expect(logarithm(1)).toBe(0);
    const values = Array.from({ length: 2000 }, (_, i) => 1 + i / 500);
    const results = values.map(logarithm);
    expect(results).toEqual(results.toSorted((a, b) => a - b));
  });

  it("gives these bits, on every machine", () => {
    expect([0.1, 3, 12, 6.283185307179586e12].map(logarithm)).toEqual([
      -2.3025850929940455, 1.0986122886681098, 2.4849066497880004, 29.468898182337895,
    ]);
  });
});
