import { describe, expect, it } from "vitest";
import { memberTable, policy, type Row } from "../../../programs/location-analytics/support.ts";
import { ask, askClusters, codes, spread, times } from "./support.ts";

const locations = spread([4, 4, 4]);
const centreTo = (decimals: number) =>
  askClusters(locations, codes(...times(0, 12)), 1, policy({ decimals, minCohort: 8 }));

describe("clusters", () => {
  it("computes centres, sizes and inertia from the tables", () => {
    const rows: Row[] = [
      [10, 20],
      [10, 22],
      [12, 20],
      [12, 22],
    ];
    const tables = [0, 1, 2].map((member) => memberTable(member, rows));
    const rules = policy({ minCohort: 8 });
    expect(askClusters(tables, codes(...times(0, 12)), 1, rules)).toEqual({
      k: 1,
      rows: 12,
      // 12 rows 1° north or south of the mean, and cos 11° east or west of it.
      inertia: 23.563,
      centres: [{ latitude: 11, longitude: 21, size: 12 }],
    });
  });

  it("orders by size, then latitude, then longitude, whatever the program's numbering", () => {
    const rules = policy({ minParties: 1, minCohort: 1, maxShare: 1, decimals: 1 });
    const places: Row[] = [
      [1, 1],
      [1, 2],
      [5, 8],
      [5, 9],
      [5, 1],
      [5, 3],
      [0, 1],
      [2, 2],
      [4, 1],
    ];
    const tables = [memberTable(0, places)];
    const forward = askClusters(tables, codes(0, 0, 1, 1, 2, 2, 3, 3, 3), 4, rules);
    expect(forward).toEqual(askClusters(tables, codes(3, 3, 2, 2, 1, 1, 0, 0, 0), 4, rules));
    expect(forward).toMatchObject({
      centres: [
        { size: 3 },
        { latitude: 1, longitude: 1.5, size: 2 },
        { latitude: 5, longitude: 2, size: 2 },
        { latitude: 5, longitude: 8.5, size: 2 },
      ],
    });
  });

  it("rounds to the decimals of the policy", () => {
    expect(centreTo(0)).toMatchObject({ centres: [{ latitude: 1, longitude: 0 }] });
    expect(centreTo(5)).toMatchObject({ centres: [{ latitude: 1.023, longitude: 0.0255 }] });
  });

  it("refuses more clusters than the policy has, before it looks at rows", () => {
    const assignment = codes(...times(0, 12));
    for (const k of [51, 2 ** 31, 2 ** 53, 1e300])
      expect(askClusters(locations, assignment, k)).toBe("TOO_MANY_CLUSTERS");
  });

  it("refuses an empty cluster", () => {
    expect(askClusters(locations, codes(...times(0, 12)), 2)).toBe("RELEASE_MALFORMED");
  });

  it("refuses a cluster of too few parties before one of too few rows", () => {
    expect(askClusters(spread([6, 6]), codes(...times(0, 12)))).toBe("PARTIES_PER_CLUSTER");
    expect(askClusters(spread([1, 1]), codes(0, 0))).toBe("PARTIES_PER_CLUSTER");
    expect(askClusters(spread([3, 3, 3]), codes(...times(0, 9)))).toBe("COHORT_TOO_SMALL");
  });

  it("counts the cohort without its largest member, unless one party is enough", () => {
    const cluster = (counts: number[], minParties: number) =>
      askClusters(
        spread(counts),
        codes(
          ...times(
            0,
            counts.reduce((sum, count) => sum + count),
          ),
        ),
        1,
        policy({ minParties, maxShare: 1 }),
      );
    expect(cluster([20, 5, 5], 3)).toMatchObject({ k: 1 });
    expect(cluster([20, 5, 4], 3)).toBe("COHORT_TOO_SMALL");
    expect(cluster([10], 1)).toMatchObject({ k: 1 });
  });

  it("allows a share of exactly the largest, and no more", () => {
    const rules = policy({ minCohort: 2 });
    const cluster = (counts: number[], rows: number) =>
      askClusters(spread(counts), codes(...times(0, rows)), 1, rules);
    expect(cluster([8, 1, 1], 10)).toMatchObject({ k: 1 });
    expect(cluster([9, 1, 1], 11)).toBe("PARTY_SHARE_TOO_LARGE");
  });

  it("refuses when the table has no row", () => {
    expect(askClusters([], codes(), 1)).toBe("TABLE_MISSING");
    expect(askClusters([memberTable(0, [])], codes(), 1)).toBe("TABLE_MISSING");
  });

  it("knows the functions of the manifest only", () => {
    for (const name of ["nothing", "toString", "__proto__"])
      expect(ask(name, {})).toBe("FUNCTION_UNKNOWN");
  });
});
