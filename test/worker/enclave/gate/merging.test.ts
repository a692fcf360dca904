import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeSmall } from "../../../../worker/enclave/gate/merging.ts";

const all = (): boolean => true;

describe("mergeSmall", () => {
  it("names classes of a cohort and more", () => {
    expect(mergeSmall([10, 25, 9, 30, 4], all, 10)).toEqual({ named: [0, 1, 3], rest: 13 });
  });

  it("takes the smallest named class into a rest that is itself small", () => {
    expect(mergeSmall([100, 12, 3, 50], all, 10)).toEqual({ named: [0, 3], rest: 15 });
    expect(mergeSmall([100, 12, 12, 3], all, 10)).toEqual({ named: [0, 1], rest: 15 });
  });

  it("keeps all names when nothing is merged", () => {
    expect(mergeSmall([10, 0, 10], all, 10)).toEqual({ named: [0, 2], rest: 0 });
  });

  it("names nothing when only one class would remain beside a small rest", () => {
    expect(mergeSmall([100, 3], all, 10)).toEqual({ named: [], rest: 103 });
  });

  it("does not name a class that must not be, however large", () => {
    expect(mergeSmall([100, 50], (code) => code === 1, 10)).toEqual({ named: [1], rest: 100 });
  });

  it("never tells a count below the cohort, nor lets one be subtracted", () => {
    const counts = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 30 }), (list, minCohort) => {
        const { named, rest } = mergeSmall(list, all, minCohort);
        const total = list.reduce((sum, count) => sum + count, 0);
        const told = named.map((code) => list[code]!);
        expect(told.reduce((sum, count) => sum + count, rest)).toBe(total);
        expect(told.every((count) => count >= minCohort)).toBe(true);
        expect(named.length === 0 || rest === 0 || rest >= minCohort).toBe(true);
      }),
    );
  });
});
