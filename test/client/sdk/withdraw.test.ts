/** What a client believes about erasures: FAKE workers sign, lie, keep silent; the chain and the client are real. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Hex } from "../../../protocol/bytes.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import { digestOf } from "../../../protocol/typed-data.ts";
import type { FakeWorker } from "../support/fake-worker.ts";
import { startFakeWorld, type FakeWorld } from "../support/fake-world.ts";

let world: FakeWorld;
let terms: Hex;
let dataset: Hex;
beforeAll(async () => {
  world = await startFakeWorld();
  terms = await world.activeContract();
});
afterAll(() => world.close());

let seed = 0;
beforeEach(async () => {
  seed += 1;
  const rows = `x,y\n${seed},1\n${seed},2\n`;
  ({ dataset } = await client().dataset.contribute({ terms, table: "points", rows }));
});
const client = () => world.parties[0]!.client;
/** What a worker signs about a dataset, with whatever is changed. */
const signedBy = (
  worker: FakeWorker,
  changed: { member?: number; terms?: Hex; dataset?: Hex; sealingKey?: Hex } = {},
  chainId = world.deployment.chainId,
): Hex => {
  const statement = { terms, member: 0, dataset, sealingKey: worker.keys.sealingKey, ...changed };
  return worker.sign(digestOf({ ...world.deployment, chainId }, "Erasure", statement));
};
const erased = (signature: Hex) => ({ dataset, state: "erased", pins: [], signature });
const all = () => client().dataset.erasures({ terms, member: 0, dataset });

describe("withdrawing", () => {
  it("tells each worker's word, and believes nothing but signatures", async () => {
    const [honest, waiting, behind] = world.workers as [FakeWorker, FakeWorker, FakeWorker];
    const pin = { task: `0x${"7a".repeat(32)}`, state: "sealed", until: 1_900_000_000 };
    honest.erasures.set(dataset, erased(signedBy(honest)));
    waiting.erasures.set(dataset, { dataset, state: "pending", pins: [pin] });
    behind.erasures.set(dataset, { dataset, state: "kept", pins: [] });
    const found = await client().dataset.withdraw(terms, dataset);
    expect(found).toEqual([
      {
        worker: hashWorker(honest.keys),
        endpoint: honest.endpoint,
        state: "erased",
        pins: [],
        signature: signedBy(honest),
      },
      { ...place(waiting), state: "pending", pins: [pin] },
      { ...place(behind), state: "kept", pins: [] },
    ]);
    const listed = await client().dataset.list(terms);
    expect(listed.find((entry) => entry.dataset === dataset)).toMatchObject({ withdrawn: true });
  });

  it("done again only asks the workers; it waits until all have signed, or its time is over", async () => {
    await client().dataset.withdraw(terms, dataset);
    for (const worker of world.workers)
      worker.erasures.set(dataset, { dataset, state: "pending", pins: [] });
    const early = await client().dataset.withdraw(terms, dataset, { waitSeconds: 1 });
    expect(early.map(({ state }) => state)).toEqual(["pending", "pending", "pending"]);
    const sent: string[] = [];
    const waiting = world
      .clientOf(0, { onTransaction: ({ method }) => sent.push(method) })
      .dataset.withdraw(terms, dataset, { waitSeconds: 60 });
    for (const worker of world.workers) worker.erasures.set(dataset, erased(signedBy(worker)));
    expect((await waiting).map(({ state }) => state)).toEqual(["erased", "erased", "erased"]);
    expect(sent).toEqual([]);
  });

  it("is for the member alone who contributed it", async () => {
    const { client: other } = world.parties[1]!;
    await expect(other.dataset.withdraw(terms, dataset)).rejects.toMatchObject({
      code: "TRANSACTION_FAILED",
    });
  });
});

const place = (worker: FakeWorker) => ({
  worker: hashWorker(worker.keys),
  endpoint: worker.endpoint,
});

