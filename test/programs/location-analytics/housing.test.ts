/** Figures on real labelled places against published and independently measured ones (test/data/housing.csv). */
import { describe, expect, it } from "vitest";
import { readHousing } from "../../data/read.ts";
import { ask, memberTable, policy, type Row } from "./support.ts";

const rows = readHousing().map(({ latitude, longitude, label }, i): Row => [
  latitude,
  longitude,
  label,
  i % 5 === 0,
]);
const shards = [0, 1, 2].map((member) => rows.filter((_, i) => i % 3 === member));
const tables = {
  locations: shards.map((shard, member) =>
    memberTable(
      member,
      shard.map(([latitude, longitude]): Row => [latitude, longitude]),
    ),
  ),
  training: shards.map((shard, member) => memberTable(member, shard)),
};
const exact = policy({ minCohort: 5 });

interface Clusters {
  readonly rows: number;
  readonly inertia: number;
}
interface Classes {
  readonly rows: number;
  readonly classes: readonly { readonly label: string; readonly rows: number }[];
  readonly other: number;
  readonly holdout: { readonly rows: number; readonly accuracy: number };
}

describe("housing", () => {
  it.each([
    [4, 11542.966, 1.001],
    [6, 6584.427, 1.001],
    [10, 3754.519, 1.03],
  ])("clusters k = %i to the best known inertia %f times %f", (k, best, slack) => {
    const output = ask("cluster", { params: { k }, tables, policy: exact }) as unknown as Clusters;
    expect(output.rows).toBe(20_640);
    expect(output.inertia).toBeGreaterThan(best * 0.999);
    expect(output.inertia).toBeLessThan(best * slack);
  });

  it.each([
    [{ method: "knn", k: 5 }, 0.985, 0.002],
    [{ method: "knn", k: 1 }, 0.99104, 0.002],
    [{ method: "naive-bayes" }, 0.65891, 0.001],
  ])("classifies with %o at accuracy %f, give or take %f", (params, accuracy, slack) => {
    const output = ask("classify", { params, tables, policy: exact }) as unknown as Classes;
    expect(Math.abs(output.holdout.accuracy - accuracy)).toBeLessThanOrEqual(slack);
    expect(output.holdout.rows).toBe(4128);
    const counted = output.classes.reduce((sum, { rows: count }) => sum + count, output.other);
    expect(counted).toBe(20_640);
  });
});
