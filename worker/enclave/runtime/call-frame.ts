/**
 * A call as it goes to the guest's process: columns as they lie in memory, one after the other, everything else as JSON.
 * @module
 */
import type { Column, MemberTable, Table } from "../../../protocol/program.ts";
import type { Frame } from "../../frames.ts";
import type { CallFacts, GuestCall } from "./outcome.ts";
import { mapValues } from "./map-values.ts";

/** Where bytes lie in the attachment: offset and length, in bytes. */
type Span = readonly [at: number, length: number];

interface PackedColumn {
  readonly type: Column["type"];
  readonly values: Span;
  readonly dictionary?: readonly string[];
}
interface PackedTable {
  readonly member?: number;
  readonly rows: number;
  readonly columns: Readonly<Record<string, PackedColumn>>;
}
interface PackedCall {
  readonly module: Span;
  readonly functionName: string;
  readonly rows: boolean;
  readonly facts: Omit<CallFacts, "tables" | "privateTable" | "seed">;
  readonly seed: Span;
  readonly tables: Readonly<Record<string, readonly PackedTable[]>>;
  readonly privateTable?: PackedTable;
}

/** Every column begins at a multiple of this: the largest element of a typed array. */
const ALIGNMENT = 8;
const arrays = {
  fixed: Int32Array,
  float64: Float64Array,
  boolean: Uint8Array,
  string: Uint32Array,
} as const;

/** @returns JSON, and the pieces of the attachment in their order: they are as large as the tables and are not put together first */
export function packCall(call: GuestCall): { json: unknown; pieces: readonly Uint8Array[] } {
  const { tables, privateTable, seed, ...facts } = call.facts;
  const pieces: Uint8Array[] = [];
  let length = 0;
  const place = (view: ArrayBufferView): Span => {
    const at = length;
    const padding = -view.byteLength & (ALIGNMENT - 1);
    pieces.push(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    pieces.push(new Uint8Array(padding));
    length += view.byteLength + padding;
    return [at, view.byteLength];
  };
  const pack = ({ columns, ...table }: Table): PackedTable => ({
    ...table,
    columns: mapValues(columns, ({ values, ...column }) => ({ ...column, values: place(values) })),
  });
  const json: PackedCall = {
    module: place(call.module),
    functionName: call.functionName,
    rows: call.rows,
    facts,
    seed: place(seed),
    tables: mapValues(tables, (list) => list.map(pack)),
    ...(privateTable && { privateTable: pack(privateTable) }),
  };
  return { json, pieces };
}

/** The call again; its columns look into the frame's attachment. */
export function unpackCall({ json, attachment }: Frame): GuestCall {
  const { facts, tables, privateTable, ...call } = json as PackedCall;
  const bytes = ([at, length]: Span): Uint8Array => attachment.subarray(at, at + length);
  const unpack = ({ columns, ...table }: PackedTable): Table => ({
    ...table,
    columns: mapValues(columns, ({ values: [at, length], ...column }) => {
      const View = arrays[column.type];
      const values = new View(
        attachment.buffer as ArrayBuffer,
        at,
        length / View.BYTES_PER_ELEMENT,
      );
      return { ...column, values } as Column;
    }),
  });
  return {
    module: bytes(call.module),
    functionName: call.functionName,
    rows: call.rows,
    facts: {
      ...facts,
      seed: bytes(call.seed),
      tables: mapValues(tables, (list) => list.map((table) => unpack(table) as MemberTable)),
      ...(privateTable && { privateTable: unpack(privateTable) }),
    },
  };
}
