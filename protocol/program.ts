/**
 * What a program is: a manifest that says what goes in and what may come out, and pure functions over tables.
 *
 * A program has no clock, network, files or entropy; the same tables, parameters and seed give the same bytes, so that
 * any worker of the committee, and any auditor who holds the inputs, computes the same answer.
 * @module
 */
import type { Json } from "./json.ts";

/** Version of the interface between program and runtime; a manifest names it, a measurement provides it. */
export const RUNTIME_VERSION = 1;

/** One column of a table. `fixed` is int32 with `scale` decimal places: latitude 51.507221 at scale 6 is 51507221. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: "fixed" | "string" | "boolean" | "float64";
  /** Decimal places of a `fixed` column, 0 to 9. */
  readonly scale?: number;
  readonly unit?: string;
  /** Inclusive bounds in units (not scaled). */
  readonly min?: number;
  readonly max?: number;
  /** The column may be absent from a dataset as a whole; never from single rows. */
  readonly optional?: boolean;
}

export interface TableSpec {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
}

/** What form leaves the gate. The program decides who belongs together, the gate computes and releases the numbers. */
export type ReleaseRule =
  /** Per cluster of the rows of `table`: mean position and size. */
  | { readonly kind: "clusters"; readonly table: string }
  /** Per class: how many rows of `table` fall into it; accuracy and confusion matrix on hold-out rows of `training`. */
  | { readonly kind: "classes"; readonly table: string; readonly training: string }
  /** One class per row of the asker's own private table. */
  | { readonly kind: "predictions"; readonly training: string };

export interface FunctionSpec {
  /** JSON Schema of the public parameters. */
  readonly params: Json;
  /** Table of private parameters, when the function takes any. */
  readonly privateTable?: TableSpec;
  /** Names of the tables it reads. */
  readonly reads: readonly string[];
  readonly changesState: boolean;
  readonly release: ReleaseRule;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly runtime: number;
  /** True when raw rows enter the program (npm libraries need them): members must read the program. */
  readonly rows: boolean;
  readonly tables: readonly TableSpec[];
  readonly functions: Readonly<Record<string, FunctionSpec>>;
}

/** A column as the program sees it. Strings are codes into a dictionary. */
export type Column =
  | { readonly type: "fixed"; readonly values: Int32Array }
  | { readonly type: "float64"; readonly values: Float64Array }
  | { readonly type: "boolean"; readonly values: Uint8Array }
  | {
      readonly type: "string";
      readonly values: Uint32Array;
      readonly dictionary: readonly string[];
    };

/** One dataset, opened. */
export interface Table {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Column>>;
}

/** A dataset and whose it is (member index in the terms). */
export interface MemberTable extends Table {
  readonly member: number;
}

/** All a program function gets. */
export interface ProgramContext {
  /** Index of the asking member. */
  readonly caller: number;
  readonly params: Json;
  /** Datasets by table name, in the order of the task's inputs. */
  readonly tables: Readonly<Record<string, readonly MemberTable[]>>;
  readonly privateTable?: Table;
  /** 32 bytes, the same for every worker, unknown to everyone outside. */
  readonly seed: Uint8Array;
}

/** Proposals to the gate, one form per release rule. "Pooled rows" are all rows of the table's datasets, in input order. */
export type Proposal =
  | {
      readonly kind: "clusters";
      /** Cluster of each pooled row, 0 <= value < k. */
      readonly assignment: Uint32Array;
      readonly k: number;
    }
  | {
      readonly kind: "classes";
      /** Exactly the labels that rows of `training` carry, ascending by UTF-8 bytes. */
      readonly labels: readonly string[];
      /** Class of each pooled row of `table`: index into `labels`. */
      readonly assignment: Uint32Array;
      /** Hold-out rows of `training`: what they are and what was predicted. */
      readonly actual: Uint32Array;
      readonly predicted: Uint32Array;
    }
  | {
      readonly kind: "predictions";
      readonly labels: readonly string[];
      /** Class of each row of the private table. */
      readonly assignment: Uint32Array;
    };

/**
 * A program function. It fails deterministically by throwing an error with a `code` out of the program's own closed
 * list (`PARAMETER_INVALID`, `TABLE_TOO_SMALL`); anything else it throws is `PROGRAM_THREW`.
 */
export type ProgramFunction = (context: ProgramContext) => Proposal;

/** Default export of a program module. */
export type Program = Readonly<Record<string, ProgramFunction>>;
