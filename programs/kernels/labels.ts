/** Labels of several datasets under one numbering that no order of rows or dictionaries changes. @module */
import type { Table } from "../../protocol/program.ts";
import { countRows } from "./positions.ts";

export interface PooledLabels {
  /** Labels that some row carries, ascending by UTF-8 bytes, each once. */
  readonly labels: readonly string[];
  /** Index into `labels` of each pooled row. */
  readonly codes: Uint32Array;
}

/**
 * Pools the column `label`. A dictionary entry that no row uses is not a label: nobody was given it.
 * @throws TypeError when a table lacks the column or a code is outside its dictionary; decoding has excluded both
 */
export function pooledLabels(tables: readonly Table[]): PooledLabels {
  const rows: string[] = [];
  for (const table of tables) for (const label of labelsOf(table)) rows.push(label);
  const labels = [...new Set(rows)].toSorted(compareUtf8);
  const indexes = new Map(labels.map((label, index) => [label, index]));
  const codes = new Uint32Array(countRows(tables));
  for (const [row, label] of rows.entries()) codes[row] = indexes.get(label)!;
  return { labels, codes };
}

function* labelsOf(table: Table): Generator<string> {
  const column = Object.hasOwn(table.columns, "label") ? table.columns["label"] : undefined;
  if (column?.type !== "string") throw new TypeError("no string column label");
  for (const code of column.values) {
    const label = column.dictionary[code];
    if (label === undefined) throw new TypeError("label outside the dictionary");
    yield label;
  }
}

/**
 * Order of the UTF-8 bytes of two well-formed strings, which is the order of their code points. `<` compares UTF-16
 * units, and puts an emoji before U+FF01; a program has no TextEncoder.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    // Inside a surrogate pair this reads the second half, which is reached only when the whole pairs were equal.
    const difference = a.codePointAt(i)! - b.codePointAt(i)!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Length of a string in UTF-8 bytes. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
