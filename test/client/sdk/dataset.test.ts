/** Sealing and uploading, against FAKE workers: what they hold is opened here with their keys. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex, type Hex } from "../../../protocol/bytes.ts";
import { decodeDataset } from "../../../protocol/codec/dataset.ts";
import { encodeHeader, hashHeader } from "../../../protocol/envelope/header.ts";
import { openStream } from "../../../protocol/envelope/stream.ts";
import { expectKeyWrap, unwrapSecret } from "../../../protocol/envelope/wrap.ts";
import type { Table } from "../../../protocol/program.ts";
import { memorySpool } from "../../../client/sdk/spool.ts";
import type { Progress } from "../../../client/sdk/seal.ts";
import { publicKeysOf } from "../../../client/sdk/keys.ts";
import type { FakeWorker } from "../support/fake-worker.ts";
import { manifest, startFakeWorld, type FakeWorld } from "../support/fake-world.ts";

const spec = manifest.tables[0]!;

function points(xs: readonly number[], ys: readonly number[]): Table {
  return {
    rows: xs.length,
    columns: {
      x: { type: "fixed", values: Int32Array.from(xs) },
      y: { type: "fixed", values: Int32Array.from(ys) },
    },
  };
}
const many = (rows: number): Table =>
  points(
    Array.from({ length: rows }, (_, i) => (i * 7919) % 180_000_000),
    Array.from({ length: rows }, (_, i) => -((i * 104_729) % 180_000_000)),
  );

describe("dataset", () => {
  let world: FakeWorld;
  let terms: Hex;
  beforeAll(async () => {
    world = await startFakeWorld();
    terms = await world.activeContract();
  });
  afterAll(() => world.close());

  /** What a worker's enclave does with a dataset. */
  async function openAt(worker: FakeWorker, dataset: Hex): Promise<Table> {
    const { preamble, chunks } = worker.datasets.get(dataset)!;
    const wrap = preamble.wraps.find((entry) => entry.sealingKey === worker.keys.sealingKey)!;
    expectKeyWrap(world.deployment, dataset, wrap, publicKeysOf(world.parties[0]!.keys).consentKey);
    const context = hashHeader(encodeHeader(preamble.header));
    const dataKey = unwrapSecret(worker.sealing, fromHex(wrap.wrap), context, "data key");
    const plain = openStream(dataKey, preamble.header, each(chunks));
    return decodeDataset(spec, plain, { maxRows: 10_000_000 });
  }

  it("arrives at every worker exactly as it was", async () => {
    const value = fc.integer({ min: -180_000_000, max: 180_000_000 });
    const rows = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(rows, async (pairs) => {
        const table = points(
          pairs.map(([x]) => x),
          pairs.map(([, y]) => y),
        );
        const { client } = world.parties[0]!;
        const { dataset } = await client.dataset.contribute({
          terms,
          table: "points",
          rows: table,
        });
        for (const worker of world.workers) expect(await openAt(worker, dataset)).toEqual(table);
      }),
      { numRuns: 4 },
    );
  });

  it("takes CSV and streams of tables alike", async () => {
    const { client } = world.parties[0]!;
    const csv = await client.dataset.contribute({
      terms,
      table: "points",
      rows: "y,x\n-2.5,1\n4,3.000001\n",
    });
    const expected = points([1_000_000, 3_000_001], [-2_500_000, 4_000_000]);
    expect(await openAt(world.workers[1]!, csv.dataset)).toEqual(expected);
    const parts = each([points([1_000_000], [-2_500_000]), points([3_000_001], [4_000_000])]);
    const streamed = await client.dataset.contribute({ terms, table: "points", rows: parts });
    expect(streamed.dataset).not.toBe(csv.dataset);
    expect(await openAt(world.workers[1]!, streamed.dataset)).toEqual(expected);
  });

  it("goes on where a broken upload stopped", async () => {
    const [worker] = world.workers as [FakeWorker];
    worker.breakAfter = 2;
    worker.log.length = 0;
    const table = many(600_000);
    const progress: Progress[] = [];
    const { client } = world.parties[0]!;
    const { dataset, bytes, deliveries } = await client.dataset.contribute({
      terms,
      table: "points",
      rows: table,
      onProgress: (step) => progress.push(step),
    });
    expect(bytes).toBeGreaterThan(4 << 20);
    expect(deliveries.every((delivery) => delivery.complete)).toBe(true);
    expect(worker.log.filter((line) => line.startsWith("PUT"))).toHaveLength(2);
    expect(await openAt(worker, dataset)).toEqual(table);
    expect(progress.findLast((step) => step.stage === "sealing")).toMatchObject({
      rows: 600_000,
      bytes,
    });
    expect(progress.at(-1)).toMatchObject({ stage: "uploading", bytes });
  });

  it("is kept by the others when one worker is gone", async () => {
    const worker = world.workers[2]!;
    const { client } = world.parties[0]!;
    const refusing: typeof fetch = (input, init) =>
      (input as string).startsWith(worker.endpoint) && init?.method === "PUT"
        ? Promise.resolve(
            Response.json(
              { code: "QUOTA", message: "", facts: { limit: 1, what: "bytes" } },
              { status: 413 },
            ),
          )
        : fetch(input, init);
    const contribution = { terms, table: "points", rows: points([1, 3], [2, 4]) };
    const { deliveries } = await world
      .clientOf(0, { fetch: refusing })
      .dataset.contribute(contribution);
    expect(deliveries.map((delivery) => delivery.complete)).toEqual([true, true, false]);
    expect(deliveries[2]?.fault).toMatchObject({ code: "QUOTA", facts: { limit: 1 } });
    expect(await client.dataset.list(terms)).not.toEqual([]);
  });

  it("is taken back when too few workers would hold it", async () => {
    const refusing: typeof fetch = (input, init) =>
      init?.method === "PUT"
        ? Promise.resolve(
            Response.json(
              { code: "QUOTA", message: "", facts: { limit: 1, what: "bytes" } },
              { status: 413 },
            ),
          )
        : fetch(input, init);
    const client = world.clientOf(0, { fetch: refusing });
    await expect(
      client.dataset.contribute({ terms, table: "points", rows: points([1, 3], [2, 4]) }),
    ).rejects.toMatchObject({ code: "QUOTA" });
    expect((await client.dataset.list(terms)).at(-1)).toMatchObject({ withdrawn: true });
  });

  it("puts the hash on chain before a byte leaves, and nothing leaves for a bad row", async () => {
    const { client } = world.parties[0]!;
    const before = (await client.dataset.list(terms)).length;
    for (const worker of world.workers) worker.log.length = 0;
    const bad = [
      ["x,y\n1,2\n1,oops\n", "VALUE_NOT_NUMBER", 3],
      [points([1, 2], [3, 180_000_001]), "VALUE_OUT_OF_RANGE", 2],
    ] as const;
    for (const [rows, code, row] of bad)
      await expect(
        client.dataset.contribute({ terms, table: "points", rows }),
      ).rejects.toMatchObject({ code, facts: { row, column: "y", count: 1 } });
    expect(await client.dataset.list(terms)).toHaveLength(before);
    for (const worker of world.workers)
      expect(worker.log.filter((line) => line.includes("/datasets/"))).toEqual([]);

    let committedAtUpload = false;
    const watching: typeof fetch = async (input, init) => {
      const url = input as string;
      if (init?.method === "PUT" && url.includes("/datasets/")) {
        const list = await client.dataset.list(terms);
        committedAtUpload = list.some((entry) => url.includes(entry.dataset));
      }
      return fetch(input, init);
    };
    await world
      .clientOf(0, { fetch: watching, confirmations: 2 })
      .dataset.contribute({ terms, table: "points", rows: points([1, 3], [2, 4]) });
    expect(committedAtUpload).toBe(true);
  });

  it("uses and discards a spool it is given", async () => {
    const inner = memorySpool();
    const calls: string[] = [];
    const spool: typeof inner = {
      append: (chunk) => (calls.push("append"), inner.append(chunk)),
      blob: () => (calls.push("blob"), inner.blob()),
      discard: () => (calls.push("discard"), inner.discard()),
    };
    const rows = points([1, 3], [2, 4]);
    await world.parties[0]!.client.dataset.contribute({ terms, table: "points", rows, spool });
    expect(calls).toEqual(["append", "blob", "discard"]);
  });

  it("is not named by new tasks once withdrawn", async () => {
    const { client } = world.parties[1]!;
    const rows = points([5, 7], [6, 8]);
    const { dataset } = await client.dataset.contribute({ terms, table: "points", rows });
    await client.dataset.withdraw(terms, dataset);
    const list = await client.dataset.list(terms);
    expect(list.find((entry) => entry.dataset === dataset)).toMatchObject({
      member: 1,
      withdrawn: true,
    });
    const { inputs } = await client.task.propose({ terms, function: "count", params: {} });
    expect(inputs.length).toBeGreaterThan(0);
    expect(inputs.some((input) => input.dataset === dataset)).toBe(false);
  });

  it("is refused for unknown tables and by who is no member", async () => {
    const rows = points([1, 3], [2, 4]);
    await expect(
      world.parties[0]!.client.dataset.contribute({ terms, table: "nothing", rows }),
    ).rejects.toMatchObject({ code: "TABLE_UNKNOWN", facts: { known: ["points"] } });
    const stranger = world.clientOf(0, { keys: world.parties[1]!.keys });
    await expect(
      stranger.dataset.contribute({ terms, table: "points", rows }),
    ).rejects.toMatchObject({ code: "NOT_A_MEMBER" });
  });
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
