/** Whatever bytes come, in whatever pieces: the same outcome, nothing but ProtocolError, never a value in it. */
import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../../../client/sdk/csv.ts";
import { CsvReader } from "../../../../client/sdk/reader/csv.ts";
import { countOf, type Report } from "../../../../client/sdk/reader/faults.ts";
import { ProtocolError } from "../../../../protocol/errors.ts";
import type { Column, Table, TableSpec } from "../../../../protocol/program.ts";
import { canary, training } from "../../support/tables.ts";

interface Outcome {
  readonly blocks: readonly Table[];
  readonly report?: Report;
  readonly error?: ProtocolError;
}

/** Reads bytes cut at these places. */
function read(bytes: Uint8Array, cuts: readonly number[], onFault: "refuse" | "skip"): Outcome {
  const reader = new CsvReader(training, { onFault });
  const blocks: Table[] = [];
  try {
    const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
    at.sort((a, b) => a - b);
    for (let i = 1; i < at.length; i++) {
      reader.push(bytes.subarray(at[i - 1], at[i]));
      blocks.push(...reader.take());
    }
    reader.end();
    return { blocks: [...blocks, ...reader.take()], report: reader.report() };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { blocks, error };
  }
}
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const shown = ({ report, error }: Outcome): string =>
  `${error?.message}${JSON.stringify(error?.facts)}${JSON.stringify(report)}`;

const cell = fc.oneof(
  fc.constantFrom("1", "-90.5", "200", "1e3", "NaN", "", " ", "7,5", '"', '""', `"${canary}"`),
  fc.constantFrom(canary, `${canary},`, `"${canary}\n"`, canary.repeat(7), `1${canary}`),
  fc.double({ noNaN: true }).map(String),
  fc.string({ maxLength: 8 }),
);
const line = fc.array(cell, { minLength: 1, maxLength: 5 }).map((cells) => cells.join(","));
const file = fc
  .tuple(
    fc.constantFrom("lat,lon,class", "y;x;label", canary),
    fc.array(line),
    fc.constantFrom("\n", "\r\n", "\r"),
  )
  .map(([header, lines, newline]) => utf8([header, ...lines].join(newline)));
const noise = fc.uint8Array({ maxLength: 200 });
const mixed = fc
  .tuple(file, noise, fc.nat())
  .map(([text, bytes, at]) =>
    Uint8Array.from([
      ...text.subarray(0, at % (text.length + 1)),
      ...bytes,
      ...text.subarray(at % (text.length + 1)),
    ]),
  );
const cuts = fc.array(fc.nat(), { maxLength: 12 });
const onFault = fc.constantFrom("refuse" as const, "skip" as const);

describe("CsvReader", () => {
  it("throws nothing but ProtocolError, says no value, and does not care where pieces end", () => {
    fc.assert(
      fc.property(fc.oneof(file, mixed, noise), cuts, onFault, (bytes, at, mode) => {
        const whole = read(bytes, [], mode);
        const pieces = read(bytes, at, mode);
        expect(pieces).toEqual(whole);
        expect(pieces.error?.facts).toEqual(whole.error?.facts);
        expect(shown(whole)).not.toContain(canary);
      }),
      { numRuns: 2000 },
    );
  });

  it("counts every row once", () => {
    fc.assert(
      fc.property(file, (bytes) => {
        const { report, blocks } = read(bytes, [], "skip");
        if (!report) return;
        expect(blocks.reduce((sum, block) => sum + block.rows, 0)).toBe(report.rows);
        expect(new Set(report.faults.map((fault) => fault.row)).size).toBe(report.skipped);
        expect(countOf(report)).toBe(report.faults.length);
      }),
    );
  });

  it("reads what papaparse writes, with any text in quotes", () => {
    const table: TableSpec = {
      name: "t",
      columns: [
        { name: "a", type: "string" },
        { name: "b", type: "string" },
      ],
    };
    const text = fc
      .string({
        minLength: 1,
        maxLength: 12,
        unit: fc.constantFrom("a", "b", '"', ",", ";", "\n", "\r", "\t", "ä", "😀", " "),
      })
      .map((value) => `.${value}.`);
    const rows = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(",", ";", "\t", "|"),
        fc.boolean(),
        (data, delimiter, quotes) => {
          const written = Papa.unparse({ fields: ["a", "b"], data }, { delimiter, quotes });
          const { columns } = readCsv(table, written);
          for (const [i, name] of (["a", "b"] as const).entries()) {
            const column = columns[name];
            const { values, dictionary } = column as Extract<Column, { type: "string" }>;
            const back = [...values].map((code) => dictionary[code]);
            expect(back).toEqual(data.map((row) => row[i]));
          }
        },
      ),
    );
  });

  it("keeps the first 1000 faults and counts the others", () => {
    const bytes = utf8(`lat,lon,class\n${"1,x,a\n".repeat(5000)}`);
    const { error } = read(bytes, [], "refuse");
    expect(error).toMatchObject({ code: "VALUE_NOT_NUMBER", facts: { row: 2, count: 5000 } });
    expect(error?.facts).toHaveProperty("faults.length", 1000);
  });
});
