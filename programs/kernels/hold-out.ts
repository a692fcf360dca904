/** Which labelled rows are kept from training, to measure the classifier on. @module */
import type { Table } from "../../protocol/program.ts";
import { countRows } from "./positions.ts";

/** Without a column of its own every fifth row of a dataset is held out, the first one included. */
const EVERY = 5;

/**
 * One flag per pooled row: 1 where held out. A dataset with the boolean column `test` says itself which; of any other,
 * every fifth row counted within the dataset. Gate and program must agree, so the rule is in one place.
 */
export function heldOutRows(tables: readonly Table[]): Uint8Array {
  const flags = new Uint8Array(countRows(tables));
  let offset = 0;
  for (const table of tables) {
    const column = Object.hasOwn(table.columns, "test") ? table.columns["test"] : undefined;
    for (let row = 0; row < table.rows; row++) {
      const held = column?.type === "boolean" ? column.values[row] !== 0 : row % EVERY === 0;
      flags[offset + row] = held ? 1 : 0;
    }
    offset += table.rows;
  }
  return flags;
}
