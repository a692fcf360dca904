import { describe, expect, it } from "vitest";
import { faultIn } from "../../../protocol/closed-schema/fit.ts";
import type { Json } from "../../../protocol/json.ts";
import program from "../../../programs/location-analytics/main.ts";
import { ask, manifest, memberTable, table, type Row, type Tables } from "./support.ts";

const square: readonly Row[] = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
  [0.2, 0.3],
];
const labelled = Array.from({ length: 20 }, (_, i): Row => [i, i % 3, i < 10 ? "low" : "high"]);
const tables = { locations: [memberTable(0, square)], training: [memberTable(0, labelled)] };

const wrongClusters: readonly Json[] = [
  null,
  [],
  "3",
  {},
  { k: 0 },
  { k: 51 },
  { k: 2.5 },
  { k: "3" },
  { k: 3, K: 3 },
  { k: -1 },
];
const wrongMethods: readonly Json[] = [
  null,
  {},
  { method: "svm" },
  { method: "knn", k: 0 },
  { method: "knn", K: 5 },
  { method: ["knn"] },
  { method: "naive-bayes", k: 99 },
];

/** Whether the manifest's schema takes the parameters. */
const takes = (name: string, params: Json): boolean =>
  faultIn(manifest.functions[name]!.params, params) === undefined;

describe("location-analytics", () => {
  it("has a function for each one of the manifest, and no other", () => {
    expect(Object.keys(program).toSorted()).toEqual(Object.keys(manifest.functions).toSorted());
  });

  it("declares the parameters it takes, so that they are refused before it runs", () => {
    expect(takes("cluster", { k: 50 })).toBe(true);
    for (const params of wrongClusters) expect(takes("cluster", params)).toBe(false);
    for (const name of ["classify", "predict"]) {
      expect(takes(name, { method: "knn", k: 1 }) && takes(name, { method: "naive-bayes" })).toBe(
        true,
      );
      for (const params of wrongMethods) expect(takes(name, params)).toBe(false);
    }
  });

  it.each(wrongClusters)("cluster refuses the parameters %j", (params) => {
    expect(() => ask("cluster", { params, tables })).toThrow(
      expect.objectContaining({ code: "PARAMETER_INVALID" }) as Error,
    );
  });

  it.each(wrongMethods)("classify and predict refuse the parameters %j", (params) => {
    for (const name of ["classify", "predict"])
      expect(() => ask(name, { params, tables })).toThrow(
        expect.objectContaining({ code: "PARAMETER_INVALID" }) as Error,
      );
  });
});

describe("tables too small", () => {
  const tooSmall = expect.objectContaining({ code: "TABLE_TOO_SMALL" }) as Error;

  it("cluster wants k different places, not k rows", () => {
    const locations = [
      memberTable(0, [
        [1, 1],
        [1, 1],
        [2, 2],
      ]),
    ];
    expect(() => ask("cluster", { params: { k: 3 }, tables: { locations } })).toThrow(tooSmall);
    expect(() => ask("cluster", { params: { k: 1 }, tables: {} })).toThrow(tooSmall);
  });

  it("k-NN wants k rows to learn from, naive Bayes one", () => {
    const one: Tables = { ...tables, training: [memberTable(0, labelled.slice(0, 2))] };
    expect(() => ask("classify", { params: { method: "knn", k: 2 }, tables: one })).toThrow(
      tooSmall,
    );
    expect(ask("classify", { params: { method: "naive-bayes" }, tables: one })).toMatchObject({});
    expect(() => ask("predict", { params: { method: "naive-bayes" }, tables: {} })).toThrow(
      tooSmall,
    );
  });
});

describe("cluster", () => {
  it("averages across the antimeridian", () => {
    const rows: Row[] = [
      [-17, 179.5],
      [-17, -179.4],
      [-18, 179.2],
      [-18, -179.5],
    ];
    const output = ask("cluster", {
      params: { k: 1 },
      tables: { locations: [memberTable(0, rows)] },
    });
    expect(output).toMatchObject({ centres: [{ latitude: -17.5, longitude: 179.95, size: 4 }] });
  });

  it("works at a pole", () => {
    const rows: Row[] = [
      [90, 0],
      [90, 120],
      [89.9, 10],
      [89.8, 30],
    ];
    const output = ask("cluster", {
      params: { k: 2 },
      tables: { locations: [memberTable(0, rows)] },
    });
    expect(output).toMatchObject({ k: 2, rows: 4 });
  });
});

describe("predict", () => {
  it("answers for the private rows only, in their order", () => {
    const privateTable = table([
      [19, 1],
      [1, 1],
      [15, 0],
    ]);
    for (const method of ["knn", "naive-bayes"])
      expect(ask("predict", { params: { method, k: 3 }, tables, privateTable })).toEqual({
        predictions: ["high", "low", "high"],
      });
  });
});
