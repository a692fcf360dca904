/** The slow path of `Records`: a record with quotes somewhere. @module */
import { BREAK, CR, LF, MAX_LINE, QUOTE, type Cells } from "./cells.ts";

const isBlank = (byte: number | undefined): boolean => byte === 32 || byte === 9;

/**
 * Cuts one record into cells, their quotes taken off; `cells.bytes` is then a buffer of its own.
 * @param from where the record starts
 * @param final whether no bytes follow those given
 * @returns where the next record starts; `more` when this one is not complete, `open` when moreover a quote is; otherwise what is
 * wrong with it
 */
export function cutQuoted(
  bytes: Uint8Array,
  from: number,
  kinds: Uint8Array,
  final: boolean,
  cells: Cells,
): number | string {
  const length = Math.min(bytes.length, from + MAX_LINE + 1);
  const all = final && length === bytes.length;
  const out = cells.useScratch(length - from);
  cells.count = 0;
  let written = 0;
  for (let at = from; ; at++) {
    const start = written;
    while (isBlank(bytes[at]) && kinds[bytes[at] as number] === 0) at += 1;
    if (bytes[at] === 34) {
      for (at += 1; ; at++) {
        if (at >= length) return all ? "is in quotes that do not end" : "open";
        if (bytes[at] === 34) {
          // One more byte says whether these are two quotes, which mean one, or the end of the cell.
          if (at + 1 >= length && !all) return "open";
          if (bytes[at + 1] !== 34) break;
          at += 1;
        }
        out[written++] = bytes[at] as number;
      }
      at += 1;
      while (isBlank(bytes[at]) && kinds[bytes[at] as number] === 0) at += 1;
      if (at < length && (kinds[bytes[at] as number] === 0 || bytes[at] === 34))
        return "has text after a closing quote";
    } else {
      for (; at < length && kinds[bytes[at] as number] === 0; at++)
        out[written++] = bytes[at] as number;
      if (at < length && kinds[bytes[at] as number] === QUOTE) return "has a quote inside a cell";
    }
    if (at >= length && !all) return "more";
    cells.add(start, written);
    if (at >= length) return at;
    if (kinds[bytes[at] as number] !== BREAK) continue;
    if (bytes[at] !== CR) return at + 1;
    if (at + 1 >= bytes.length && !final) return "more";
    return bytes[at + 1] === LF ? at + 2 : at + 1;
  }
}
