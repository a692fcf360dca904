import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareUtf8, pooledLabels, utf8Length } from "../../../programs/kernels/labels.ts";
import type { Table } from "../../../protocol/program.ts";

const text = fc.string({ unit: "binary" });

function labelled(dictionary: readonly string[], codes: readonly number[]): Table {
  return {
    rows: codes.length,
    columns: { label: { type: "string", values: Uint32Array.from(codes), dictionary } },
  };
}

describe("compareUtf8", () => {
  it("orders as the bytes do", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareUtf8(a, b))).toBe(expected);
      }),
    );
  });

  it("puts U+FF01 before an emoji, unlike <", () => {
    expect(["\u{1f600}", "\uff01"].toSorted(compareUtf8)).toEqual(["\uff01", "\u{1f600}"]);
  });
});

describe("utf8Length", () => {
  it("counts bytes", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(utf8Length(value)).toBe(Buffer.byteLength(value));
      }),
    );
  });
});

describe("pooledLabels", () => {
  it("numbers labels alike whatever the dictionaries", () => {
    const pooled = pooledLabels([labelled(["b", "a"], [0, 1]), labelled(["c", "b"], [1, 0])]);
    expect(pooled.labels).toEqual(["a", "b", "c"]);
    expect([...pooled.codes]).toEqual([1, 0, 1, 2]);
  });

  it("knows only labels that a row carries, and one label for equal entries", () => {
    const pooled = pooledLabels([labelled(["a", "never used", "a"], [0, 2])]);
    expect(pooled.labels).toEqual(["a"]);
    expect([...pooled.codes]).toEqual([0, 0]);
  });

  it("takes names of object members for labels like any other", () => {
    expect(pooledLabels([labelled(["__proto__", "constructor"], [0, 1])]).labels).toEqual([
      "__proto__",
      "constructor",
    ]);
  });

  it("refuses a table without the column, and a code outside its dictionary", () => {
    expect(() => pooledLabels([{ rows: 1, columns: {} }])).toThrow(TypeError);
    expect(() => pooledLabels([labelled(["a"], [1])])).toThrow(TypeError);
  });
});
