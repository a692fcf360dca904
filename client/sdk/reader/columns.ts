/** Cells to values, one reader for each type of column. A value is kept only once its whole row is good. @module */
import { BLOCK_ROWS, fixedBounds } from "../../../protocol/codec/dataset.ts";
import type { Column, ColumnSpec } from "../../../protocol/program.ts";
import { isDecimal, parseFixed, parseFixedBytes } from "../decimal.ts";
import { isAxis, isProjected, projected } from "./axes.ts";
import type { Refusal } from "./faults.ts";
import { LabelReader } from "./labels.ts";

export interface ColumnReader {
  /** Last number read, in units; NaN when it was none. */
  readonly units: number;
  /** Reads `bytes[start...end]`, without blanks around. @returns why the cell is refused */
  read(bytes: Uint8Array, start: number, end: number): Refusal | undefined;
  /** Keeps what was read last as value `at` of the block. @returns why the table as a whole is refused */
  keep(at: number): Refusal | undefined;
  /** The first values of the block, as a column of their own. */
  cut(rows: number): Column;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** @param maxClasses most different labels of the column `label` */
export function columnReader(spec: ColumnSpec, maxClasses: number): ColumnReader {
  if (spec.type === "string") return new LabelReader(spec, maxClasses);
  if (spec.type === "boolean") return new BooleanReader();
  return new NumberReader(spec);
}

/** What is wrong with a text that should be a number. */
function notNumber(text: string): Refusal {
  if (text === "") return { code: "VALUE_MISSING", kind: "empty", reason: "is not allowed" };
  if (/^[+-]?(nan|inf(inity)?)$/i.test(text))
    return { code: "VALUE_MISSING", kind: "not finite", reason: "is no value" };
  return { code: "VALUE_NOT_NUMBER", kind: "text", reason: "is not a decimal number" };
}

/** Why a number is refused that is outside the bounds of its column. */
export function outside(spec: ColumnSpec, units: number): Refusal {
  if (isAxis(spec.name) && isProjected(units)) return projected;
  const { min, max, unit } = spec;
  const limits =
    min === undefined && max === undefined
      ? "what the column holds"
      : `${min ?? "-"} to ${max ?? "-"}`;
  const reason = `is outside ${limits}${unit ? ` ${unit}` : ""}`;
  return { code: "VALUE_OUT_OF_RANGE", kind: "number", reason };
}

/** Inclusive bounds as the column stores its values. */
export function boundsOf(spec: ColumnSpec): { min: number; max: number } {
  if (spec.type === "fixed") return fixedBounds(spec);
  return { min: spec.min ?? -Number.MAX_VALUE, max: spec.max ?? Number.MAX_VALUE };
}

class NumberReader implements ColumnReader {
  readonly #spec: ColumnSpec;
  readonly #isFixed: boolean;
  readonly #scale: number;
  readonly #min: number;
  readonly #max: number;
  readonly #values: Int32Array | Float64Array;
  #value = NaN;

  constructor(spec: ColumnSpec) {
    this.#spec = spec;
    this.#isFixed = spec.type === "fixed";
    this.#scale = spec.scale ?? 0;
    this.#values = new (spec.type === "fixed" ? Int32Array : Float64Array)(BLOCK_ROWS);
    ({ min: this.#min, max: this.#max } = boundsOf(spec));
  }

  get units(): number {
    return this.#isFixed ? this.#value / 10 ** this.#scale : this.#value;
  }

  read(bytes: Uint8Array, start: number, end: number): Refusal | undefined {
    const isFixed = this.#isFixed;
    this.#value = isFixed ? parseFixedBytes(bytes, start, end, this.#scale) : NaN;
    if (Number.isNaN(this.#value)) {
      const text = decoder.decode(bytes.subarray(start, end)).trim();
      const value = isFixed
        ? parseFixed(text, this.#scale)
        : isDecimal(text)
          ? Number(text)
          : undefined;
      this.#value = value ?? NaN;
      if (value === undefined) return notNumber(text);
    }
    const inside = this.#value >= this.#min && this.#value <= this.#max;
    return inside ? undefined : outside(this.#spec, this.units);
  }

  keep(at: number): undefined {
    this.#values[at] = this.#value;
  }

  cut(rows: number): Column {
    return { type: this.#spec.type, values: this.#values.slice(0, rows) } as Column;
  }
}

const booleans = new Map([
  ...["true", "1", "yes"].map((text) => [text, 1] as const),
  ...["false", "0", "no"].map((text) => [text, 0] as const),
]);

class BooleanReader implements ColumnReader {
  readonly units = NaN;
  readonly #values = new Uint8Array(BLOCK_ROWS);
  #value = 0;

  read(bytes: Uint8Array, start: number, end: number): Refusal | undefined {
    const text = decoder.decode(bytes.subarray(start, end)).trim().toLowerCase();
    const value = booleans.get(text);
    this.#value = value ?? 0;
    if (value !== undefined) return undefined;
    if (text === "") return notNumber(text);
    return { code: "VALUE_NOT_BOOLEAN", kind: "text", reason: "is not true or false" };
  }

  keep(at: number): undefined {
    this.#values[at] = this.#value;
  }

  cut(rows: number): Column {
    return { type: "boolean", values: this.#values.slice(0, rows) };
  }
}
