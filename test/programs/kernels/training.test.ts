import { describe, expect, it } from "vitest";
import { heldOutRows } from "../../../programs/kernels/hold-out.ts";
import { pooledTraining } from "../../../programs/kernels/training.ts";
import { table, type Row } from "../location-analytics/support.ts";

const plain = (rows: number): Row[] => Array.from({ length: rows }, (_, i): Row => [i, i, "a"]);

describe("heldOutRows", () => {
  it("holds out every fifth row of each dataset, counted within it", () => {
    expect([...heldOutRows([table(plain(7)), table(plain(2))])]).toEqual([
      1, 0, 0, 0, 0, 1, 0, 1, 0,
    ]);
  });

  it("follows the column of a dataset that has one, and only there", () => {
    const own = table([
      [0, 0, "a", false],
      [1, 1, "a", true],
    ]);
    expect([...heldOutRows([own, table(plain(2))])]).toEqual([0, 1, 1, 0]);
  });
});

describe("pooledTraining", () => {
  it("splits the pooled rows", () => {
    const { learned, heldOut } = pooledTraining([table(plain(6))]);
    expect([...learned]).toEqual([1, 2, 3, 4]);
    expect([...heldOut]).toEqual([0, 5]);
  });
});
