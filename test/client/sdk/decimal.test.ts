import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDecimal, parseFixed, parseFixedBytes } from "../../../client/sdk/decimal.ts";

/** What the text says, by exact integer arithmetic of another kind: scaled to 60 places, halves away from zero. */
function reference(sign: string, whole: string, fraction: string, scale: number): number {
  const places = 60;
  const exact = BigInt(whole + fraction.padEnd(places, "0"));
  const unit = 10n ** BigInt(places - scale);
  const rounded = (2n * exact + unit) / (2n * unit);
  return sign === "-" && rounded !== 0n ? -Number(rounded) : Number(rounded);
}
const digits = (constraints: { minLength: number; maxLength: number }) =>
  fc.string({ ...constraints, unit: fc.constantFrom(..."0123456789".split("")) });

describe("parseFixed", () => {
  it("takes every digit as it is written", () => {
    expect(parseFixed("51.507221", 6)).toBe(51507221);
    expect(parseFixed("-0.127600", 6)).toBe(-127600);
    expect(parseFixed("-180", 6)).toBe(-180_000_000);
    expect(parseFixed("+.5", 1)).toBe(5);
    expect(parseFixed("7.", 2)).toBe(700);
    expect(parseFixed("1.5e3", 0)).toBe(1500);
    expect(parseFixed("125e-2", 2)).toBe(125);
  });

  it("rounds halves away from zero where binary fractions do not", () => {
    // 1.005 * 100 is 100.49999999999999 in doubles.
    expect(Math.round(1.005 * 100)).toBe(100);
    expect(parseFixed("1.005", 2)).toBe(101);
    expect(parseFixed("1.0000005", 6)).toBe(1000001);
    expect(parseFixed("-1.0000005", 6)).toBe(-1000001);
    expect(parseFixed("1.00000049999999999999999999", 6)).toBe(1000000);
  });

  it("gives a zero without a sign", () => {
    for (const text of ["0", "-0", "-0.0000001", "0e9", "-.0"])
      expect(Object.is(parseFixed(text, 6), 0)).toBe(true);
  });

  it("agrees with exact integers for every decimal text", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("", "+", "-"),
        digits({ minLength: 1, maxLength: 6 }),
        digits({ minLength: 0, maxLength: 40 }),
        fc.integer({ min: 0, max: 6 }),
        (sign, whole, fraction, scale) => {
          const expected = reference(sign, whole, fraction, scale);
          expect(parseFixed(`${sign}${whole}.${fraction}`, scale)).toBe(expected);
        },
      ),
    );
  });

  it("moves the point with the exponent", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -999_999, max: 999_999 }),
        fc.integer({ min: 0, max: 5 }),
        (value, shift) => {
          expect(parseFixed(`${value}e-${shift}`, shift)).toBe(value);
          expect(parseFixed(`${value}e${shift}`, 0)).toBe(value * 10 ** shift);
        },
      ),
    );
  });

  it("computes nothing for monstrous exponents", () => {
    expect(parseFixed("1e999999", 6)).toBe(Infinity);
    expect(parseFixed("-1e999999", 6)).toBe(-Infinity);
    expect(parseFixed("1e-999999", 6)).toBe(0);
    expect(parseFixed("1e9999999", 6)).toBeUndefined();
  });

  it("refuses what is no decimal number", () => {
    for (const text of [
      "",
      " 1",
      "1,5",
      "NaN",
      "Infinity",
      "0x10",
      ".",
      "e5",
      "1e",
      "--1",
      "1_0",
    ]) {
      expect(parseFixed(text, 2)).toBeUndefined();
      expect(isDecimal(text)).toBe(false);
    }
  });
});

describe("parseFixedBytes", () => {
  const parse = (text: string, scale: number) => {
    const bytes = new TextEncoder().encode(`,${text},`);
    return parseFixedBytes(bytes, 1, bytes.length - 1, scale);
  };
  const scale = fc.integer({ min: 0, max: 9 });

  it("is parseFixed wherever it answers, and answers every plain coordinate", () => {
    const plain = fc.tuple(
      fc.constantFrom("", "+", "-"),
      digits({ minLength: 1, maxLength: 3 }),
      fc.constantFrom("", "."),
      digits({ minLength: 0, maxLength: 30 }),
    );
    fc.assert(
      fc.property(plain, scale, ([sign, whole, point, fraction], places) => {
        const text = `${sign}${whole}${point}${point && fraction}`;
        expect(parse(text, places)).toBe(parseFixed(text, places));
      }),
    );
  });

  it("leaves all else to parseFixed", () => {
    const near = fc.string({ unit: fc.constantFrom(..."0123456789+-.eE ,x".split("")) });
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), scale, (text, places) => {
        const value = parse(text, places);
        const expected = Number.isNaN(value) ? NaN : parseFixed(text, places);
        expect(value).toBe(expected);
      }),
      { numRuns: 1000 },
    );
    for (const text of ["", "-", ".", "+.5", "1e3", "1234567890123", "1.2.3", "NaN"])
      expect(parse(text, 6)).toBeNaN();
  });
});
