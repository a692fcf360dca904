/** Learning what places are called: the same rows, the same split and the same map whatever method follows. @module */
import type { Method, Table } from "../../protocol/program.ts";
import { ProgramFailure } from "./failure.ts";
import { predictNaiveBayes, trainNaiveBayes } from "./gaussian-naive-bayes.ts";
import { pooledPositions, type Positions } from "./positions.ts";
import { eastOf, fitProjection } from "./projection.ts";
import { pooledTraining, type Labelled } from "./training.ts";

/** Label of a place: micro-degrees east of the middle of the map, and of latitude. */
export type Classifier = (x: number, y: number) => number;

/** Makes a classifier by nearest neighbours; `cosine` is 10^6 times the length of a degree of longitude over one of latitude. */
export type NeighbourSearch = (
  rows: Positions,
  codes: Uint32Array,
  labels: number,
  neighbours: number,
  cosine: number,
) => Classifier;

export interface Model {
  readonly training: Labelled;
  /** Places of all pooled training rows. */
  readonly places: Positions;
  /** Label index for each place. */
  readonly classify: (places: Positions) => Uint32Array;
}

/**
 * Learns from the rows that are not held out, on the map fitted to them.
 * @throws ProgramFailure TABLE_TOO_SMALL (no rows, or fewer than neighbours)
 */
export function learn(tables: readonly Table[], method: Method, search: NeighbourSearch): Model {
  const training = pooledTraining(tables);
  const { codes, labels, learned } = training;
  if (learned.length < (method.kind === "knn" ? method.neighbours : 1))
    throw new ProgramFailure("TABLE_TOO_SMALL");
  const places = pooledPositions(tables);
  const known = pick(places, learned);
  const projection = fitProjection(known.latitude, known.longitude);
  const east = (value: number): number => eastOf(projection, value);
  const rows = { latitude: known.latitude, longitude: known.longitude.map(east) };
  const knownCodes = Uint32Array.from(learned, (row) => codes[row]!);
  const classifier =
    method.kind === "knn"
      ? search(rows, knownCodes, labels.length, method.neighbours, projection.cosine)
      : naiveBayes(rows, knownCodes, labels.length);
  return {
    training,
    places,
    classify: ({ latitude, longitude }) =>
      Uint32Array.from(latitude, (y, row) => classifier(east(longitude[row]!), y)),
  };
}

/** Needs no scale: each feature is measured by its own variance. */
function naiveBayes(rows: Positions, codes: Uint32Array, labels: number): Classifier {
  const model = trainNaiveBayes([rows.longitude, rows.latitude], codes, labels);
  return (x, y) => predictNaiveBayes(model, [x, y]);
}

/** Some of the rows, in the given order. */
export function pick({ latitude, longitude }: Positions, rows: Uint32Array): Positions {
  return {
    latitude: Int32Array.from(rows, (row) => latitude[row]!),
    longitude: Int32Array.from(rows, (row) => longitude[row]!),
  };
}
