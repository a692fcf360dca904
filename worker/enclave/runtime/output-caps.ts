/** How large an answer may be, counted before it is copied anywhere. @module */
import type { GuestCall } from "./outcome.ts";

export interface OutputCaps {
  /** Characters of JSON. */
  readonly text: number;
  /** Elements of all Uint32Arrays. */
  readonly elements: number;
}

/** No release rule takes more than one code for each row of a table and two for each of another. */
const CODES_PER_ROW = 3;
/** JSON of one character: six letters at most, as in `\u0000`. */
const BYTES_PER_CHARACTER = 6;
/** Names and brackets of a frame. */
const FRAME_ROOM = 65_536;

/** @param outputBytes limit of what may leave the gate */
export function outputCaps({ facts }: GuestCall, outputBytes: number): OutputCaps {
  const tables = [
    ...Object.values(facts.tables).flat(),
    ...(facts.privateTable ? [facts.privateTable] : []),
  ];
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return { text: outputBytes, elements: CODES_PER_ROW * rows };
}

/** Bytes that a frame of the guest's process may have. */
export const frameLimits = ({
  text,
  elements,
}: OutputCaps): { json: number; attachment: number } => ({
  json: BYTES_PER_CHARACTER * text + FRAME_ROOM,
  attachment: 4 * elements,
});
