import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cosine } from "../../../programs/kernels/cosine.ts";

const latitude = fc.integer({ min: -90_000_000, max: 90_000_000 });

describe("cosine", () => {
  it("is within 1e-15 of the engine's", () => {
    fc.assert(
      fc.property(latitude, (value) => {
        expect(Math.abs(cosine(value) - Math.cos((value * Math.PI) / 180e6))).toBeLessThan(1e-15);
      }),
      { numRuns: 20_000 },
    );
  });

  it("is even, 1 at the equator and 0 at the poles", () => {
    expect(cosine(0)).toBe(1);
    expect(Math.abs(cosine(90_000_000))).toBeLessThan(1e-15);
    fc.assert(fc.property(latitude, (value) => cosine(value) === cosine(-value)));
  });

  it("gives these bits, on every machine", () => {
    expect([35_631_861, 51_507_221, 60_000_000].map(cosine)).toEqual([
      0.8127769287838801, 0.6224159994116693, 0.5000000000000001,
    ]);
  });
});
