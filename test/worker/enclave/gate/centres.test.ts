import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundCentre } from "../../../../worker/enclave/gate/centres.ts";
import { memberTable, policy, type Row } from "../../../programs/location-analytics/support.ts";
import { askClusters, codes, times } from "./support.ts";

const map = { latitude: 0, longitude: 0, cosine: 1_000_000 };

describe("roundCentre", () => {
  it("rounds halves north and east, at any number of decimals", () => {
    const centre = { rows: 2, latitudes: -1_000, easts: 1_000 };
    expect(roundCentre(centre, map, 3)).toEqual({ latitude: 0, longitude: 0.001, size: 2 });
    expect(roundCentre(centre, map, 5)).toEqual({ latitude: -0.0005, longitude: 0.0005, size: 2 });
  });

  it("stays on the globe east of the antimeridian", () => {
    const fiji = { ...map, longitude: 179_000_000 };
    const centre = { rows: 1, latitudes: 0, easts: 1_000_000 };
    expect(roundCentre(centre, fiji, 3).longitude).toBe(-180);
  });

  it("is never further from the mean than half a unit", () => {
    const sum = fc.integer({ min: -90_000_000, max: 90_000_000 });
    fc.assert(
      fc.property(
        sum,
        fc.integer({ min: 1, max: 999 }),
        fc.nat({ max: 5 }),
        (easts, rows, decimals) => {
          const { longitude } = roundCentre({ rows, latitudes: 0, easts }, map, decimals);
          const error = Math.abs(longitude - easts / rows / 1e6);
          expect(error).toBeLessThanOrEqual(0.5 * 10 ** -decimals + 1e-9);
        },
      ),
    );
  });
});

describe("a centre that is a record", () => {
  const around: Row[] = [
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
    [-2, 0],
    [2, 0],
  ];
  const cluster = (target: Row): ReturnType<typeof askClusters> =>
    askClusters(
      [
        memberTable(0, around),
        memberTable(1, [target, [0, -3]]),
        memberTable(2, [
          [0, 3],
          [3, 0],
          [-3, 0],
        ]),
      ],
      codes(...times(0, 11)),
      1,
      policy({ minCohort: 5 }),
    );

  it("is refused when the mean falls on it exactly", () => {
    expect(cluster([0, 0])).toBe("CENTRE_IS_RECORD");
  });

  it("is not refused when they differ by less than rounding shows", () => {
    expect(cluster([0.00001, 0])).toMatchObject({ centres: [{ latitude: 0, longitude: 0 }] });
  });

  it("is refused when all rows lie at one place", () => {
    const same = times(0, 5).map((): Row => [51.5, -0.12]);
    const tables = [0, 1, 2].map((member) => memberTable(member, same));
    expect(askClusters(tables, codes(...times(0, 15)))).toBe("CENTRE_IS_RECORD");
  });

  it("is found across the antimeridian", () => {
    const rows: Row[] = [
      [0, 179],
      [0, 180],
      [0, -179],
      [0, -180],
    ];
    const tables = [0, 1, 2].map((member) => memberTable(member, rows));
    expect(askClusters(tables, codes(...times(0, 12)), 1, policy({ minCohort: 8 }))).toBe(
      "CENTRE_IS_RECORD",
    );
  });
});
