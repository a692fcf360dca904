/** `predict(method, k)`: classes of the asker's own points, by the model `classify` measures. @module */
import type { ProgramContext, Proposal } from "../../protocol/program.ts";
import { pooledPositions } from "../kernels/positions.ts";
import { learn } from "./model.ts";
import { readMethod } from "./parameters.ts";

/** @throws ProgramFailure PARAMETER_INVALID, TABLE_TOO_SMALL */
export function predict(context: ProgramContext): Proposal {
  const method = readMethod(context.params);
  const { training, classify } = learn(context.tables["training"] ?? [], method);
  return {
    kind: "predictions",
    labels: training.labels,
    assignment: classify(pooledPositions(context.privateTable ? [context.privateTable] : [])),
  };
}
