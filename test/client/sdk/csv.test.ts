import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../../client/sdk/csv.ts";
import type { ProtocolError } from "../../../protocol/errors.ts";
import type { TableSpec } from "../../../protocol/program.ts";

const spec: TableSpec = {
  name: "training",
  columns: [
    { name: "latitude", type: "fixed", scale: 6, unit: "degree", min: -90, max: 90 },
    { name: "longitude", type: "fixed", scale: 6, unit: "degree", min: -180, max: 180 },
    { name: "label", type: "string" },
    { name: "test", type: "boolean", optional: true },
  ],
};
const header = "latitude,longitude,label";

function refusal(text: string, table = spec): ProtocolError {
  try {
    readCsv(table, text);
  } catch (error) {
    return error as ProtocolError;
  }
  return expect.fail("not refused");
}

describe("readCsv", () => {
  it("reads values exactly and labels by dictionary", () => {
    const table = readCsv(
      spec,
      `${header}\n51.507221,-0.127600,0\n52.370216,4.895168,1\n-90,180,0\n`,
    );
    expect(table.rows).toBe(3);
    expect(table.columns["latitude"]).toEqual({
      type: "fixed",
      values: Int32Array.of(51507221, 52370216, -90_000_000),
    });
    expect(table.columns["label"]).toEqual({
      type: "string",
      values: Uint32Array.of(0, 1, 0),
      dictionary: ["0", "1"],
    });
    expect(table.columns["test"]).toBeUndefined();
  });

  it("finds columns by name in any order and case, leaving others out", () => {
    const text =
      '\ufeffid;Label; LONGITUDE ;TEST;Latitude\r\n7;"a;b"; 2.5 ;yes;1\r\n\r\n8;c;3;No;2';
    const table = readCsv(spec, text);
    expect(Object.keys(table.columns).toSorted()).toEqual([
      "label",
      "latitude",
      "longitude",
      "test",
    ]);
    expect(table.columns["label"]).toMatchObject({ dictionary: ["a;b", "c"] });
    expect(table.columns["longitude"]?.values).toEqual(Int32Array.of(2_500_000, 3_000_000));
    expect(table.columns["test"]?.values).toEqual(Uint8Array.of(1, 0));
  });

  it("gives back any micro-degrees that were written out", () => {
    const microDegrees = fc.tuple(
      fc.integer({ min: -90_000_000, max: 90_000_000 }),
      fc.integer({ min: -180_000_000, max: 180_000_000 }),
    );
    const written = (value: number) => {
      const text = String(Math.abs(value)).padStart(7, "0");
      return `${value < 0 ? "-" : ""}${text.slice(0, -6)}.${text.slice(-6)}`;
    };
    fc.assert(
      fc.property(fc.array(microDegrees, { minLength: 1, maxLength: 50 }), (points) => {
        const lines = points.map(([y, x]) => `${written(y)},${written(x)},a`);
        const table = readCsv(spec, [header, ...lines].join("\n"));
        expect([...(table.columns["latitude"]?.values ?? [])]).toEqual(points.map(([y]) => y));
        expect([...(table.columns["longitude"]?.values ?? [])]).toEqual(points.map(([, x]) => x));
      }),
    );
  });

  it("names row, column, kind and reason of a bad value", () => {
    const bad = refusal(`${header}\n1,2,a\nin the arctic bro,200,b\n3,4,\n`);
    expect(bad.code).toBe("ROWS_INVALID");
    const text = { row: 3, column: "latitude", kind: "text", reason: "is not a decimal number" };
    const number = { kind: "number", reason: "is outside -180 to 180 degree" };
    const empty = { kind: "empty", reason: "is not allowed" };
    expect(bad.facts).toEqual({
      ...text,
      count: 3,
      faults: [
        { ...text, code: "VALUE_NOT_NUMBER" },
        { row: 3, column: "longitude", code: "VALUE_OUT_OF_RANGE", ...number },
        { row: 4, column: "label", code: "LABEL_INVALID", ...empty },
      ],
    });
  });

  it("never repeats a value", () => {
    const secret = "4111-1111";
    for (const line of [`${secret},1,a`, `1,${secret},a`, `1,1,${secret.repeat(9)}`])
      expect(refusal(`${header}\n${line}`).message).not.toContain(secret);
  });

  it.each([
    ["91,0,a", "VALUE_OUT_OF_RANGE", "latitude", "number", "is outside -90 to 90 degree"],
    [
      "0,-180.0000005,a",
      "VALUE_OUT_OF_RANGE",
      "longitude",
      "number",
      "is outside -180 to 180 degree",
    ],
    ["NaN,0,a", "VALUE_MISSING", "latitude", "not finite", "is no value"],
    [",0,a", "VALUE_MISSING", "longitude", "empty", "is not allowed"],
    ["1,0", "LABEL_INVALID", "label", "empty", "is not allowed"],
    [`1,0,${"ä".repeat(33)}`, "LABEL_INVALID", "label", "text", "is not 1 to 64 bytes of UTF-8"],
    ["1,0,a,b", "CSV_SYNTAX", "", "row", "has more cells than the header"],
  ] as const)("refuses %s", (line, code, column, kind, reason) => {
    const bad = refusal(`${line.startsWith(",") ? "longitude,latitude,label" : header}\n${line}`);
    expect(bad.code).toBe(code);
    expect(bad.facts).toMatchObject({ row: 2, column, kind, reason, count: 1 });
  });

  it("keeps float64 columns as the nearest double", () => {
    const table: TableSpec = { name: "t", columns: [{ name: "v", type: "float64", max: 10 }] };
    expect(readCsv(table, "v\n0.1\n1e-3\n").columns["v"]?.values).toEqual(
      Float64Array.of(0.1, 0.001),
    );
    expect(refusal("v\n10.5", table).facts).toMatchObject({ reason: "is outside - to 10" });
    expect(refusal("v\n-1e999", table).code).toBe("VALUE_OUT_OF_RANGE");
  });
});
