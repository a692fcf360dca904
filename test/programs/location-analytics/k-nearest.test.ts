import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearestNeighbours } from "../../../programs/location-analytics/k-nearest.ts";

type Row = readonly [x: number, y: number, code: number];

/** The rule in the plainest form: sort all rows by distance, then label; count; lowest label first. */
function bruteForce(rows: readonly Row[], labels: number, k: number, x: number, y: number): number {
  const square = (row: Row): number => (row[0] - x) ** 2 + (row[1] - y) ** 2;
  const votes = Array.from({ length: labels }, () => 0);
  const sorted = rows.toSorted((a, b) => square(a) - square(b) || a[2] - b[2]);
  for (const [, , code] of sorted.slice(0, k)) votes[code]!++;
  return votes.indexOf(Math.max(...votes));
}

function classifier(rows: readonly Row[], labels: number, k: number, scale = 1) {
  const column = (index: 0 | 1): Int32Array => Int32Array.from(rows, (row) => row[index]);
  const codes = Uint32Array.from(rows, (row) => row[2]);
  return nearestNeighbours(
    { longitude: column(0), latitude: column(1) },
    codes,
    labels,
    k,
    scale * 1e6,
  );
}

describe("nearestNeighbours", () => {
  it("is brute force, on grids full of ties and on spread-out places", () => {
    const coordinate = fc.oneof(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: -5_000_000, max: 5_000_000 }),
    );
    const row = fc.tuple(coordinate, coordinate, fc.nat({ max: 4 }));
    const many = fc.array(row, { minLength: 9, maxLength: 60 });
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 9 }), coordinate, coordinate, (rows, k, x, y) => {
        expect(classifier(rows, 5, k)(x, y)).toBe(bruteForce(rows, 5, k, x, y));
      }),
      { numRuns: 1000 },
    );
  });

  it("lets the lowest label win among equally many votes, whichever row is nearer", () => {
    expect(
      classifier(
        [
          [1, 0, 1],
          [2, 0, 0],
        ],
        2,
        2,
      )(0, 0),
    ).toBe(0);
  });

  it("counts the lower label as nearer among rows equally far", () => {
    expect(
      classifier(
        [
          [1, 0, 1],
          [-1, 0, 0],
        ],
        2,
        1,
      )(0, 0),
    ).toBe(0);
  });

  it("takes rows as far east as west for equally far, whatever the latitude", () => {
    const rows: readonly Row[] = [
      [10_000, 0, 1],
      [-10_000, 0, 0],
      [0, 9_000, 1],
    ];
    expect(classifier(rows, 2, 1, 0.812776)(0, 0)).toBe(0);
    expect(classifier(rows, 2, 1, 0.95)(0, 0)).toBe(1);
  });

  it("does not depend on the order of rows where labels no longer fit beside squares", () => {
    const rows = Array.from({ length: 6 }, (_, code): Row => [100_000_000, 0, code]);
    const ask = (list: readonly Row[]): number => classifier(list, 100, 1)(0, 0);
    expect(ask(rows.toReversed())).toBe(ask(rows));
    expect(ask([...rows.slice(3), ...rows.slice(0, 3)])).toBe(ask(rows));
  });
});
