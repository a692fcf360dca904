/** A program's `context`, put together inside the isolate. @module */
import type { Json } from "../../../../protocol/json.ts";
import type {
  Column,
  Kernels,
  MemberTable,
  ProgramContext,
  ProgramState,
  Table,
} from "../../../../protocol/program.ts";
import type { Asks } from "./asks.ts";
import { mapValues } from "../map-values.ts";

/** A table whose columns say which of the passed buffers is theirs; unless rows may come in, a member's has neither rows nor columns. */
export interface IsolateTable {
  readonly member?: number;
  readonly rows?: number;
  readonly columns?: Readonly<Record<string, IsolateColumn>>;
}
interface IsolateColumn {
  readonly type: Column["type"];
  readonly buffer: number;
  readonly dictionary?: readonly string[];
}
/** What the guest's process tells the isolate about a call. */
export interface IsolateCall {
  readonly functionName: string;
  readonly facts: Omit<ProgramContext, "state" | "kernels" | "tables" | "privateTable" | "seed">;
  readonly tables: Readonly<Record<string, readonly IsolateTable[]>>;
  readonly privateTable?: IsolateTable;
  /** Which of the passed buffers is the seed. */
  readonly seed: number;
}

const arrays = {
  fixed: Int32Array,
  float64: Float64Array,
  boolean: Uint8Array,
  string: Uint32Array,
} as const;

/** @param buffers of all columns and of the seed; the program's own from now on */
export function contextOf(
  call: IsolateCall,
  buffers: readonly ArrayBuffer[],
  asks: Asks,
): ProgramContext {
  const table = ({ columns, ...rest }: IsolateTable): Table =>
    ({
      ...rest,
      ...(columns && {
        columns: mapValues(columns, ({ buffer, ...column }) => ({
          ...column,
          values: new arrays[column.type](buffers[buffer] as ArrayBuffer),
        })),
      }),
    }) as Table;
  return {
    ...call.facts,
    tables: mapValues(call.tables, (list) => list.map((one) => table(one) as MemberTable)),
    ...(call.privateTable && { privateTable: table(call.privateTable) }),
    state: stateOf(asks),
    kernels: kernelsOf(asks),
    seed: new Uint8Array(buffers[call.seed] as ArrayBuffer),
  };
}

const stateOf = ({ put }: Asks): ProgramState => ({
  get: (key) => put("state.get", [key]) as Promise<Json | undefined>,
  set: (key, value) => put("state.set", [key, value]) as Promise<void>,
  delete: (key) => put("state.delete", [key]) as Promise<boolean>,
  list: (prefix, page = {}) => put("state.list", [prefix, page]) as Promise<readonly string[]>,
});

const kernelsOf = ({ put }: Asks): Kernels => ({
  kMeans: (input) => put("kernels.kMeans", [input]) as ReturnType<Kernels["kMeans"]>,
  classify: (input) => put("kernels.classify", [input]) as ReturnType<Kernels["classify"]>,
  predict: (input) => put("kernels.predict", [input]) as ReturnType<Kernels["predict"]>,
});
