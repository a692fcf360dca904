/** The pooled table of labelled places, as program and gate both read it. @module */
import type { Table } from "../../protocol/program.ts";
import { heldOutRows } from "./hold-out.ts";
import { pooledLabels, type PooledLabels } from "./labels.ts";

export interface Labelled extends PooledLabels {
  /** Pooled rows the model learns from, ascending. */
  readonly learned: Uint32Array;
  /** Pooled rows the model is measured on, ascending. */
  readonly heldOut: Uint32Array;
}

/** Labels of the pooled rows, and which rows are for what. */
export function pooledTraining(tables: readonly Table[]): Labelled {
  const flags = heldOutRows(tables);
  const rows = Uint32Array.from(flags.keys());
  return {
    ...pooledLabels(tables),
    learned: rows.filter((row) => flags[row] === 0),
    heldOut: rows.filter((row) => flags[row] === 1),
  };
}
