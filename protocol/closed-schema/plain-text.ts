/** Text of a stranger that people are shown: nothing in it may move the cursor, turn the line around or hide. @module */

/** Controls, zero-width and bidirectional marks, line separators, byte order mark. Ranges, since \p{...} changes with the engine. */
const HIDDEN =
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;

/** @param maxLength UTF-16 units; at least one is demanded */
export function isPlainText(value: unknown, maxLength: number): value is string {
  return (
    typeof value === "string" &&
    value.length >= 1 &&
    value.length <= maxLength &&
    value.isWellFormed() &&
    !HIDDEN.test(value)
  );
}
