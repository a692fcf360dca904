/** Made-up rows of a table, out of nothing but its manifest: for tests, and to try a command before real data are near. @module */
import { fixedBounds, MAX_LABEL } from "../../protocol/codec/dataset.ts";
import type { ColumnSpec, TableSpec } from "../../protocol/program.ts";
import { randomWords } from "../../programs/kernels/random-words.ts";
import { utf8 } from "../../protocol/bytes.ts";
import type { Row } from "./records.ts";

/** Different texts of a string column: few enough that members share some. */
const TEXTS = 12;
/** Bounds of a column whose manifest names none. */
const DEFAULT_BOUND = 1000;
const FLOAT_DECIMALS = 6;

/**
 * The same rows for the same seed.
 * @param seed any text
 */
export function mockRows(spec: TableSpec, rows: number, seed = "mock"): Row[] {
  const columns = spec.columns.map((column) => [column.name, cellsOf(column, rows, seed)] as const);
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map(([name, cells]) => [name, cells[row]!])),
  );
}

/** Cells of one column, spread over its bounds. */
function cellsOf(spec: ColumnSpec, rows: number, seed: string): (string | number | boolean)[] {
  const words = Array.from(randomWords(seedOf(`${seed}/${spec.name}`), rows));
  if (spec.type === "boolean") return words.map((word) => word % 2 === 1);
  if (spec.type === "string")
    return words.map((word) => `${spec.name} ${(word % TEXTS) + 1}`.slice(-MAX_LABEL));
  const { low, high, unit } = stepsOf(spec);
  return words.map((word) => (low + Math.floor((word / 2 ** 32) * (high - low + 1))) / unit);
}

/** Bounds in steps of the last decimal. A side that the manifest leaves open lies DEFAULT_BOUND from zero, or from the other side. */
function stepsOf(spec: ColumnSpec): { low: number; high: number; unit: number } {
  const open = {
    min: Math.min(-DEFAULT_BOUND, (spec.max ?? 0) - DEFAULT_BOUND),
    max: Math.max(DEFAULT_BOUND, (spec.min ?? 0) + DEFAULT_BOUND),
  };
  const { min = open.min, max = open.max } = spec;
  const unit = 10 ** (spec.type === "fixed" ? (spec.scale ?? 0) : FLOAT_DECIMALS);
  const [low, high] = [Math.round(min * unit), Math.round(max * unit)];
  if (spec.type !== "fixed") return { low, high, unit };
  const storable = fixedBounds(spec);
  return { low: Math.max(low, storable.min), high: Math.min(high, storable.max), unit };
}

/** 32 bytes out of a text; nothing secret hangs on them. */
function seedOf(text: string): Uint8Array {
  const seed = new Uint8Array(32);
  for (const [i, byte] of utf8(text).entries()) seed[i % 32] = (seed[i % 32]! * 31 + byte) % 256;
  return seed;
}
