import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProgramFailure } from "../../../programs/kernels/failure.ts";
import {
  handleKinds,
  runKernel,
  type KernelName,
  type KernelProposal,
} from "../../../programs/kernels/kernels.ts";
import { readHousing } from "../../data/read.ts";
import { memberTable, type Row } from "../location-analytics/support.ts";
import { factsOf, type KernelVector } from "./vector-facts.ts";

const vectors = JSON.parse(
  readFileSync(new URL("../../vectors/kernels.json", import.meta.url), "utf8"),
) as readonly KernelVector[];

const names = Object.keys(handleKinds) as KernelName[];
const plain = (proposal: object): unknown =>
  JSON.parse(
    JSON.stringify(proposal, (_, value: unknown) =>
      value instanceof Uint32Array ? [...value] : value,
    ),
  );

describe("runKernel", () => {
  it.each(vectors.map((vector) => [vector.says, vector] as const))("vector: %s", (_, vector) => {
    expect(plain(runKernel(factsOf(vector), vector.kernel, vector.input))).toEqual(vector.proposal);
  });

  it("has a vector for each kernel", () => {
    expect(new Set(vectors.map(({ kernel }) => kernel))).toEqual(new Set(names));
  });

  const rows: Row[] = Array.from({ length: 20 }, (_, i) => [i, i % 7, i < 10 ? "low" : "high"]);
  const facts = {
    tables: {
      places: [memberTable(0, rows)],
      bare: [memberTable(0, [[1, 1]])],
      empty: [],
      odd: [{ member: 0, rows: 1, columns: {} }],
    },
    privateTable: memberTable(0, [[1, 1]]),
    seed: new Uint8Array(32),
  };
  const reasonOf = (name: KernelName, input: unknown): unknown => {
    try {
      return runKernel(facts, name, input).kind;
    } catch (error) {
      return error instanceof ProgramFailure ? error.code : error;
    }
  };

  it.each<[KernelName, unknown, string]>([
    ["kMeans", { table: "places", k: 3 }, "clusters"],
    ["kMeans", { table: "places", k: 21 }, "TABLE_TOO_SMALL"],
    ["kMeans", { table: "empty", k: 1 }, "TABLE_TOO_SMALL"],
    ["kMeans", { table: "odd", k: 1 }, "PARAMETER_INVALID"],
    ["kMeans", { table: "constructor", k: 1 }, "PARAMETER_INVALID"],
    ["kMeans", { table: "places", k: 0 }, "PARAMETER_INVALID"],
    ["kMeans", { table: "places", k: 1001 }, "PARAMETER_INVALID"],
    ["kMeans", { table: "places", k: 1.5 }, "PARAMETER_INVALID"],
    ["kMeans", { table: "places", k: 2, restarts: 101 }, "PARAMETER_INVALID"],
    ["kMeans", { table: "places", k: 2, seed: 1 }, "PARAMETER_INVALID"],
    ["kMeans", undefined, "PARAMETER_INVALID"],
    ["classify", { training: "places", table: "bare", method: { kind: "naive-bayes" } }, "classes"],
    [
      "classify",
      { training: "bare", table: "bare", method: { kind: "naive-bayes" } },
      "PARAMETER_INVALID",
    ],
    [
      "classify",
      { training: "empty", table: "bare", method: { kind: "naive-bayes" } },
      "TABLE_TOO_SMALL",
    ],
    [
      "classify",
      { training: "places", table: "bare", method: { kind: "knn", neighbours: 17 } },
      "TABLE_TOO_SMALL",
    ],
    [
      "classify",
      { training: "places", table: "bare", method: { kind: "knn", neighbours: 51 } },
      "PARAMETER_INVALID",
    ],
    [
      "classify",
      { training: "places", table: "bare", method: { kind: "knn" } },
      "PARAMETER_INVALID",
    ],
    [
      "classify",
      { training: "places", table: "bare", method: { kind: "naive-bayes", neighbours: 1 } },
      "PARAMETER_INVALID",
    ],
    ["predict", { training: "places", method: { kind: "knn", neighbours: 1 } }, "predictions"],
    ["predict", { training: "places", method: "knn" }, "PARAMETER_INVALID"],
  ])("%s of %o: %s", (name, input, expected) => {
    expect(reasonOf(name, input)).toBe(expected);
  });

  it("refuses predictions without private rows", () => {
    const { tables, seed } = facts;
    const input = { training: "places", method: { kind: "naive-bayes" } };
    expect(() => runKernel({ tables, seed }, "predict", input)).toThrow("PARAMETER_INVALID");
  });

  it("answers anything with a proposal or a closed code", () => {
    const part = fc.oneof(
      fc.constantFrom("places", "bare", 3, { kind: "naive-bayes" }),
      fc.anything(),
    );
    const input = fc.oneof(
      fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }),
      fc.record(
        { table: part, k: part, training: part, method: part, restarts: part },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), input, (name, value) => {
        const kinds = [
          "clusters",
          "classes",
          "predictions",
          "PARAMETER_INVALID",
          "TABLE_TOO_SMALL",
        ];
        expect(kinds).toContain(reasonOf(name, value));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("classify on real places", () => {
  const training = [
    memberTable(
      0,
      readHousing().map(({ latitude, longitude, label }, i): Row => [
        latitude,
        longitude,
        label,
        i % 5 === 0,
      ]),
    ),
  ];
  const facts = { tables: { training }, seed: new Uint8Array(32) };
  // scikit-learn measured in plain degrees; the projected map moves a few of the 4,128.
  it.each([
    [{ kind: "knn", neighbours: 1 }, 0.99104],
    [{ kind: "knn", neighbours: 5 }, 0.98643],
    [{ kind: "naive-bayes" }, 0.65891],
  ])("%o is as accurate as scikit-learn: %f", (method, accuracy) => {
    const input = { training: "training", table: "training", method };
    const { actual, predicted } = runKernel(facts, "classify", input) as Extract<
      KernelProposal,
      { readonly kind: "classes" }
    >;
    const right = actual.filter((code, row) => code === predicted[row]).length;
    expect(actual.length).toBe(4128);
    expect(Math.abs(right / 4128 - accuracy)).toBeLessThanOrEqual(0.002);
  });
});
