/** The example of the article's proof of concept. */
import { describe, expect, it } from "vitest";
import { ask, policy, proofOfConcept } from "./support.ts";

const tables = proofOfConcept();
const trusting = policy({ minParties: 1, minCohort: 3, maxShare: 1 });
const methods = [{ method: "knn" }, { method: "knn", k: 1 }, { method: "naive-bayes" }];

describe("proof of concept", () => {
  it("finds Amsterdam, London and Manchester", () => {
    expect(ask("cluster", { params: { k: 3 }, tables, policy: trusting })).toEqual({
      k: 3,
      rows: 10,
      inertia: 0.003,
      centres: [
        { latitude: 52.354, longitude: 4.901, size: 4 },
        { latitude: 51.516, longitude: -0.107, size: 3 },
        { latitude: 53.484, longitude: -2.25, size: 3 },
      ],
    });
  });

  it.each(methods)("classifies 6 and 4 with %o", (params) => {
    expect(ask("classify", { params, tables, policy: trusting })).toMatchObject({
      classes: [
        { label: "0", rows: 6 },
        { label: "1", rows: 4 },
      ],
      other: 0,
      holdout: { rows: 3, accuracy: 1 },
    });
  });

  it("is refused by the default policy", () => {
    expect(ask("cluster", { params: { k: 3 }, tables, policy: policy() })).toBe(
      "PARTIES_PER_CLUSTER",
    );
    for (const params of methods)
      expect(ask("classify", { params, tables, policy: policy() })).toBe("COHORT_TOO_SMALL");
  });
});
