/** The follower on a chain that reorganises itself (anvil), over a journal on disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { id } from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address } from "../../../../protocol/bytes.ts";
import { programRegistryAbi } from "../../../../protocol/abi.ts";
import { contractAt, type TypedContract } from "../../../../protocol/contracts.ts";
import { select, type ChainEvent } from "../../../../protocol/events.ts";
import { factoryOf } from "../../../../scripts/deploy.ts";
import { Follower, type FollowerPorts } from "../../../../worker/host/chain/follow.ts";
import { connectProvider } from "../../../../protocol/chain/node.ts";
import { expectChain } from "../../../../worker/host/chain/provider.ts";
import { chainReader, type ChainReader } from "../../../../worker/host/chain/reader.ts";
import { createLog } from "../../../../worker/host/log.ts";
import { Store } from "../../../../worker/host/store/store.ts";
import { startAnvil, type Anvil } from "../support/anvil.ts";
import { cableTo } from "../support/proxy.ts";

let anvil: Anvil;
let registry: TypedContract<typeof programRegistryAbi>;
let reader: ChainReader;
let folder: string;
let store: Store;
let rollbacks: number;
let looks: number;

// A chain for each test: anvil does not find its way back to a snapshot after a reorg.
beforeEach(async () => {
  anvil = await startAnvil();
  const factory = await factoryOf("ProgramRegistry", anvil.signer);
  const deployed = await (await factory.deploy()).waitForDeployment();
  registry = contractAt(await deployed.getAddress(), programRegistryAbi, anvil.signer);
  const address = (await registry.getAddress()).toLowerCase() as Address;
  reader = chainReader(anvil.provider, anvil.url, [address]);
  folder = mkdtempSync(join(tmpdir(), "cloister-follow-"));
  store = new Store(join(folder, "journal.sqlite"));
  [rollbacks, looks] = [0, 0];
});
afterEach(async () => {
  store.close();
  rmSync(folder, { recursive: true });
  await anvil.close();
});

function follower(
  options: { confirmations?: number; fromBlock?: number; logRange?: number } = {},
  ports: Partial<FollowerPorts> = {},
): Follower {
  return new Follower(
    { confirmations: 1, fromBlock: 0, logRange: 2000, pollInterval: 30, ...options },
    {
      chain: reader,
      events: store.events,
      log: createLog("silent"),
      transaction: (act) => store.transaction(act),
      onEvents: () => undefined,
      onRollback: () => (rollbacks += 1),
      onLook: () => (looks += 1),
      ...ports,
    },
  );
}
const mine = (blocks: number) => anvil.rpc("anvil_mine", `0x${blocks.toString(16)}`);
/** Publishes a program; its event is alone in its block. */
async function publish(name: string): Promise<number> {
  const sent = await registry.publish(id(name), id("manifest"), name);
  return (await sent.wait())!.blockNumber;
}
const published = () =>
  select(store.events.named("ProgramPublished"), "ProgramPublished").map(({ args }) => args.uri);
const head = async () => (await reader.block("latest"))!;

describe("the follower", () => {
  it("reads every event of the deployment in order, and nothing twice", async () => {
    await publish("a");
    await publish("b");
    const follow = follower();
    await follow.look();
    await follow.look();
    expect(published()).toEqual(["a", "b"]);
    expect(follow.status()).toMatchObject({ synced: true, block: (await head()).number });
    expect(store.events.cursor()).toEqual({
      number: (await head()).number,
      hash: (await head()).hash,
    });
  });

  it("goes on where another life stopped", async () => {
    await publish("a");
    await follower().look();
    await publish("b");
    const seen: ChainEvent[] = [];
    await follower({}, { onEvents: (events) => seen.push(...events) }).look();
    expect(select(seen, "ProgramPublished").map(({ args }) => args.uri)).toEqual(["b"]);
    expect(published()).toEqual(["a", "b"]);
  });

  it("counts a block when it has its confirmations, the head being its own first", async () => {
    const block = await publish("a");
    const follow = follower({ confirmations: 3 });
    await follow.look();
    expect(follow.status().block).toBe(block - 2);
    await mine(1);
    await follow.look();
    expect(published()).toEqual([]);
    await mine(1);
    await follow.look();
    expect(published()).toEqual(["a"]);
    expect(follow.status().block).toBe(block);
  });

  it("reads a long chain in ranges", async () => {
    await publish("a");
    await mine(20);
    await publish("b");
    const ranges: number[] = [];
    const chain: ChainReader = {
      block: (at) => reader.block(at),
      events: (from, to) => {
        ranges.push(to - from + 1);
        return reader.events(from, to);
      },
    };
    await follower({ logRange: 9 }, { chain }).look();
    expect(published()).toEqual(["a", "b"]);
    const { number } = await head();
    expect(ranges).toEqual([9, 9, number + 1 - 18]);
  });

  it("reads nothing below its first block", async () => {
    const block = await publish("a");
    await publish("b");
    await follower({ fromBlock: block + 1 }).look();
    expect(published()).toEqual(["b"]);
  });

  it("keeps nothing of a block when what rests on it cannot be written", async () => {
    await publish("a");
    const failing = follower(
      {},
      {
        onEvents: () => {
          throw new TypeError("disk full");
        },
      },
    );
    await expect(failing.look()).rejects.toThrow("disk full");
    expect(published()).toEqual([]);
    expect(store.events.cursor()).toBeUndefined();
    await follower().look();
    expect(published()).toEqual(["a"]);
  });
});

