/** Made-up rows of a table, out of nothing but its manifest: for tests, and to try a command before real data are near. @module */
import { MAX_LABEL } from "../../protocol/codec/dataset.ts";
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
  const { min = -DEFAULT_BOUND, max = DEFAULT_BOUND } = spec;
  if (spec.type === "boolean") return words.map((word) => word % 2 === 1);
  if (spec.type === "string")
    return words.map((word) => `${spec.name} ${(word % TEXTS) + 1}`.slice(-MAX_LABEL));
  const unit = 10 ** -(spec.type === "fixed" ? (spec.scale ?? 0) : FLOAT_DECIMALS);
  const steps = Math.floor((max - min) / unit) + 1;
  return words.map((word) => round(min + Math.floor((word / 2 ** 32) * steps) * unit));
}

/** Decimals of a double that a manifest's columns can have. */
const round = (value: number): number => Number(value.toFixed(9));

/** 32 bytes out of a text; nothing secret hangs on them. */
function seedOf(text: string): Uint8Array {
  const seed = new Uint8Array(32);
  for (const [i, byte] of utf8(text).entries()) seed[i % 32] = (seed[i % 32]! * 31 + byte) % 256;
  return seed;
}
