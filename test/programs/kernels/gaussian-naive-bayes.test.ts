import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  predictNaiveBayes,
  trainNaiveBayes,
} from "../../../programs/kernels/gaussian-naive-bayes.ts";
import { readIris } from "../../data/read.ts";

const value = fc.integer({ min: -180_000_000, max: 180_000_000 });
const rows = fc.array(fc.tuple(value, value, fc.nat({ max: 2 })), { minLength: 1, maxLength: 40 });

function train(list: readonly (readonly [number, number, number])[]) {
  return trainNaiveBayes(
    [list.map(([x]) => x), list.map(([, y]) => y)],
    list.map((row) => row[2]),
    3,
  );
}

describe("Gaussian naive Bayes", () => {
  it("mislabels 6 of the 150 iris flowers it learned from", () => {
    const { tenths, codes } = readIris();
    const columns = [0, 1, 2, 3].map((column) => tenths.map((row) => row[column]!));
    const model = trainNaiveBayes(columns, codes, 3);
    const wrong = tenths.filter((row, i) => predictNaiveBayes(model, row) !== codes[i]);
    expect(wrong).toHaveLength(6);
  });

  it("learns the same bits from the same rows in any order", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const reordered = list.toSorted((a, b) => b[1] - a[1]);
        expect(train(reordered)).toEqual(train(list));
      }),
    );
  });

  it("predicts a class that has rows, whatever is asked", () => {
    fc.assert(
      fc.property(rows, value, value, (list, x, y) => {
        const code = predictNaiveBayes(train(list), [x, y]);
        expect(list.map((row) => row[2])).toContain(code);
      }),
    );
  });

  it("gives a class of one row a density", () => {
    const model = train([
      [0, 0, 0],
      [10, 10, 0],
      [1000, 1000, 1],
    ]);
    expect(predictNaiveBayes(model, [1000, 1000])).toBe(1);
    expect(predictNaiveBayes(model, [5, 5])).toBe(0);
  });

  it("lets the prior decide when all rows are alike, and the lowest label when that ties", () => {
    expect(
      predictNaiveBayes(
        train([
          [7, 7, 0],
          [7, 7, 2],
          [7, 7, 2],
        ]),
        [7, 7],
      ),
    ).toBe(2);
    expect(
      predictNaiveBayes(
        train([
          [7, 7, 2],
          [7, 7, 1],
        ]),
        [7, 7],
      ),
    ).toBe(1);
  });
});
