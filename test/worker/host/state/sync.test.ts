/** A worker that lacks a state gets it from others, over real HTTP, whatever some of them answer. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { id } from "ethers";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Hex } from "../../../../protocol/bytes.ts";
import { ProtocolError } from "../../../../protocol/errors.ts";
import type { Collaboration } from "../../../../protocol/receipt.ts";
import type { StateRecord } from "../../../../protocol/state/record.ts";
import type { Ask } from "../../../../worker/host/enclave.ts";
import { answerErrors } from "../../../../worker/host/http/problem.ts";
import { states } from "../../../../worker/host/http/routes/states.ts";
import { createLog } from "../../../../worker/host/log.ts";
import { StateDesk } from "../../../../worker/host/state/desk.ts";
import { StateGiver } from "../../../../worker/host/state/give.ts";
import { ensureState } from "../../../../worker/host/state/sync.ts";
import { Store } from "../../../../worker/host/store/store.ts";
import fastify from "fastify";
import { MemoryState } from "../../enclave/state/support.ts";

const contract = id("terms") as Hex;
const log = createLog("silent");
const { signal } = new AbortController();
const rootOf = (version: number) => id(`root ${version}`) as Hex;
const records = new Map<Hex, StateRecord>();
/** FAKE enclave: knows the records, as the real one does from its key. */
const ask = (async (_: string, { root, record }: { root: Hex; record: StateRecord }) => {
  if (JSON.stringify(records.get(root)) !== JSON.stringify(record))
    throw new ProtocolError("HASH_MISMATCH", { what: "state", expected: root, actual: "another" });
  return { json: {}, attachment: new Uint8Array(0) };
}) as unknown as Ask;

let giver: Store;
let taker: Store;
let source: MemoryState;
let app: FastifyInstance;
let endpoint: string;
let requests: string[];
let fakes: Server[];

