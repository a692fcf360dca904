/**
 * Decimal text to fixed point, exactly: the digits are cut as text, no binary fraction comes in between: 1.005 * 100 is
 * 100.49999999999999 in doubles.
 * @module
 */

const pattern = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;
/** No int32 has more; longer ones are out of range whatever their digits, and are not computed. */
const MAX_DIGITS = 12;

/** Whether a text is a decimal number (`-1.5`, `.5`, `2e3`); not `NaN`, `Infinity`, `0x10` or `1,5`. */
export const isDecimal = (text: string): boolean => pattern.test(text);

/**
 * The integer nearest to `text * 10^scale`; halves go away from zero, as people round.
 * @param scale decimal places kept, 0 to 9
 * @returns undefined when the text is no decimal number, an infinity when it has more than 12 digits before the point
 */
export function parseFixed(text: string, scale: number): number | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return 0;
  // text * 10^scale = 0.digits * 10^point
  const point = digits.length - fraction.length + Number(exponent) + scale;
  if (point > MAX_DIGITS) return sign === "-" ? -Infinity : Infinity;
  const kept = point <= 0 ? "" : digits.slice(0, point).padEnd(point, "0");
  const next = point < 0 ? "0" : (digits[point] ?? "0");
  const value = Number(kept) + (next >= "5" ? 1 : 0);
  return sign === "-" && value !== 0 ? -value : value;
}

const powers = Array.from({ length: MAX_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
const [PLUS, MINUS, POINT, ZERO] = [43, 45, 46, 48];

/**
 * {@link parseFixed} of ASCII bytes, for the millions of cells that are plain: a sign, digits, a point, digits.
 * @param scale decimal places kept, 0 to 9
 * @returns NaN for what is not plain (or not a number at all): ask {@link parseFixed}
 */
export function parseFixedBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  scale: number,
): number {
  let at = start;
  const sign = bytes[at];
  if (sign === MINUS || sign === PLUS) at += 1;
  const first = at;
  let value = 0;
  let digit = 0;
  for (; at < end; at++) {
    digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = 10 * value + digit;
  }
  const whole = at - first;
  // With at most 12 digits every step below is exact.
  if (whole === 0 || whole + scale > MAX_DIGITS) return NaN;
  if (at === end) value *= powers[scale] as number;
  else {
    if (bytes[at] !== POINT) return NaN;
    const point = at + 1;
    const kept = Math.min(end, point + scale);
    for (at = point; at < kept; at++) {
      digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) return NaN;
      value = 10 * value + digit;
    }
    value *= powers[scale - (kept - point)] as number;
    for (; at < end; at++) {
      digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) return NaN;
      if (at === kept && digit >= 5) value += 1;
    }
  }
  return sign === MINUS && value !== 0 ? -value : value;
}
