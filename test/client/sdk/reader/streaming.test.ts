/** Files of any length in the memory of a few blocks, in every form they come in. */
import { describe, expect, it } from "vitest";
import { checkTable, errorsCsv, readTable } from "../../../../client/sdk/index.ts";
import { blocksFrom } from "../../../../client/sdk/rows.ts";
import { BLOCK_ROWS } from "../../../../protocol/codec/dataset.ts";
import type { Table } from "../../../../protocol/program.ts";
import { training } from "../../support/tables.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const latitudeOf = (i: number): number => ((i * 7919) % 180_000_000) - 90_000_000;
const lineOf = (i: number): string => `${(latitudeOf(i) / 1e6).toFixed(6)},${i % 180},c${i % 9}\n`;

/** A file of so many rows, a thousand at a time, which says how many it has given out. */
function* generated(rows: number, onGiven: (given: number) => void): Generator<Uint8Array> {
  yield utf8("lat,lon,class\n");
  for (let from = 0; from < rows; from += 1000) {
    onGiven(from + 1000);
    yield utf8(Array.from({ length: 1000 }, (_, i) => lineOf(from + i)).join(""));
  }
}
async function* stream(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

describe("blocksFrom", () => {
  it("holds no more than a block and a chunk of a million rows", async () => {
    let [given, taken, most] = [0, 0, 0];
    const pieces = stream(generated(1_000_000, (rows) => (given = rows)));
    for await (const { rows, columns } of blocksFrom(training, pieces)) {
      most = Math.max(most, given - taken);
      const { values } = columns["latitude"]!;
      expect([values[0], values.at(-1)]).toEqual([latitudeOf(taken), latitudeOf(taken + rows - 1)]);
      expect(values.buffer.byteLength).toBeLessThanOrEqual(4 * BLOCK_ROWS);
      taken += rows;
    }
    expect(taken).toBe(1_000_000);
    // 64 KiB of these lines are fewer than 6000 rows.
    expect(most).toBeLessThanOrEqual(BLOCK_ROWS + 6000);
  });

  it("stops reading a source whose reader stops", async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        yield utf8("lat,lon,class\n");
        for (;;) yield utf8(lineOf(1).repeat(1000));
      } finally {
        closed = true;
      }
    }
    for await (const block of blocksFrom(training, endless())) {
      expect(block.rows).toBe(BLOCK_ROWS);
      break;
    }
    expect(closed).toBe(true);
  });

  const text = `lat,lon,class\n${Array.from({ length: 70_000 }, (_, i) => lineOf(i)).join("")}`;
  const bytes = utf8(text);
  const tables = async (): Promise<Table[]> => {
    const blocks: Table[] = [];
    for await (const block of blocksFrom(training, text)) blocks.push(block);
    return blocks;
  };
  it.each([
    ["bytes", () => bytes],
    ["a Blob", () => new Blob([bytes as Uint8Array<ArrayBuffer>])],
    ["a stream", () => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()],
    ["small pieces", () => stream([...bytes].map((_, i) => bytes.subarray(i, i + 1)))],
    ["blocks", tables],
    ["one table", async () => (await readTable(training, text)).table],
  ] as const)("reads the same from %s as from text", async (_, rows) => {
    const { table } = await readTable(training, await rows());
    expect(table).toEqual((await readTable(training, text)).table);
  });
});

describe("tables in memory", () => {
  const table = (latitude: number[], label: number[], dictionary: string[]): Table => ({
    rows: latitude.length,
    columns: {
      latitude: { type: "fixed", values: Int32Array.from(latitude, (v) => v * 1e6) },
      longitude: { type: "fixed", values: new Int32Array(latitude.length) },
      label: { type: "string", values: Uint32Array.from(label), dictionary },
    },
  });
  const bad = table([1, 95, 3, 4, 5], [0, 0, 1, 2, 0], ["a", "", "b"]);

  it("are judged like files, rows counted from 1 over all of them", async () => {
    const report = await checkTable(training, [bad, bad]);
    expect(report).toMatchObject({ rows: 6, skipped: 4 });
    expect(report.faults.map(({ row, column, code }) => [row, column, code])).toEqual([
      [2, "latitude", "VALUE_OUT_OF_RANGE"],
      [3, "label", "LABEL_INVALID"],
      [7, "latitude", "VALUE_OUT_OF_RANGE"],
      [8, "label", "LABEL_INVALID"],
    ]);
    await expect(readTable(training, bad)).rejects.toMatchObject({ code: "ROWS_INVALID" });
  });

  it("lose their bad rows when told to", async () => {
    const read = await readTable(training, bad, { onFault: "skip" });
    expect(read.table).toEqual(table([1, 4, 5], [0, 2, 0], ["a", "", "b"]));
  });

  it("keep their labels when each has a dictionary of its own", async () => {
    const read = await readTable(training, [
      table([1, 2], [0, 1], ["a", "b"]),
      table([3, 4], [0, 1], ["b", "c"]),
    ]);
    expect(read.table).toEqual(table([1, 2, 3, 4], [0, 1, 1, 2], ["a", "b", "c"]));
  });

  it.each([
    [table([150, 120, 0], [0, 0, 0], ["a"]), "AXES_SWAPPED"],
    [table([400, 1, 2], [0, 0, 0], ["a"]), "PROJECTED_UNITS"],
    [table([1], [0], ["a"]), "TABLE_TOO_SMALL"],
    [table([], [], []), "TABLE_EMPTY"],
    [table([1, 2], [0, 1], ["a"]), "TABLE_MALFORMED"],
    [{ rows: 1, columns: {} }, "COLUMN_MISSING"],
    [
      table(
        Array.from({ length: 101 }, () => 1),
        Array.from({ length: 101 }, (_, i) => i),
        Array.from({ length: 101 }, (_, i) => `c${i}`),
      ),
      "TOO_MANY_CLASSES",
    ],
  ])("are refused as files are (%#)", async (rows, code) => {
    await expect(readTable(training, rows)).rejects.toMatchObject({ code });
  });
});

describe("errorsCsv", () => {
  it("has a line for each fault and says how many it has not", async () => {
    const report = await checkTable(training, "lat,lon,class\n1,x,a\n1,2,b\n1,500,c\n");
    expect(errorsCsv(report)).toBe(
      "row,column,kind,reason\n2,longitude,text,is not a decimal number\n4,longitude,number,is over 360: not degrees\n",
    );
    const many = await checkTable(training, `lat,lon,class\n${"1,x,a\n".repeat(1500)}`);
    const lines = errorsCsv(many).split("\n");
    expect(lines).toHaveLength(1003);
    expect(lines.at(-2)).toBe(",,,and 500 more");
  });
});
