/** Words of strangers, made harmless to look at: names, labels and messages may hold anything. @module */

/** Most characters shown of a name that somebody chose. */
const MOST_NAME = 64;

/** Control characters, and those that turn the direction of writing or hide: a name could dress up as another. */
const deceptive =
  /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb]/gu;

/** Text for display; what cannot be seen, or turns the rest around, is shown as a box. */
export const visible = (text: string): string => text.replace(deceptive, "\u25a1");

/** A name for display. */
export function plainName(text: string): string {
  const seen = visible(text);
  return seen.length > MOST_NAME ? `${seen.slice(0, MOST_NAME)}…` : seen;
}

/** `0x1234abcd…` */
export const short = (hash: string): string => (hash.length > 14 ? `${hash.slice(0, 10)}…` : hash);

/** Narrow spaces between thousands, at which no line breaks: read the same in every country. */
export const count = (value: number | bigint): string =>
  value.toLocaleString("en-US").replaceAll(",", "\u202f");

/** A part of a whole, in percent; empty when there is no whole. */
export const percent = (part: number, whole: number): string =>
  whole > 0 ? `${((100 * part) / whole).toFixed(1)}\u00a0%` : "";
