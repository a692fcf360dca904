/**
 * The kernels a program reaches through handles: it names tables, and what comes of their rows goes to the gate without passing
 * through it. Pure functions; who runs them, and where, is the runtime's affair.
 * @module
 */
import type { Handle, Kernels, Method, Proposal, Table } from "../../protocol/program.ts";
import { learn, pick } from "./classifier.ts";
import { ProgramFailure } from "./failure.ts";
import { kMeans } from "./k-means.ts";
import { nearestNeighbours } from "./nearest-neighbours.ts";
import { placesOf } from "./places.ts";
import { countRows, pooledPositions } from "./positions.ts";

/** What kernels compute on: the opened inputs of one task. */
export interface KernelFacts {
  readonly tables: Readonly<Record<string, readonly Table[]>>;
  readonly privateTable?: Table;
  /** 32 bytes; a kernel asked twice gives the same. */
  readonly seed: Uint8Array;
}
export type KernelName = keyof Kernels;
export type KernelProposal = Extract<
  Proposal,
  { readonly kind: "clusters" | "classes" | "predictions"; readonly assignment: Uint32Array }
>;

/** Kind of the handle that stands for a kernel's proposal. */
export const handleKinds = {
  kMeans: "groups",
  classify: "classes",
  predict: "predictions",
} as const satisfies Readonly<
  Record<KernelName, Handle<"groups" | "classes" | "predictions">["kind"]>
>;

const MAX_K = 1000;
const MAX_RESTARTS = 100;
/** The best of 32 starts came within 0.03 % of the best known inertia on real places (housing.csv, k = 4, 6, 10). */
const RESTARTS = 32;
const MAX_NEIGHBOURS = 50;

/**
 * Runs a kernel.
 * @param input what the program gave, which may be anything
 * @throws ProgramFailure PARAMETER_INVALID (of another form, a table without places or labels), TABLE_TOO_SMALL
 */
export function runKernel(facts: KernelFacts, name: KernelName, input: unknown): KernelProposal {
  if (name === "kMeans") return runKMeans(facts, input);
  return name === "classify" ? runClassify(facts, input) : runPredict(facts, input);
}

function runKMeans(facts: KernelFacts, input: unknown): KernelProposal {
  const fields = readFields(input, ["table", "k"], ["restarts"]);
  const tables = placed(named(facts, fields.get("table")));
  const k = whole(fields.get("k"), MAX_K);
  const restarts = whole(fields.get("restarts") ?? RESTARTS, MAX_RESTARTS);
  if (countRows(tables) < k) throw new ProgramFailure("TABLE_TOO_SMALL");
  const places = placesOf(pooledPositions(tables));
  const assignment = places.rows.length < k ? undefined : kMeans(places, k, restarts, facts.seed);
  if (!assignment) throw new ProgramFailure("TABLE_TOO_SMALL");
  return { kind: "clusters", assignment, k };
}

function runClassify(facts: KernelFacts, input: unknown): KernelProposal {
  const fields = readFields(input, ["training", "table", "method"]);
  const tables = placed(named(facts, fields.get("table")));
  const { training, places, classify } = learned(facts, fields);
  return {
    kind: "classes",
    labels: training.labels,
    assignment: classify(pooledPositions(tables)),
    actual: Uint32Array.from(training.heldOut, (row) => training.codes[row]!),
    predicted: classify(pick(places, training.heldOut)),
  };
}

function runPredict(facts: KernelFacts, input: unknown): KernelProposal {
  const fields = readFields(input, ["training", "method"]);
  const { privateTable } = facts;
  if (!privateTable) throw new ProgramFailure("PARAMETER_INVALID");
  const asked = placed([privateTable]);
  const { training, classify } = learned(facts, fields);
  return {
    kind: "predictions",
    labels: training.labels,
    assignment: classify(pooledPositions(asked)),
  };
}

function learned(facts: KernelFacts, fields: Fields) {
  const tables = placed(named(facts, fields.get("training")));
  if (!tables.every((table) => has(table, "label", "string")))
    throw new ProgramFailure("PARAMETER_INVALID");
  return learn(tables, readMethod(fields.get("method")), nearestNeighbours);
}

function readMethod(value: unknown): Method {
  const kind = readFields(value, ["kind"], ["neighbours"]).get("kind");
  if (kind === "naive-bayes") {
    readFields(value, ["kind"]);
    return { kind };
  }
  if (kind !== "knn") throw new ProgramFailure("PARAMETER_INVALID");
  const { neighbours } = Object.fromEntries(readFields(value, ["kind", "neighbours"]));
  return { kind, neighbours: whole(neighbours, MAX_NEIGHBOURS) };
}

type Fields = ReadonlyMap<string, unknown>;

/** Own fields of an object that has all of the first and none beside both. */
function readFields(
  input: unknown,
  required: readonly string[],
  optional: readonly string[] = [],
): Fields {
  const fields = new Map<string, unknown>(
    typeof input === "object" && input !== null ? Object.entries(input) : [],
  );
  const known = [...required, ...optional];
  if (
    !required.every((name) => fields.has(name)) ||
    ![...fields.keys()].every((name) => known.includes(name))
  )
    throw new ProgramFailure("PARAMETER_INVALID");
  return fields;
}

function whole(value: unknown, maximum: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > maximum)
    throw new ProgramFailure("PARAMETER_INVALID");
  return value;
}

function named({ tables }: KernelFacts, name: unknown): readonly Table[] {
  if (typeof name !== "string" || !Object.hasOwn(tables, name))
    throw new ProgramFailure("PARAMETER_INVALID");
  return tables[name]!;
}

/** The tables, when all of them have places. */
function placed(tables: readonly Table[]): readonly Table[] {
  const all = tables.every(
    (table) => has(table, "latitude", "fixed") && has(table, "longitude", "fixed"),
  );
  if (!all) throw new ProgramFailure("PARAMETER_INVALID");
  return tables;
}

function has({ columns }: Table, name: string, type: "fixed" | "string"): boolean {
  return Object.hasOwn(columns, name) && columns[name]!.type === type;
}
