import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BLOCK_ROWS,
  blocksOf,
  decodeDataset,
  encodeDataset,
} from "../../../protocol/codec/dataset.ts";
import { padme } from "../../../protocol/codec/padding.ts";
import type { Table, TableSpec } from "../../../protocol/program.ts";

const spec: TableSpec = {
  name: "t",
  columns: [
    { name: "latitude", type: "fixed", scale: 6, min: -90, max: 90 },
    { name: "label", type: "string" },
    { name: "test", type: "boolean", optional: true },
    { name: "score", type: "float64", optional: true },
  ],
};
const limits = { maxRows: 1_000_000 };

async function encode(
  table: Table,
  blocks: Iterable<Table> = blocksOf(table),
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of encodeDataset(spec, blocks)) parts.push(part);
  return Uint8Array.from(Buffer.concat(parts));
}
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const decode = (bytes: Uint8Array, size = 1000): Promise<Table> =>
  decodeDataset(spec, pieces(bytes, size), limits);

const label = fc
  .string({ minLength: 1, maxLength: 16, unit: "grapheme" })
  .filter((text) => Buffer.byteLength(text) <= 64);
const rowsOf = fc.array(
  fc.record({
    latitude: fc.integer({ min: -90e6, max: 90e6 }),
    label,
    test: fc.boolean(),
    score: fc.double({ noNaN: true, noDefaultInfinity: true }),
  }),
  { minLength: 1, maxLength: 60 },
);
type Row = { latitude: number; label: string; test: boolean; score: number };

function tableOf(rows: readonly Row[], optional: boolean): Table {
  const dictionary = [...new Set(rows.map((row) => row.label))];
  return {
    rows: rows.length,
    columns: {
      latitude: { type: "fixed", values: Int32Array.from(rows, (row) => row.latitude) },
      label: {
        type: "string",
        values: Uint32Array.from(rows, (row) => dictionary.indexOf(row.label)),
        dictionary,
      },
      ...(optional && {
        test: { type: "boolean", values: Uint8Array.from(rows, (row) => Number(row.test)) },
        score: { type: "float64", values: Float64Array.from(rows, (row) => row.score) },
      }),
    },
  };
}

describe("dataset codec", () => {
  it("gives back what went in, however the stream is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsOf,
        fc.boolean(),
        fc.integer({ min: 1, max: 64 }),
        async (rows, optional, size) => {
          const table = tableOf(rows, optional);
          expect(await decode(await encode(table), size)).toEqual(table);
        },
      ),
    );
  });

  it("gives the same bytes for one pass over blocks of unknown number", async () => {
    const rows = 2 * BLOCK_ROWS + 3;
    const table: Table = {
      rows,
      columns: {
        latitude: { type: "fixed", values: Int32Array.from({ length: rows }, (_, i) => i) },
        label: {
          type: "string",
          values: Uint32Array.from({ length: rows }, (_, i) => i % 3),
          dictionary: ["a", "b", "c"],
        },
      },
    };
    const bytes = await encode(table);
    expect(await decode(bytes, 100_000)).toEqual(table);
    // Each block may bring its own dictionary: codes are translated.
    const own = [...blocksOf(table)].map((block) => ({
      ...block,
      columns: {
        ...block.columns,
        label: {
          type: "string" as const,
          values: (block.columns["label"]!.values as Uint32Array).map((code) => 2 - code),
          dictionary: ["c", "b", "a"],
        },
      },
    }));
    const decoded = await decode(await encode(table, own), 100_000);
    const column = decoded.columns["label"] as unknown as {
      values: Uint32Array;
      dictionary: string[];
    };
    expect(column.dictionary[column.values[5]!]).toBe("c");
  });

  it("takes no byte changed anywhere without an error or another table", async () => {
    const bytes = await encode(tableOf([{ latitude: 5, label: "x", test: true, score: 1 }], true));
    const original = await decode(bytes);
    const codes: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 0x41;
      const outcome = await decode(changed).catch((error: { code: string }) => error.code);
      expect(outcome).not.toEqual(original);
      codes.push(typeof outcome === "string" ? outcome : "another table");
    }
    expect([...new Set(codes)].toSorted()).toEqual(["TABLE_MALFORMED", "another table"]);
  });

  it("survives junk", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (junk) => {
        await expect(decode(junk)).rejects.toHaveProperty("code");
      }),
    );
  });

  it.each([
    ["a value out of bounds", { latitude: { type: "fixed", values: Int32Array.of(90_000_001) } }],
    [
      "a code outside the dictionary",
      { label: { type: "string", values: Uint32Array.of(1), dictionary: ["a"] } },
    ],
    ["a boolean of 2", { test: { type: "boolean", values: Uint8Array.of(2) } }],
    ["NaN", { score: { type: "float64", values: Float64Array.of(Number.NaN) } }],
  ])("refuses %s", async (_, columns) => {
    const good = tableOf([{ latitude: 1, label: "a", test: false, score: 0 }], true);
    const table = { rows: 1, columns: { ...good.columns, ...columns } } as Table;
    const outcome = encode(table).then((bytes) => decode(bytes));
    await expect(outcome).rejects.toHaveProperty("code", "TABLE_MALFORMED");
  });

  it("refuses more rows than the limit before it has read them all", async () => {
    const bytes = await encode(
      tableOf(
        [1, 2, 3].map((latitude) => ({ latitude, label: "a", test: true, score: 0 })),
        false,
      ),
    );
    await expect(decodeDataset(spec, pieces(bytes, 8), { maxRows: 2 })).rejects.toHaveProperty(
      "code",
      "TABLE_MALFORMED",
    );
  });
});

describe("padme", () => {
  it("adds at most 12 % and hides all but a few lengths", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 46 }), (length) => {
        const padded = padme(length);
        expect(padded).toBeGreaterThanOrEqual(length);
        expect(padded).toBeLessThanOrEqual(length * 1.12 + 1);
        expect(padme(padded)).toBe(padded);
      }),
    );
    const distinct = new Set(Array.from({ length: 1_000_000 }, (_, i) => padme(i + 1)));
    expect(distinct.size).toBeLessThan(400);
  });
});
