/** The classifier behind `classify` and `predict`: the kernels' own, with ml-knn's tree for the neighbours. @module */
import type { Method, Table } from "../../protocol/program.ts";
import { learn as learnWith, type Model } from "../kernels/classifier.ts";
import { nearestNeighbours } from "./k-nearest.ts";

/** @throws ProgramFailure TABLE_TOO_SMALL (no rows, or fewer than neighbours) */
export function learn(tables: readonly Table[], method: Method): Model {
  return learnWith(tables, method, nearestNeighbours);
}
