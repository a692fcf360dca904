import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, parseCanonicalJson } from "../../protocol/json.ts";

describe("canonicalJson", () => {
  it("prints the example of RFC 8785, 3.2.3", () => {
    const value = {
      numbers: JSON.parse(
        "[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]",
      ) as number[],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("sorts keys by UTF-16 code units (RFC 8785, appendix)", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
    const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(Object.keys(JSON.parse(text) as object).filter((key) => key !== "1")).toEqual([
      "\r",
      "\u0080",
      "\u00f6",
      "\u20ac",
      "\u{1f600}",
      "\ufb33",
    ]);
  });

  it("is a fixed point, and the same for every order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(parseCanonicalJson(text))).toBe(text);
        if (typeof value !== "object" || value === null || Array.isArray(value)) return;
        const reversed = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(reversed)).toBe(text);
      }),
    );
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], ["\ud800"], [1n], [new Date(0)], [undefined]])(
    "refuses %s",
    (value) => {
      expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: "JSON_INVALID" }));
    },
  );
});

describe("parseCanonicalJson", () => {
  it.each(['{"a":1,"a":2}', '{"b":1,"a":2}', '{ "a":1}', "1.0", "-0", '"\\u0041"', "", "{"])(
    "refuses %s",
    (text) => {
      expect(() => parseCanonicalJson(text)).toThrow(
        expect.objectContaining({ code: "JSON_INVALID" }),
      );
    },
  );
});
