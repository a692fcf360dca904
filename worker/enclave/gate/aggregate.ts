/** Requests for numbers of the gate's own, as a program may make them. @module */
import { canonicalJson } from "../../../protocol/json.ts";
import type { Aggregate, ColumnSpec, FunctionSpec, Manifest } from "../../../protocol/program.ts";
import type { Policy } from "../../../protocol/policy.ts";
import type { AggregateRequest } from "./proposed-value.ts";

const MICRO_DEGREES_DECIMALS = 6;
/** Micro-degrees; a quarter of a turn. */
const LARGEST_STEP = 90_000_000;

/** Types of column that an aggregate is of; none for those of the table as a whole. */
const columnTypes: Readonly<Record<Aggregate["aggregate"], readonly ColumnSpec["type"][]>> = {
  rows: [],
  sum: ["fixed"],
  mean: ["fixed"],
  shared: ["string", "fixed"],
  frequencies: ["string"],
  grid: [],
};

/**
 * Reads a request: exactly the fields of its kind, a table that the function reads, a column that can be so counted.
 * @returns undefined for anything else
 */
export function readAggregate(
  { fields }: AggregateRequest,
  { reads }: FunctionSpec,
  { tables }: Manifest,
  policy: Policy,
): Aggregate | undefined {
  const kind = fields.get("aggregate");
  if (typeof kind !== "string" || !Object.hasOwn(columnTypes, kind)) return undefined;
  const types = columnTypes[kind as Aggregate["aggregate"]];
  const own = kind === "grid" ? ["degrees"] : types.length > 0 ? ["column"] : [];
  const names = ["aggregate", "table", ...own];
  if (fields.size !== names.length || !names.every((name) => fields.has(name))) return undefined;
  const table = tables.find(({ name }) => name === fields.get("table"));
  if (!table || !reads.includes(table.name)) return undefined;
  const has = (name: unknown, allowed: readonly ColumnSpec["type"][], scale?: number) =>
    table.columns.some(
      (column) =>
        column.name === name &&
        allowed.includes(column.type) &&
        (scale === undefined || column.scale === scale),
    );
  const isPlaced = ["latitude", "longitude"].every((name) =>
    has(name, ["fixed"], MICRO_DEGREES_DECIMALS),
  );
  if (types.length > 0 && !has(fields.get("column"), types)) return undefined;
  if (kind === "grid" && !(isPlaced && stepOf(fields.get("degrees"), policy))) return undefined;
  return Object.fromEntries(fields) as unknown as Aggregate;
}

/**
 * Side of a cell in micro-degrees. Corners leave with no more decimals than the policy has for centres.
 * @returns undefined when it is no side of a cell
 */
export function stepOf(degrees: unknown, { decimals }: Policy): number | undefined {
  if (typeof degrees !== "number") return undefined;
  const step = Math.round(degrees * 10 ** MICRO_DEGREES_DECIMALS);
  const isExact = step / 10 ** MICRO_DEGREES_DECIMALS === degrees;
  const unit = 10 ** (MICRO_DEGREES_DECIMALS - decimals);
  return isExact && step >= unit && step <= LARGEST_STEP && step % unit === 0 ? step : undefined;
}

/**
 * Whether a table is cut in one way only. Two partitions of the same rows can be subtracted: 12 rows of a city less 10 of one of its
 * two postcodes are the 2 of the other, which neither list would name.
 */
export function isOnePartition(aggregates: readonly Aggregate[]): boolean {
  const cuts = aggregates.filter(
    ({ aggregate }) => aggregate === "frequencies" || aggregate === "grid",
  );
  const tables = new Set(cuts.map(({ table }) => table));
  return new Set(cuts.map(canonicalJson)).size === tables.size;
}
