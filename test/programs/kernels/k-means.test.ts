import * as fc from "fast-check";
import { kmeans } from "ml-kmeans";
import { describe, expect, it } from "vitest";
import { inertia } from "../../../programs/kernels/inertia.ts";
import { kMeans } from "../../../programs/kernels/k-means.ts";
import { placesOf, type Places } from "../../../programs/kernels/places.ts";
import { readHousing } from "../../data/read.ts";
import { referenceKMeans } from "./reference-k-means.ts";

const seed = new Uint8Array(32).fill(7);
const micro = (degrees: number): number => Math.round(degrees * 1e6);

/** Places of rows in degrees, with the coordinates of each row on the map. */
function mapOf(rows: readonly (readonly [latitude: number, longitude: number])[]) {
  const places = placesOf({
    latitude: Int32Array.from(rows, ([value]) => micro(value)),
    longitude: Int32Array.from(rows, ([, value]) => micro(value)),
  });
  const x = Int32Array.from(places.placeOf, (place) => places.x[place]!);
  const y = Int32Array.from(places.placeOf, (place) => places.y[place]!);
  return { places, x, y };
}

/** Mean of each group, whole micro-degrees. */
function meansOf(x: Int32Array, y: Int32Array, groups: Uint32Array, k: number): number[][] {
  return Array.from({ length: k }, (_, group) => {
    const rows = [...groups.keys()].filter((row) => groups[row] === group);
    return [x, y].map((axis) => rows.reduce((sum, row) => sum + axis[row]!, 0) / rows.length);
  });
}

describe("kMeans", () => {
  it("is the specification, worked out in BigInt", () => {
    const degrees = fc.oneof(
      fc.integer({ min: -8, max: 8 }),
      fc.double({ min: -30, max: 30, noNaN: true }),
      fc.constantFrom(10, 10.000001, 10.000002),
    );
    const rows = fc.array(fc.tuple(degrees, degrees), { minLength: 6, maxLength: 40 });
    const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
    let partitions = 0;
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 6 }), keys, (list, k, key) => {
        const { places, x, y } = mapOf(list);
        if (places.rows.length < k) return;
        const points = Array.from(x, (value, row) => [value, y[row]!] as const);
        const groups = kMeans(places, k, 3, key);
        partitions += groups ? 1 : 0;
        expect(groups && [...groups]).toEqual(referenceKMeans(points, k, 3, key));
      }),
      { numRuns: 300 },
    );
    expect(partitions).toBeGreaterThan(200);
  });

  it("is the same whatever the order of rows", () => {
    const rows = readHousing()
      .slice(0, 3000)
      .map(({ latitude, longitude }) => [latitude, longitude] as const);
    const groups = kMeans(mapOf(rows).places, 7, 4, seed)!;
    const turned = kMeans(mapOf(rows.toReversed()).places, 7, 4, seed)!;
    expect(turned.toReversed()).toEqual(groups);
  });

  const rows = readHousing().map(({ latitude, longitude }) => [latitude, longitude] as const);
  const housing = mapOf(rows);
  const points = Array.from(housing.x, (value, row) => [value, housing.y[row]!]);

  it.each([
    [4, 11542.966],
    [6, 6584.427],
    [10, 3754.519],
  ])("groups real places, k = %i, to the best known inertia %f", (k, best) => {
    const axes = [housing.x, housing.y];
    const groups = kMeans(housing.places, k, 32, seed)!;
    const reached = Number(inertia(axes, groups, k)) / 1e12;
    expect(reached).toBeGreaterThan(best * 0.9999);
    expect(reached).toBeLessThan(best * 1.001);

    // ml-kmeans, started from these means, has nothing to improve: this is a fixed point of Lloyd's step.
    const initialization = meansOf(housing.x, housing.y, groups, k);
    const oracle = kmeans(points, k, { initialization, maxIterations: 100 });
    const further = Number(inertia(axes, Uint32Array.from(oracle.clusters), k)) / 1e12;
    expect(reached / further).toBeLessThan(1.00001);
  });

  it("gives each of k places its own group, numbered from the south", () => {
    const { places } = mapOf([
      [5, 5],
      [0, 0],
      [9, 1],
      [0, 0],
    ]);
    expect([...kMeans(places, 3, 1, seed)!]).toEqual([1, 0, 2, 0]);
  });

  it("finds places that are too close together for the weights of a draw", () => {
    // 170 degrees apart the unit of the weights is over 40 square micro-degrees: (0, 0) and (0, 0.000001) weigh nothing.
    const { places } = mapOf([
      [0, 0],
      [0, 0.000001],
      [0, 170],
    ]);
    for (let byte = 0; byte < 8; byte++) {
      const groups = kMeans(places, 3, 1, new Uint8Array(32).fill(byte))!;
      expect([...groups]).toEqual([0, 1, 2]);
    }
  });

  it("says so when every start leaves a group empty", () => {
    const none: Places = { ...mapOf([[0, 0]]).places };
    expect(kMeans(none, 1, 0, seed)).toBeUndefined();
  });
});