describe("a forged erasure", () => {
  const [other, zeros]: Hex[] = [`0x${"11".repeat(32)}`, `0x${"00".repeat(65)}`];
  it.each<[string, (worker: FakeWorker) => Hex | undefined]>([
    ["signed by another worker", () => signedBy(world.workers[1]!)],
    ["of another dataset", (worker) => signedBy(worker, { dataset: other! })],
    ["of another contract", (worker) => signedBy(worker, { terms: other! })],
    ["of another member", (worker) => signedBy(worker, { member: 1 })],
    [
      "of another sealing key",
      (worker) => signedBy(worker, { sealingKey: world.workers[1]!.keys.sealingKey }),
    ],
    ["of another chain", (worker) => signedBy(worker, {}, 1)],
    ["of no key", () => zeros],
    ["without a signature", () => undefined],
  ])("%s counts for nothing", async (_, sign) => {
    const [liar, ...others] = world.workers as [FakeWorker, ...FakeWorker[]];
    const signature = sign(liar);
    liar.erasures.set(dataset, {
      dataset,
      state: "erased",
      pins: [],
      ...(signature && { signature }),
    });
    for (const worker of others) worker.erasures.set(dataset, erased(signedBy(worker)));
    const [first, ...rest] = await all();
    expect(first).toMatchObject({
      ...place(liar),
      state: "unknown",
      fault: { code: "SIGNATURE_INVALID" },
    });
    expect(first?.signature).toBeUndefined();
    expect(rest.map(({ state }) => state)).toEqual(["erased", "erased"]);
  });
});

describe("a worker", () => {
  it("that is silent, refuses or talks nonsense keeps nobody from hearing the others", async () => {
    const [good, refusing, strange] = world.workers as [FakeWorker, FakeWorker, FakeWorker];
    good.erasures.set(dataset, erased(signedBy(good)));
    strange.erasures.set(dataset, { state: "erased" });
    const cut: typeof fetch = (input, init) =>
      (input as string).startsWith(refusing.endpoint)
        ? Promise.reject(new TypeError("fetch failed"))
        : fetch(input, init);
    const cutOff = world.clientOf(0, { fetch: cut });
    const found = await cutOff.dataset.erasures({ terms, member: 0, dataset });
    expect(found.map(({ state, fault }) => [state, fault?.code])).toEqual([
      ["erased", undefined],
      ["unknown", "WORKER_UNREACHABLE"],
      ["unknown", "SHAPE_INVALID"],
    ]);
  });

  it("is asked when it was ever to hold the dataset, and not when it came later", async () => {
    const [stays, leaves, comes] = world.workers as [FakeWorker, FakeWorker, FakeWorker];
    const own = await world.activeContract({ workers: [stays.keys, leaves.keys], threshold: 2 });
    const sent = [];
    for (const rows of ["x,y\n1,1\n1,2\n", "x,y\n2,1\n2,2\n"])
      sent.push(await client().dataset.contribute({ terms: own, table: "points", rows }));
    const [early, late] = sent.map((one) => one.dataset) as [Hex, Hex];
    await client().dataset.withdraw(own, early);
    const next = { workers: [stays.keys, comes.keys], threshold: 2 };
    const votes = await Promise.all(
      world.parties.map((party) => party.client.contract.voteCommittee(own, next)),
    );
    await client().contract.changeCommittee(votes);
    const after = await client().dataset.contribute({
      terms: own,
      table: "points",
      rows: "x,y\n3,1\n3,2\n",
    });
    const askedFor = async (name: Hex) =>
      (await client().dataset.withdraw(own, name)).map(({ endpoint }) => endpoint);
    expect(await askedFor(early)).toEqual([stays.endpoint, leaves.endpoint]);
    expect(await askedFor(late)).toEqual([stays.endpoint, leaves.endpoint, comes.endpoint]);
    expect(await askedFor(after.dataset)).toEqual([stays.endpoint, comes.endpoint]);
  });
});
