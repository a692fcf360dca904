import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  eastOf,
  fitProjection,
  projectLongitude,
  wrapLongitude,
  type Projection,
} from "../../../programs/kernels/projection.ts";

const latitude = fc.integer({ min: -90_000_000, max: 90_000_000 });
const longitude = fc.integer({ min: -180_000_000, max: 180_000_000 });
const places = fc.array(fc.tuple(latitude, longitude), { minLength: 1, maxLength: 30 });

function fit(rows: readonly (readonly [latitude: number, longitude: number])[]): Projection {
  return fitProjection(
    Int32Array.from(rows, ([value]) => value),
    Int32Array.from(rows, ([, value]) => value),
  );
}

describe("fitProjection", () => {
  it("takes the mean latitude, halves up, and the middle of the occupied arc, rounded west", () => {
    expect(
      fit([
        [1, 10],
        [2, 13],
      ]),
    ).toEqual({ latitude: 2, longitude: 11, cosine: 1_000_000 });
    expect(
      fit([
        [-1, 10],
        [-2, 13],
      ]),
    ).toMatchObject({ latitude: -1 });
  });

  it("puts the seam into the widest gap, across the antimeridian too", () => {
    const fiji = fit([
      [-17_000_000, 178_000_000],
      [-18_000_000, -178_000_000],
    ]);
    expect(fiji.longitude).toBe(-180_000_000);
    expect([178_000_000, -178_000_000].map((value) => eastOf(fiji, value))).toEqual([
      -2_000_000, 2_000_000,
    ]);
  });

  it("takes 180 and -180 for the same meridian", () => {
    expect(fit([[0, 180_000_000]])).toEqual(fit([[0, -180_000_000]]));
  });

  it("prefers the antimeridian among equally wide gaps", () => {
    expect(
      fit([
        [0, -90_000_000],
        [0, 90_000_000],
      ]).longitude,
    ).toBe(0);
  });

  it("folds all longitudes into one at a pole", () => {
    const pole = fit([
      [90_000_000, 10_000_000],
      [90_000_000, 100_000_000],
    ]);
    expect(pole.cosine).toBe(0);
    expect(projectLongitude(pole, 100_000_000)).toBe(0);
  });

  it("does not depend on the order of rows", () => {
    fc.assert(
      fc.property(places, (rows) => {
        expect(fit(rows.toReversed())).toEqual(fit(rows));
      }),
    );
  });

  it("leaves no place on the other side of the seam: no gap is wider than the one outside", () => {
    fc.assert(
      fc.property(places, (rows) => {
        const projection = fit(rows);
        const easts = rows.map(([, value]) => eastOf(projection, value)).toSorted((a, b) => a - b);
        const outside = 360_000_000 - (easts.at(-1)! - easts[0]!);
        const inside = easts.map((east, i) => east - (easts[i - 1] ?? east));
        expect(Math.max(...inside)).toBeLessThanOrEqual(outside);
        expect(Math.abs(easts[0]! + easts.at(-1)!)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("projectLongitude", () => {
  it("is the exact product rounded, halves up", () => {
    fc.assert(
      fc.property(latitude, longitude, longitude, (north, middle, asked) => {
        const projection = { ...fit([[north, 0]]), longitude: wrapLongitude(middle) };
        const product = BigInt(eastOf(projection, asked)) * BigInt(projection.cosine);
        const shifted = product + 500_000n;
        const expected =
          (shifted - (((shifted % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n;
        expect(BigInt(projectLongitude(projection, asked))).toBe(expected);
      }),
    );
  });
});
