/**
 * What a program is: a manifest that says what goes in and what may come out, and pure functions over tables.
 *
 * A program has no clock, network, files or entropy; the same tables, parameters and seed give the same bytes, so that
 * any worker of the committee, and any auditor who holds the inputs, computes the same answer.
 * @module
 */
import type { Address, Hex } from "./bytes.ts";
import type { ClosedSchema } from "./closed-schema/dialect.ts";
import type { Json } from "./json.ts";
import type { Policy } from "./policy.ts";

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
  | { readonly kind: "predictions"; readonly training: string }
  /**
   * A value of the program's own making, of a closed schema: its largest size in bytes follows from the schema, and members see
   * it in the terms. Leaves may be {@link Aggregate}s, which the gate computes itself.
   */
  | {
      readonly kind: "value";
      readonly schema: ClosedSchema;
      /** The answer is for the asker alone; a task with other recipients is refused. */
      readonly to?: "caller";
      /** Members agree that whoever receives it may publish it, on chain too (`CallbackRelay`). */
      readonly public?: true;
    };

export interface FunctionSpec {
  /** One sentence for the members who agree to it. */
  readonly summary?: string;
  /** JSON Schema of the public parameters. */
  readonly params: ClosedSchema;
  /** Table of private parameters, when the function takes any. */
  readonly privateTable?: TableSpec;
  /** Names of the tables it reads. */
  readonly reads: readonly string[];
  /** Whether a call may write the private state; others can only read it. */
  readonly changesState: boolean;
  readonly release: ReleaseRule;
}

/** What a run may use at most; a worker's own limits hold where they are lower. */
export interface ProgramLimits {
  readonly seconds?: number;
  readonly memoryMiB?: number;
  readonly outputBytes?: number;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly runtime: number;
  /** True when raw rows enter the program (npm libraries need them): members must read the program. */
  readonly rows: boolean;
  readonly tables: readonly TableSpec[];
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  readonly limits?: ProgramLimits;
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

/**
 * A number, or a list of counts, that only the gate computes, from the tables, under the policy's cohorts: the program says which,
 * and never sees it. "Rows" and "values" are those of all the task's datasets of `table`.
 */
export type Aggregate =
  /** How many rows. */
  | { readonly aggregate: "rows"; readonly table: string }
  /** Sum or mean of a `fixed` column, in its unit; the mean is rounded to the column's scale. */
  | { readonly aggregate: "sum" | "mean"; readonly table: string; readonly column: string }
  /** How many different values of a `string` or `fixed` column at least two members hold. */
  | { readonly aggregate: "shared"; readonly table: string; readonly column: string }
  /** `{ values: [{ value, rows }], other }` of a `string` column, most frequent first; small groups are counted in `other`. */
  | { readonly aggregate: "frequencies"; readonly table: string; readonly column: string }
  /**
   * `{ cells: [{ latitude, longitude, rows }], other }`: rows by cell of `degrees` (south-west corners), fullest first; small cells
   * are counted in `other`.
   */
  | { readonly aggregate: "grid"; readonly table: string; readonly degrees: number };

/** What a kernel made of rows: kept outside the isolate. A program can put it into its proposal and do nothing else with it. */
export interface Handle<K extends "groups" | "classes" | "predictions"> {
  readonly handle: number;
  readonly kind: K;
}
export type Method =
  { readonly kind: "knn"; readonly neighbours: number } | { readonly kind: "naive-bayes" };

/** Computations on the columns, outside the isolate: deterministic integer arithmetic, measured with the enclave. */
export interface Kernels {
  /** Groups the places of a table around `k` means, best of `restarts` (default 32) starts drawn from the seed. */
  kMeans(input: {
    readonly table: string;
    readonly k: number;
    readonly restarts?: number;
  }): Promise<Handle<"groups">>;
  /** Learns from the rows of `training` that are not held out; classifies those of `table` and the held-out ones. */
  classify(input: {
    readonly training: string;
    readonly table: string;
    readonly method: Method;
  }): Promise<Handle<"classes">>;
  /** The same for the rows of the private table. */
  predict(input: {
    readonly training: string;
    readonly method: Method;
  }): Promise<Handle<"predictions">>;
}

/** A member as the terms name it. */
export interface ProgramMember {
  readonly account: Address;
  /** Bits of `abilities`. */
  readonly abilities: number;
}

/** The sealed task, as signed: nothing here is a worker's word. */
export interface ProgramTask {
  readonly id: Hex;
  readonly terms: Hex;
  readonly functionName: string;
  /** Bit i: member i receives the output. */
  readonly recipients: number;
  /** Block and Unix seconds of the seal: the only clock a program has. */
  readonly sealedBlock: number;
  readonly sealedAt: number;
  /** Version of the state this call reads; 0 before the first transition. */
  readonly version: number;
}

/** Private key-value state: sealed to the committee, its root on chain. Keys are 1 to 256 bytes of UTF-8. */
export interface ProgramState {
  get(key: string): Promise<Json | undefined>;
  /** @throws TypeError in a function that does not change state */
  set(key: string, value: Json): Promise<void>;
  /** @returns whether the key was there */
  delete(key: string): Promise<boolean>;
  /** Keys that begin with `prefix`, ascending by UTF-8 bytes, after `after`, at most `limit` (default 100). */
  list(
    prefix: string,
    page?: { readonly after?: string; readonly limit?: number },
  ): Promise<readonly string[]>;
}

/** All a program function gets. */
export interface ProgramContext {
  /** Index of the asking member; the chain and the enclave checked that it asks. */
  readonly caller: number;
  readonly members: readonly ProgramMember[];
  readonly task: ProgramTask;
  readonly policy: Policy;
  readonly params: Json;
  /** Datasets by table name, in the order of the task's inputs. Without `rows: true` they have no columns and no row count. */
  readonly tables: Readonly<Record<string, readonly MemberTable[]>>;
  readonly privateTable?: Table;
  readonly state: ProgramState;
  readonly kernels: Kernels;
  /** 32 bytes, the same for every worker, unknown to everyone outside. */
  readonly seed: Uint8Array;
}

/** A value of a proposal: JSON, with aggregates where the gate shall put numbers. */
export type ProposedValue =
  | null
  | boolean
  | number
  | string
  | Aggregate
  | readonly ProposedValue[]
  | { readonly [name: string]: ProposedValue };

/** Proposals to the gate, one form per release rule. "Pooled rows" are all rows of the table's datasets, in input order. */
export type Proposal =
  /** What a kernel made, as it is; a release rule of the same form lets it through. */
  | Handle<"groups" | "classes" | "predictions">
  | { readonly kind: "value"; readonly value: ProposedValue }
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
export type ProgramFunction = (context: ProgramContext) => Proposal | Promise<Proposal>;

/** Default export of a program module. */
export type Program = Readonly<Record<string, ProgramFunction>>;
