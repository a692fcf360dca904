import { describe, expect, it } from "vitest";
import { inertia } from "../../../programs/kernels/inertia.ts";
import { randomWords } from "../../../programs/kernels/random-words.ts";
import { bestPartition } from "../../../programs/location-analytics/k-means.ts";
import { readIris } from "../../data/read.ts";

const seeds = randomWords(new Uint8Array(32), 32);

describe("bestPartition", () => {
  const { tenths } = readIris();
  const columns = [0, 1, 2, 3].map((column) => tenths.map((row) => row[column]!));
  const published = [
    681.3706, 152.347952, 78.851441, 57.228473, 46.446182, 39.039987, 34.29823, 29.990426,
  ];

  it.each(published.map((best, i) => [i + 1, best] as const))(
    "reaches iris' published inertia for k = %i",
    (k, best) => {
      const squares = inertia(columns, bestPartition(tenths, k, seeds)!, k);
      // One square unit may be rounded away per group: 0.01 cm².
      expect(Math.abs(Number(squares) / 100 - best)).toBeLessThan(0.01 * k + 1e-6);
    },
  );

  it("gives each of k different places its own group", () => {
    const groups = bestPartition(
      [
        [0, 0],
        [0, 0],
        [5, 5],
        [9, 9],
      ],
      3,
      seeds,
    )!;
    expect(groups[0]).toBe(groups[1]);
    expect(new Set(groups).size).toBe(3);
  });

  it("says so when every start leaves a group empty", () => {
    expect(
      bestPartition(
        [
          [1, 1],
          [1, 1],
        ],
        1,
        [],
      ),
    ).toBeUndefined();
  });
});