beforeEach(async () => {
  [giver, taker, source] = [new Store(":memory:"), new Store(":memory:"), new MemoryState()];
  requests = [];
  fakes = [];
  app = fastify();
  app.addHook("onRequest", async ({ url }) => void requests.push(url));
  answerErrors(app, 1000, log);
  await app.register(states, { states: new StateGiver(giver) });
  endpoint = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(async () => {
  await app.close();
  await Promise.all(fakes.map((fake) => new Promise((done) => fake.close(done))));
});

/** FAKE worker that gives every path this answer. */
async function lying(answer: (path: string) => string | Uint8Array): Promise<string> {
  const server = createServer(({ url }, response) => response.end(answer(url ?? "")));
  fakes.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function step(stores: readonly Store[], write: (i: number) => string, keys = 100) {
  const tree = await source.task(async (state) => {
    for (let i = 0; i < keys; i++) await state.set(`k${i}`, write(i));
  });
  const record = { version: source.tasks, contributors: 1, node: tree.root };
  records.set(rootOf(record.version), record);
  for (const { states: kept } of stores) {
    const root = rootOf(record.version);
    kept.putNodes(contract, root, tree.written);
    kept.putStep({ contract, root, record, dropped: tree.dropped }, true);
  }
}
const take = (version: number, endpoints = [endpoint]) =>
  ensureState(
    { store: taker, ask, log, signal },
    { contract, version, root: rootOf(version) },
    {} as Collaboration,
    endpoints,
  );
const heldBy = (store: Store, version: number) =>
  new Map([...store.states.changes(contract, version, 0, "")].map((one) => [one.id, one.bytes]));

describe("a worker that came late", () => {
  it("takes the whole state once, in pages, and then only what changed", async () => {
    const long = "v".repeat(60_000);
    await step([giver], (i) => `${i}${long}`, 110);
    await take(1);
    expect(heldBy(taker, 1)).toEqual(source.held);
    expect(requests.filter((url) => url.includes("/nodes?")).length).toBeGreaterThan(1);

    requests.length = 0;
    await step([giver], (i) => `second ${i}`, 3);
    await step([giver], (i) => `third ${i}`, 3);
    await take(3);
    expect(heldBy(taker, 3)).toEqual(source.held);
    expect(requests).toHaveLength(2);
    expect(requests[1]).toContain("since=1");
    // What was dropped meanwhile is known here too, and goes when version 3 is old.
    taker.states.prune(contract, 3);
    expect(heldBy(taker, 3)).toEqual(source.held);
    requests.length = 0;
    await take(3);
    expect(requests).toEqual([]);
  });

  it("needs none before the first version", async () => {
    expect(await take(0)).toBeUndefined();
    expect(requests).toEqual([]);
  });

  it("believes no record that its enclave does not, and asks the next worker", async () => {
    await step([giver], (i) => `${i}`);
    const record = { ...records.get(rootOf(1))!, contributors: 3 };
    const liars = [
      await lying(() => JSON.stringify({ terms: contract, record })),
      await lying(() => JSON.stringify({ terms: id("other"), record: records.get(rootOf(1)) })),
      await lying(() => "not JSON"),
      await lying((path) =>
        path.includes("/nodes")
          ? Uint8Array.of(1)
          : JSON.stringify({ terms: contract, record: records.get(rootOf(1)) }),
      ),
      "ftp://nobody",
      "http://127.0.0.1:1",
    ];
    await take(1, [...liars, endpoint]);
    expect(heldBy(taker, 1)).toEqual(source.held);
    taker = new Store(":memory:");
    await expect(take(1, liars)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(taker.states.record(contract, rootOf(1))).toBeUndefined();
  });

  it("gets a node that was left out, or does not open, from whoever has it", async () => {
    await step([giver], (i) => `${i}`);
    const ids = [...source.held.keys()].toSorted();
    taker.states.putStep(
      { contract, root: rootOf(1), record: records.get(rootOf(1))!, dropped: [] },
      true,
    );
    const wrong = Uint8Array.of(1, 2, 3);
    taker.states.putNodes(contract, rootOf(1), [{ id: ids[0]!, bytes: wrong }]);
    const liar = await lying(() => Uint8Array.of(4));
    const endpoints = ["http://127.0.0.1:1", liar, endpoint];
    const desk = new StateDesk(
      { store: taker, log, signal },
      { contract, root: rootOf(1), endpoints },
    );
    expect(await desk.node(ids[0]!, 0)).toEqual(wrong);
    expect(await desk.node(ids[0]!, 1)).toEqual(Uint8Array.of(4));
    expect(await desk.node(ids[0]!, 2)).toEqual(source.held.get(ids[0]!));
    expect(await desk.node(ids[0]!, 3)).toBeUndefined();
    expect(await desk.node(ids[1]!, 0)).toEqual(Uint8Array.of(4));
    expect(await desk.node(ids[1]!, 1)).toEqual(source.held.get(ids[1]!));
    expect(taker.states.node(contract, ids[0]!)).toEqual(source.held.get(ids[0]!));
  });
});

describe("a worker that is asked", () => {
  it("gives what the chain agreed on, and what it holds", async () => {
    await step([giver], (i) => `${i}`);
    await step([giver], (i) => `second ${i}`);
    giver.states.prune(contract, 2);
    for (const [path, status] of [
      [`/v1/states/${rootOf(2)}`, 200],
      [`/v1/states/${rootOf(1)}`, 404],
      [`/v1/states/${rootOf(3)}`, 404],
      [`/v1/states/${rootOf(2)}/nodes/${source.root}`, 200],
      [`/v1/states/${rootOf(2)}/nodes/${id("none")}`, 404],
    ] as const)
      expect([path, (await fetch(endpoint + path)).status]).toEqual([path, status]);
    giver.states.takeBack(contract, 1);
    expect((await fetch(`${endpoint}/v1/states/${rootOf(2)}`)).status).toBe(404);
  });
});
