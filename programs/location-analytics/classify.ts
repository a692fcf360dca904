/** `classify(method, k)`: which classes the pooled locations look like, and how well that works on held-out rows. @module */
import type { ProgramContext, Proposal } from "../../protocol/program.ts";
import { pick } from "../kernels/classifier.ts";
import { pooledPositions } from "../kernels/positions.ts";
import { learn } from "./model.ts";
import { readMethod } from "./parameters.ts";

/** @throws ProgramFailure PARAMETER_INVALID, TABLE_TOO_SMALL */
export function classify(context: ProgramContext): Proposal {
  const method = readMethod(context.params);
  const { training, places, classify: classes } = learn(context.tables["training"] ?? [], method);
  return {
    kind: "classes",
    labels: training.labels,
    assignment: classes(pooledPositions(context.tables["locations"] ?? [])),
    actual: Uint32Array.from(training.heldOut, (row) => training.codes[row]!),
    predicted: classes(pick(places, training.heldOut)),
  };
}
