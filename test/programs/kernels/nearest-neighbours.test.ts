import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearestNeighbours } from "../../../programs/kernels/nearest-neighbours.ts";
import { readHousing } from "../../data/read.ts";
import { nearestNeighbours as byMlKnn } from "../../../programs/location-analytics/k-nearest.ts";

type Row = readonly [x: number, y: number, code: number];

/** The rule in the plainest form: sort all rows by distance, then label; count; lowest label first. */
function bruteForce(
  rows: readonly Row[],
  labels: number,
  k: number,
  cosine: number,
  x: number,
  y: number,
) {
  const square = (row: Row): number => {
    const across = ((x - row[0]) * cosine) / 1_000_000;
    return across * across + (y - row[1]) * (y - row[1]);
  };
  const votes = Array.from({ length: labels }, () => 0);
  const sorted = rows.toSorted((a, b) => square(a) - square(b) || a[2] - b[2]);
  for (const [, , code] of sorted.slice(0, k)) votes[code]!++;
  return votes.indexOf(Math.max(...votes));
}

function partsOf(rows: readonly Row[]) {
  const column = (index: 0 | 1): Int32Array => Int32Array.from(rows, (row) => row[index]);
  const codes = Uint32Array.from(rows, (row) => row[2]);
  return [{ longitude: column(0), latitude: column(1) }, codes] as const;
}

const coordinate = fc.oneof(
  fc.integer({ min: 0, max: 6 }),
  fc.integer({ min: -5_000_000, max: 5_000_000 }),
);
const row = fc.tuple(coordinate, coordinate, fc.nat({ max: 4 }));

describe("nearestNeighbours", () => {
  it("is brute force, on grids full of ties and on spread-out places, deep enough for a tree", () => {
    const many = fc.array(row, { minLength: 9, maxLength: 300 });
    const shrunk = fc.constantFrom(1_000_000, 787_512, 333_333);
    const asked = fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(
        many,
        fc.integer({ min: 1, max: 9 }),
        shrunk,
        asked,
        (rows, k, cosine, places) => {
          const classify = nearestNeighbours(...partsOf(rows), 5, k, cosine);
          for (const [x, y] of places)
            expect(classify(x, y)).toBe(bruteForce(rows, 5, k, cosine, x, y));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("agrees with ml-knn's tree where its rule is the same", () => {
    const many = fc.array(row, { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(many, coordinate, coordinate, (rows, x, y) => {
        const parts = partsOf(rows);
        expect(nearestNeighbours(...parts, 5, 5, 1_000_000)(x, y)).toBe(
          byMlKnn(...parts, 5, 5, 1_000_000)(x, y),
        );
      }),
    );
  });

  it("is right about as many real places as brute force in NumPy with the same ties", () => {
    const districts = readHousing();
    const labels = [...new Set(districts.map(({ label }) => label))].toSorted();
    const rows = districts.map(({ latitude, longitude, label }): Row => [
      Math.round(longitude * 1e6),
      Math.round(latitude * 1e6),
      labels.indexOf(label),
    ]);
    const learned = rows.filter((_, i) => i % 5 !== 0);
    const heldOut = rows.filter((_, i) => i % 5 === 0);
    const classify = nearestNeighbours(...partsOf(learned), labels.length, 5, 1_000_000);
    const right = heldOut.filter(([x, y, code]) => classify(x, y) === code).length;
    expect(right / heldOut.length).toBeCloseTo(0.985465, 6);
  });

  it("lets the lower label win, among rows equally far and among equally many votes", () => {
    const apart: Row[] = [
      [1, 0, 1],
      [-1, 0, 0],
    ];
    expect(nearestNeighbours(...partsOf(apart), 2, 1, 1_000_000)(0, 0)).toBe(0);
    const nearer: Row[] = [
      [1, 0, 1],
      [2, 0, 0],
    ];
    expect(nearestNeighbours(...partsOf(nearer), 2, 2, 1_000_000)(0, 0)).toBe(0);
  });
});
