/** Headers and receipts of real nodes: every kind of transaction, several in a block, rebuilt to the hash the node names. */
import { Contract, HDNodeWallet, JsonRpcProvider, Mnemonic, Wallet, id } from "ethers";
import { network } from "hardhat";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeHeader, fetchHeader } from "../../../../client/sdk/proof/header.ts";
import { blockReceipts } from "../../../../client/sdk/proof/receipts.ts";
import { contextOf, type Context } from "../../../../client/sdk/context.ts";
import { connectProvider } from "../../../../protocol/chain/node.ts";
import type { Address, Hex } from "../../../../protocol/bytes.ts";
import { verifyImmutables } from "../../../../protocol/proof/code.ts";
import { parseHeader } from "../../../../protocol/proof/header.ts";
import { provenLogs } from "../../../../protocol/proof/logs.ts";
import { testTokenAbi } from "../../../../protocol/abi.ts";
import { factoryOf } from "../../../../scripts/deploy.ts";
import { startAnvil } from "../../../worker/host/support/anvil.ts";

const PHRASE = "test test test test test test test test test test test junk";
const wallet = (index: number, provider: JsonRpcProvider) =>
  new Wallet(
    HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(PHRASE), `m/44'/60'/0'/0/${index}`).privateKey,
    provider,
  );
/** More than 16 and more than 128 would matter to the keys of a trie; the block's gas allows for these. */
const TRANSFERS = 140;

interface Node {
  readonly provider: JsonRpcProvider;
  close(): Promise<void>;
}

async function edr(): Promise<Node> {
  const server = await network.createServer({ network: "local" }, "127.0.0.1", 0);
  const { port } = await server.listen();
  const provider = connectProvider(`http://127.0.0.1:${port}`, 31_337);
  await provider.send("evm_setIntervalMining", [0]);
  const close = async () => {
    provider.destroy();
    await server.close();
  };
  return { provider, close };
}

describe.each([
  ["Hardhat", edr],
  ["anvil", () => startAnvil("--order", "fifo")],
])("blocks of %s", (name, start) => {
  let node: Node;
  let ctx: Context;
  let block: number;
  let token: Address;
  /** Transactions of the block by name. */
  const sent = new Map<string, string>();

  beforeAll(async () => {
    node = await start();
    const { provider } = node;
    ctx = contextOf({ provider, deployment: { chainId: 31_337, contracts: "0x" as Address } });
    const senders = Array.from({ length: 5 }, (_, i) => wallet(i, provider));
    const [first] = senders as [Wallet];
    const deployed = await (await factoryOf("test/TestToken", first)).deploy();
    await deployed.waitForDeployment();
    const contract = new Contract(await deployed.getAddress(), testTokenAbi, first);
    const mint = (await contract["mint"]!.populateTransaction(first.address, 5n)).data;
    const to = await contract.getAddress();
    token = to.toLowerCase() as Address;
    await provider.send("evm_setAutomine", [false]);
    const nonces = await Promise.all(senders.map((sender) => sender.getNonce()));
    const gas = { gasLimit: 200_000n, to, data: mint };
    const price = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
    const send = async (as: string, sender: number, request: object) => {
      const nonce = nonces[sender]!++;
      const response = await senders[sender]!.sendTransaction({ nonce, ...request });
      sent.set(as, response.hash);
    };
    await send("legacy", 0, { ...gas, type: 0, gasPrice: 10n ** 11n });
    await send("access list", 1, { ...gas, type: 1, gasPrice: 10n ** 11n, accessList: [] });
    await send("dynamic fee", 2, { ...gas, ...price, type: 2 });
    await send("reverted", 3, { ...gas, ...price, type: 2, data: id("nothing").slice(0, 10) });
    const delegate = { address: to, nonce: nonces[4]! + 1, chainId: 31_337n };
    const authorizationList = [await senders[4]!.authorize(delegate)];
    await send("delegation", 4, { ...gas, ...price, type: 4, authorizationList });
    for (let i = 0; i < TRANSFERS; i++)
      await send(`transfer ${i}`, 0, { ...price, to: first.address, gasLimit: 21_000n, type: 2 });
    await provider.send("evm_mine", []);
    block = await provider.getBlockNumber();
  });
  afterAll(() => node.close());

  it(`have headers that hash to the block's hash: ${name}`, async () => {
    const found = await node.provider.getBlock(block);
    const header = parseHeader(await fetchHeader(ctx, block));
    expect(header).toMatchObject({ hash: found?.hash, number: block, timestamp: found?.timestamp });
    expect((await fetchHeader(ctx, 0)).length).toBeGreaterThan(1000);
  });

  it("have receipts of all kinds that prove their logs", async () => {
    const header = await fetchHeader(ctx, block);
    const { receiptsRoot } = parseHeader(header);
    const { indices, proofOf } = await blockReceipts(ctx, header);
    const counts = new Map<string, number>();
    for (const [kind, hash] of sent) {
      const receipt = await node.provider.getTransactionReceipt(hash);
      const index = indices.get(hash)!;
      expect(index).toBe(receipt?.index);
      const logs = provenLogs(receiptsRoot, index, proofOf(index));
      const expected = receipt!.logs.map(({ address, topics, data }) => ({
        address: address.toLowerCase(),
        topics,
        data,
      }));
      expect({ kind, logs }).toEqual({ kind, logs: expected });
      counts.set(kind, logs.length);
    }
    expect([...counts].filter(([, logs]) => logs > 0)).toEqual([
      ["legacy", 1],
      ["access list", 1],
      ["dynamic fee", 1],
      ["delegation", 1],
    ]);
    expect(indices.size).toBe(5 + TRANSFERS);
  });

  it("prove no transaction under another index", async () => {
    const header = await fetchHeader(ctx, block);
    const { receiptsRoot } = parseHeader(header);
    const { proofOf } = await blockReceipts(ctx, header);
    expect(() => provenLogs(receiptsRoot, 1, proofOf(0))).toThrow(
      expect.objectContaining({ code: "PROOF_INVALID" }),
    );
  });

  it("prove the code of a contract, and no other code", async () => {
    const tag = `0x${block.toString(16)}`;
    const [proof, code] = await Promise.all([
      node.provider.send("eth_getProof", [token, [], tag]),
      node.provider.send("eth_getCode", [token, tag]),
    ]);
    const { stateRoot } = parseHeader(await fetchHeader(ctx, block));
    const nodes = proof.accountProof as Hex[];
    const stranger = `0x${"11".repeat(20)}` as Address;
    const check = (bytes: Hex, names: Address[] = []) =>
      verifyImmutables(stateRoot, token, { nodes, code: bytes }, names);
    // Its EIP-712 domain keeps its own address as an immutable.
    expect(() => check(code, [token])).not.toThrow();
    for (const attempt of [() => check(`${code}00` as Hex), () => check(code, [stranger])])
      expect(attempt).toThrow(expect.objectContaining({ code: "PROOF_INVALID" }));
  });

  it("are refused when the node leaves out a field or changes one", async () => {
    const answer = (await node.provider.send("eth_getBlockByNumber", ["latest", false])) as Record<
      string,
      Hex
    >;
    expect(encodeHeader(answer)).toMatch(/^0xf9/);
    const { requestsHash, ...older } = answer;
    expect(requestsHash).toMatch(/^0x/);
    for (const wrong of [older, { ...answer, gasUsed: "0x1" as Hex }, { ...answer, miner: "0x" }])
      expect(() => encodeHeader(wrong)).toThrow(
        expect.objectContaining({ code: "PROOF_UNAVAILABLE" }),
      );
  });
});
