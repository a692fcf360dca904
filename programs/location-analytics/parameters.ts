/** Public parameters, read strictly: a misspelt one must not silently mean the default. @module */
import type { Json } from "../../protocol/json.ts";
import type { Method } from "../../protocol/program.ts";
import { ProgramFailure } from "../kernels/failure.ts";

/** Neighbours asked when the parameters do not say. */
const DEFAULT_NEIGHBOURS = 5;
const MAX_K = 50;

/**
 * `{ "k": 1..50 }`: number of clusters.
 * @throws ProgramFailure PARAMETER_INVALID
 */
export function readClusters(params: Json): number {
  return readK(fields(params, ["k"])["k"]);
}

/**
 * `{ "method": "knn" | "naive-bayes", "k"?: 1..50 }`; naive Bayes has no use for k.
 * @throws ProgramFailure PARAMETER_INVALID
 */
export function readMethod(params: Json): Method {
  const { method, k } = fields(params, ["method", "k"]);
  const neighbours = k === undefined ? DEFAULT_NEIGHBOURS : readK(k);
  if (method === "knn") return { kind: method, neighbours };
  if (method === "naive-bayes") return { kind: method };
  throw new ProgramFailure("PARAMETER_INVALID");
}

function fields(params: Json, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof params !== "object" || params === null || Array.isArray(params))
    throw new ProgramFailure("PARAMETER_INVALID");
  const entries = Object.entries(params);
  if (entries.some(([name]) => !known.includes(name)))
    throw new ProgramFailure("PARAMETER_INVALID");
  return Object.fromEntries(entries);
}

function readK(value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > MAX_K)
    throw new ProgramFailure("PARAMETER_INVALID");
  return value;
}