describe("a reorg", () => {
  it("takes back the events of the blocks it removed, and nothing else", async () => {
    await publish("stays");
    const follow = follower();
    await follow.look();
    await publish("vanishes");
    await mine(1);
    await follow.look();
    expect(published()).toEqual(["stays", "vanishes"]);
    await anvil.rpc("anvil_reorg", 2, []);
    await follow.look();
    expect(published()).toEqual(["stays"]);
    expect(rollbacks).toBe(1);
    expect(store.events.cursor()?.hash).toBe((await head()).hash);
    await publish("later");
    await follow.look();
    expect(published()).toEqual(["stays", "later"]);
    expect(rollbacks).toBe(1);
  });

  it("below the confirmations is never noticed", async () => {
    const follow = follower({ confirmations: 4 });
    await publish("a");
    await mine(1);
    await follow.look();
    await anvil.rpc("anvil_reorg", 2, []);
    await mine(5);
    await follow.look();
    expect(published()).toEqual([]);
    expect(rollbacks).toBe(0);
  });

  it("while the worker was down is found by the next life", async () => {
    await follower().look();
    await publish("vanishes");
    await follower().look();
    await anvil.rpc("anvil_reorg", 1, []);
    await mine(3);
    await follower().look();
    expect(published()).toEqual([]);
    expect(rollbacks).toBe(1);
  });

  it("of everything starts from the first block", async () => {
    store.events.append([], { number: 1, hash: id("another chain") as never });
    await publish("a");
    await follower().look();
    expect(rollbacks).toBe(1);
    expect(published()).toEqual(["a"]);
  });

  it("is not what a node that lags behind another one shows", async () => {
    await mine(5);
    await publish("a");
    const follow = follower();
    await follow.look();
    const cursor = store.events.cursor();
    const behind = (await head()).number - 3;
    const lagging: ChainReader = {
      block: async (at) =>
        reader.block(at === "latest" ? behind : at > behind ? Number.MAX_SAFE_INTEGER : at),
      events: (from, to) => reader.events(from, to),
    };
    await follower({}, { chain: lagging }).look();
    expect(rollbacks).toBe(0);
    expect(store.events.cursor()).toEqual(cursor);
  });
});

describe("a running follower", () => {
  it("looks on its own, says when the node is silent, and goes on when it is back", async () => {
    const cable = await cableTo(anvil.url);
    const provider = connectProvider(cable.url, anvil.chainId);
    const address = (await registry.getAddress()).toLowerCase() as Address;
    const follow = follower({}, { chain: chainReader(provider, cable.url, [address]) }).start();
    await expect.poll(() => follow.status().synced).toBe(true);
    expect(follow.status().reachable).toBe(true);
    await publish("a");
    await expect.poll(published).toEqual(["a"]);

    await cable.pull();
    await expect.poll(() => follow.status().reachable, { timeout: 5000 }).toBe(false);
    expect(follow.status().synced).toBe(true);
    const before = looks;
    await expect.poll(() => looks, { timeout: 5000 }).toBeGreaterThan(before);
    await cable.plug();
    await publish("b");
    await expect.poll(published, { timeout: 5000 }).toEqual(["a", "b"]);
    expect(follow.status()).toMatchObject({ reachable: true, synced: true });
    await follow.close();
    provider.destroy();
    await cable.close();
  });
});

it("a node of another chain is refused", async () => {
  await expect(expectChain(anvil.url, 1)).rejects.toMatchObject({
    code: "WRONG_CHAIN",
    facts: { expected: "1", actual: "31337" },
  });
  await expect(expectChain("http://127.0.0.1:9/key-in-path", 1)).rejects.toMatchObject({
    code: "RPC_UNREACHABLE",
    facts: { url: "http://127.0.0.1:9" },
  });
});
