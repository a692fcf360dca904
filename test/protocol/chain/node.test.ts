/** Asking a node, and reading logs of a long time, from a real chain (anvil) behind a FAKE of a picky public node. */
import { id, type JsonRpcProvider } from "ethers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { programRegistryAbi } from "../../../protocol/abi.ts";
import { logReader } from "../../../protocol/chain/logs.ts";
import { chainIdAt, connectProvider } from "../../../protocol/chain/node.ts";
import { contractAt } from "../../../protocol/contracts.ts";
import { topicOf } from "../../../protocol/events.ts";
import { factoryOf } from "../../../scripts/deploy.ts";
import { startPickyNode, tooWide, type PickyNode } from "../../support/picky-node.ts";
import { startAnvil, type Anvil } from "../../worker/host/support/anvil.ts";

let anvil: Anvil;
let address: string;
/** Blocks with a log: the first of the chain, some between, the head. */
const blocks: number[] = [];
let node: PickyNode;
let provider: JsonRpcProvider;

beforeAll(async () => {
  anvil = await startAnvil();
  const deployed = await (await factoryOf("ProgramRegistry", anvil.signer)).deploy();
  address = await (await deployed.waitForDeployment()).getAddress();
  const registry = contractAt(address, programRegistryAbi, anvil.signer);
  for (const gap of [0, 150, 1, 600, 249]) {
    if (gap > 0) await anvil.rpc("anvil_mine", `0x${gap.toString(16)}`);
    const sent = await registry.publish(id(`after ${gap}`), id("manifest"), "");
    blocks.push((await sent.wait())!.blockNumber);
  }
});
afterAll(() => anvil.close());

beforeEach(async () => {
  node = await startPickyNode(() => anvil.url);
  provider = connectProvider(node.url, anvil.chainId);
});
afterEach(async () => {
  provider.destroy();
  await node.close();
});

const filter = () => ({ address, topics: [topicOf("ProgramPublished")] });

describe("logs", () => {
  it("come in one request from a node that takes it", async () => {
    const found = await logReader(provider)(filter(), 0);
    expect(found.map((log) => log.blockNumber)).toEqual(blocks);
    expect(node.asked).toEqual(["eth_getLogs"]);
  });

  it.each(tooWide)(
    "come in pieces, none lost or twice, from one that says $code $message",
    async (refusal) => {
      Object.assign(node, { maxRange: 100, refusal });
      const read = logReader(provider);
      const found = await read(filter(), 0);
      expect(found.map((log) => log.blockNumber)).toEqual(blocks);
      expect(Math.max(...node.spans)).toBeLessThanOrEqual(100);
      // What was learnt is kept: no refusal the second time.
      const asked = node.asked.length;
      expect(await read(filter(), blocks[1]!)).toHaveLength(4);
      const range = Math.max(...node.spans);
      const pieces = Math.ceil((blocks.at(-1)! - blocks[1]! + 1) / range);
      expect(node.asked.slice(asked)).toEqual([
        "eth_blockNumber",
        ...Array(pieces).fill("eth_getLogs"),
      ]);
    },
  );

  it("respect a range that was configured, and blocks where they begin and end", async () => {
    const read = logReader(provider, 300);
    const found = await read(filter(), blocks[1]!, blocks[3]);
    expect(found.map((log) => log.blockNumber)).toEqual(blocks.slice(1, 4));
    expect(node.spans.every((span) => span <= 300)).toBe(true);
    expect(await read(filter(), blocks.at(-1)! + 5)).toEqual([]);
  });

  it("are given up when the node refuses a single block, after as many halvings as there are", async () => {
    node.maxRange = 0;
    await expect(logReader(provider)(filter(), 0)).rejects.toMatchObject({
      error: { message: tooWide[0]!.message },
    });
    expect(node.asked.length).toBeLessThan(20);
  });
});

describe("a node", () => {
  it("that drops connections, counts requests or is down for a moment is asked again", async () => {
    node.dropNext = 2;
    expect(await provider.getBlockNumber()).toBe(blocks.at(-1));
    node.throttleNext = 3;
    expect(await provider.getBlockNumber()).toBe(blocks.at(-1));
    expect(node.asked).toHaveLength(3 + 4);
  });

  it("that stays silent is RPC_UNREACHABLE after four attempts, named by its origin alone", async () => {
    const silent = { code: "RPC_UNREACHABLE", facts: { url: node.url } };
    node.dropNext = 4;
    await expect(provider.getBlockNumber()).rejects.toMatchObject(silent);
    expect(node.asked).toHaveLength(4);
    node.throttleNext = 4;
    await expect(provider.getBlockNumber()).rejects.toMatchObject(silent);
    await expect(chainIdAt("http://127.0.0.1:9/key-in-path")).rejects.toMatchObject({
      code: "RPC_UNREACHABLE",
      facts: { url: "http://127.0.0.1:9" },
    });
  });

  it("gets a transaction once: whether it arrived is for the receipt to tell", async () => {
    node.dropNext = 1;
    await expect(provider.send("eth_sendRawTransaction", ["0x00"])).rejects.toMatchObject({
      code: "RPC_UNREACHABLE",
    });
    expect(node.asked).toHaveLength(1);
  });

  it("answers for its chain, in numbers only", async () => {
    expect(await chainIdAt(node.url)).toBe(anvil.chainId);
    node.chainId = "mainnet";
    await expect(chainIdAt(node.url)).rejects.toMatchObject({ code: "RPC_UNREACHABLE" });
  });
});
