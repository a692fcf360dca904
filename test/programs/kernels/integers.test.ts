import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactMoments, floorDivide, roundDivide } from "../../../programs/kernels/integers.ts";

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

describe("floorDivide", () => {
  it("is the largest integer not above the quotient", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n }), (numerator, denominator) => {
        const quotient = floorDivide(numerator, denominator);
        expect(quotient * denominator <= numerator).toBe(true);
        expect((quotient + 1n) * denominator > numerator).toBe(true);
      }),
    );
  });
});

describe("roundDivide", () => {
  it("rounds halves up, also below zero", () => {
    expect([3n, 1n, -1n, -3n].map((value) => roundDivide(value, 2n))).toEqual([2n, 1n, 0n, -1n]);
    expect([-2n, -1n, 1n, 2n].map((value) => roundDivide(value, 3n))).toEqual([-1n, 0n, 0n, 1n]);
  });
});

describe("ExactMoments", () => {
  it("equals sums of BigInts", () => {
    fc.assert(
      fc.property(fc.array(int32), (values) => {
        const moments = new ExactMoments();
        for (const value of values) moments.add(value);
        const big = values.map(BigInt);
        expect(moments.count).toBe(values.length);
        expect(moments.sum).toBe(big.reduce((sum, value) => sum + value, 0n));
        expect(moments.squares).toBe(big.reduce((sum, value) => sum + value * value, 0n));
      }),
    );
  });

  it("stays exact beyond the number of rows it keeps in doubles", () => {
    const moments = new ExactMoments();
    const rows = (1 << 20) + 5;
    for (let row = 0; row < rows; row++) moments.add(-2_147_483_647);
    expect(moments.squares).toBe(BigInt(rows) * 2_147_483_647n ** 2n);
    expect(moments.spread).toBe(0n);
  });
});
