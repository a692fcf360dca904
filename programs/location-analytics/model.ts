/** The classifier behind `classify` and `predict`: both learn the same from the same rows. @module */
import type { Table } from "../../protocol/program.ts";
import { ProgramFailure } from "../kernels/failure.ts";
import { predictNaiveBayes, trainNaiveBayes } from "../kernels/gaussian-naive-bayes.ts";
import { pooledPositions, type Positions } from "../kernels/positions.ts";
import { eastOf, fitProjection } from "../kernels/projection.ts";
import { pooledTraining, type Labelled } from "../kernels/training.ts";
import { nearestNeighbours, type Classifier } from "./k-nearest.ts";
import type { Method } from "./parameters.ts";

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
export function learn(tables: readonly Table[], method: Method): Model {
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
      ? nearestNeighbours(
          rows,
          knownCodes,
          labels.length,
          method.neighbours,
          projection.cosine / 1e6,
        )
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
