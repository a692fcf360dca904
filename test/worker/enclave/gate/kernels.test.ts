/** What kernels make passes the gate as any program's proposal does, and is refused as any other. */
import { describe, expect, it } from "vitest";
import { runKernel, type KernelName } from "../../../../programs/kernels/kernels.ts";
import type { Json } from "../../../../protocol/json.ts";
import { memberTable, policy } from "../../../programs/location-analytics/support.ts";
import { ask, labelled, spread } from "./support.ts";

const tables = { locations: spread([12, 12, 12]), training: labelled({ a: 30, b: 30 }) };
const privateTable = memberTable(0, [[0.01, 0.02]]);
const functions = { kMeans: "cluster", classify: "classify", predict: "predict" } as const;
const knn = { kind: "knn", neighbours: 3 };

function released(name: KernelName, input: Json, locations = tables.locations): Json {
  const facts = { tables: { ...tables, locations }, privateTable, seed: new Uint8Array(32) };
  const proposal = runKernel(facts, name, input);
  const rules = policy({ minParties: 2, minCohort: 6 });
  return ask(functions[name], { ...facts, proposal, policy: rules });
}

describe("a kernel's proposal", () => {
  it("leaves as centres, counts and predictions", () => {
    expect(released("kMeans", { table: "locations", k: 1 })).toMatchObject({ k: 1, rows: 36 });
    expect(
      released("classify", { training: "training", table: "locations", method: knn }),
    ).toMatchObject({ rows: 36, holdout: { rows: 12 } });
    expect(released("predict", { training: "training", method: knn })).toEqual({
      predictions: ["a"],
    });
  });

  it("is refused when a group is of one member alone", () => {
    expect(released("kMeans", { table: "locations", k: 36 })).toBe("PARTIES_PER_CLUSTER");
    expect(released("kMeans", { table: "locations", k: 1 }, spread([36]))).toBe(
      "PARTIES_PER_CLUSTER",
    );
  });

  it("is refused where the function has another rule", () => {
    const facts = { tables, seed: new Uint8Array(32) };
    const proposal = runKernel(facts, "kMeans", { table: "locations", k: 1 });
    expect(ask("classify", { tables, proposal })).toBe("RELEASE_MALFORMED");
  });
});
