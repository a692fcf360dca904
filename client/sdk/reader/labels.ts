/** Labels to codes of a dictionary. @module */
import { utf8 } from "../../../protocol/bytes.ts";
import { BLOCK_ROWS, MAX_DICTIONARY, MAX_LABEL } from "../../../protocol/codec/dataset.ts";
import type { Column, ColumnSpec } from "../../../protocol/program.ts";
import type { ColumnReader } from "./columns.ts";
import type { Refusal } from "./faults.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const SLOTS = 4096;

/** Most different texts of a string column: classes for `label`, otherwise what a dictionary holds. */
export const maxLabels = ({ name }: ColumnSpec, maxClasses: number): number =>
  name === "label" ? maxClasses : MAX_DICTIONARY;

export const tooMany = (limit: number): Refusal => ({
  code: "TOO_MANY_CLASSES",
  kind: "text",
  reason: `is one label more than the ${limit} allowed`,
});

/** Why a text is no label. */
export function refuseLabel(label: string): Refusal | undefined {
  if (label === "") return { code: "LABEL_INVALID", kind: "empty", reason: "is not allowed" };
  // A character has at most three bytes per UTF-16 unit.
  const fits = 3 * label.length <= MAX_LABEL || utf8(label).length <= MAX_LABEL;
  if (fits && label.isWellFormed()) return undefined;
  return { code: "LABEL_INVALID", kind: "text", reason: `is not 1 to ${MAX_LABEL} bytes of UTF-8` };
}

export class LabelReader implements ColumnReader {
  readonly units = NaN;
  readonly #limit: number;
  readonly #values = new Uint32Array(BLOCK_ROWS);
  readonly #codes = new Map<string, number>();
  /** Raw bytes by hash and the label they are: most cells are decoded no more than once. */
  readonly #seen: ({ readonly raw: Uint8Array; readonly label: string } | undefined)[] = Array.from(
    { length: SLOTS },
  );
  #label = "";

  constructor(spec: ColumnSpec, maxClasses: number) {
    this.#limit = maxLabels(spec, maxClasses);
  }

  read(bytes: Uint8Array, start: number, end: number): Refusal | undefined {
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
    const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
    const seen = this.#seen[slot];
    if (seen && sameBytes(seen.raw, bytes, start, end)) {
      this.#label = seen.label;
      return undefined;
    }
    const raw = bytes.slice(start, end);
    const label = decoder.decode(raw).trim();
    const refusal = refuseLabel(label);
    if (refusal) return refusal;
    this.#seen[slot] = { raw, label };
    this.#label = label;
    return undefined;
  }

  keep(at: number): Refusal | undefined {
    let code = this.#codes.get(this.#label);
    if (code === undefined) {
      code = this.#codes.size;
      if (code === this.#limit) return tooMany(this.#limit);
      this.#codes.set(this.#label, code);
    }
    this.#values[at] = code;
    return undefined;
  }

  cut(rows: number): Column {
    const dictionary = [...this.#codes.keys()];
    return { type: "string", values: this.#values.slice(0, rows), dictionary };
  }
}

function sameBytes(raw: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (raw.length !== end - start) return false;
  for (let i = 0; i < raw.length; i++) if (raw[i] !== bytes[start + i]) return false;
  return true;
}
