import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inertia } from "../../../programs/kernels/inertia.ts";

describe("inertia", () => {
  it("sums squared distances to the means", () => {
    expect(
      inertia(
        [
          [0, 2, 10, 10],
          [0, 0, 5, 7],
        ],
        [0, 0, 1, 1],
        2,
      ),
    ).toBe(2n + 2n);
  });

  it("ignores groups without rows", () => {
    expect(inertia([[1, 3]], [2, 2], 4)).toBe(2n);
  });

  it("is exact where doubles are not, and independent of the order of rows", () => {
    const value = fc.integer({ min: -180_000_000, max: 180_000_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, fc.nat({ max: 2 })), { minLength: 1 }), (rows) => {
        const of = (list: typeof rows): bigint =>
          inertia(
            [list.map(([x]) => x)],
            list.map(([, group]) => group),
            3,
          );
        expect(of(rows.toReversed())).toBe(of(rows));
        expect(of([...rows, ...rows])).toBeGreaterThanOrEqual(2n * of(rows));
      }),
    );
  });
});
