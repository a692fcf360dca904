/** The sender on a real chain (anvil, which can hold transactions back): whatever happens in between, a call happens once. */
import { Wallet, keccak256, parseEther, type JsonRpcProvider } from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testTokenAbi, vaultAbi } from "../../../../protocol/abi.ts";
import { contractAt, type TypedContract } from "../../../../protocol/contracts.ts";
import { factoryOf } from "../../../../scripts/deploy.ts";
import { connectProvider } from "../../../../protocol/chain/node.ts";
import { Sender, type Call } from "../../../../worker/host/chain/send.ts";
import { createLog } from "../../../../worker/host/log.ts";
import { Store } from "../../../../worker/host/store/store.ts";
import { startAnvil, type Anvil } from "../support/anvil.ts";

let anvil: Anvil;
let token: TypedContract<typeof testTokenAbi>;
let vault: TypedContract<typeof vaultAbi>;
let store: Store;
let wallet: Wallet;
const opened: Sender[] = [];

beforeEach(async () => {
  anvil = await startAnvil();
  const deployed = async (name: string, ...args: unknown[]) => {
    const contract = await (await factoryOf(name, anvil.signer)).deploy(...args);
    return (await contract.waitForDeployment()).getAddress();
  };
  token = contractAt(await deployed("test/TestToken"), testTokenAbi, anvil.provider);
  const money = await deployed("Vault", await token.getAddress(), wallet0, wallet0);
  vault = contractAt(money, vaultAbi, anvil.provider);
  store = new Store(":memory:");
  wallet = new Wallet(Wallet.createRandom().privateKey);
  const funded = await anvil.signer.sendTransaction({ to: wallet.address, value: parseEther("1") });
  await funded.wait();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  store.close();
  await anvil.close();
});
const wallet0 = `0x${"01".repeat(20)}`;

function sender(provider: JsonRpcProvider = anvil.provider, stuckSeconds = 60): Sender {
  const log = createLog("silent");
  const ports = { provider, url: anvil.url, wallet, intents: store.intents, log };
  const one = new Sender({ margin: 1.25, stuckSeconds }, ports);
  opened.push(one);
  return one;
}
/** Mints until the account of `name` owns `amount`. */
async function mint(account: string, amount: bigint): Promise<Call> {
  return {
    method: "mint",
    to: await token.getAddress(),
    data: token.interface.encodeFunctionData("mint", [account, amount]),
    isDone: async () => (await token.balanceOf(account)) >= amount,
  };
}
const account = (name: number) => `0xaa${name.toString(16).padStart(38, "0")}`;
const nonce = () => anvil.provider.getTransactionCount(wallet.address, "latest");
/** A node that takes no transaction: what the sender signed is journalled and nowhere else. */
function deaf(): JsonRpcProvider {
  const provider = connectProvider(anvil.url, anvil.chainId);
  const send = provider.send.bind(provider);
  provider.send = async (method, params) => {
    if (method === "eth_sendRawTransaction") throw new TypeError("connection reset");
    return send(method, params) as unknown;
  };
  return provider;
}
/** The process dies after it signed and before anybody heard of it. */
async function crashAfterSigning(key: string, call: Call): Promise<void> {
  const provider = deaf();
  const dying = sender(provider);
  const sent = dying.send(key, call);
  sent.catch(() => undefined);
  await expect.poll(() => store.intents.get(key)).toBeDefined();
  await dying.close();
  provider.destroy();
}

describe("a call", () => {
  it("happens once, however often it is asked for", async () => {
    const one = sender();
    const call = await mint(account(7), 5n);
    await Promise.all([one.send("a", call), one.send("a", call), one.send("a", call)]);
    await sender().send("a", call);
    expect(await token.balanceOf(account(7))).toBe(5n);
    expect(await nonce()).toBe(1);
    expect(store.intents.entries()).toEqual([]);
  });

  it("that somebody else did already is not sent", async () => {
    const call = await mint(account(7), 5n);
    const rich = contractAt(await token.getAddress(), testTokenAbi, anvil.signer);
    await (await rich.mint(account(7), 5n)).wait();
    await sender().send("a", call);
    expect(await nonce()).toBe(0);
  });

  it("that was signed before a crash is sent as the same bytes", async () => {
    const call = await mint(account(7), 5n);
    await crashAfterSigning("a", call);
    const signed = store.intents.get("a")!.signed[0]!;
    expect(keccak256(signed.raw)).toBe(signed.hash);
    expect(await nonce()).toBe(0);
    await sender().send("a", call);
    expect(await anvil.provider.getTransactionReceipt(signed.hash)).toMatchObject({ status: 1 });
    expect(await token.balanceOf(account(7))).toBe(5n);
    expect(await nonce()).toBe(1);
  });

  it("does not wait for ever behind one that was signed and never sent", async () => {
    await crashAfterSigning("a", await mint(account(7), 5n));
    await sender().send("b", await mint(account(8), 6n));
    expect(await token.balanceOf(account(7))).toBe(5n);
    expect(await token.balanceOf(account(8))).toBe(6n);
    expect(await nonce()).toBe(2);
  });

  it("whose nonce another transaction took is signed anew", async () => {
    const call = await mint(account(7), 5n);
    await crashAfterSigning("a", call);
    const other = wallet.connect(anvil.provider);
    await (await other.sendTransaction({ to: account(9), value: 1n })).wait();
    await sender().send("a", call);
    expect(await token.balanceOf(account(7))).toBe(5n);
    expect(await nonce()).toBe(2);
  });

  it("that no block takes is sent again with a higher fee, and happens once", async () => {
    await anvil.rpc("evm_setAutomine", false);
    const sent = sender(anvil.provider, 1).send("a", await mint(account(7), 5n));
    await expect.poll(() => store.intents.get("a")?.signed.length, { timeout: 5000 }).toBe(2);
    await anvil.rpc("evm_setAutomine", true);
    await anvil.rpc("evm_mine");
    await sent;
    expect(await token.balanceOf(account(7))).toBe(5n);
    expect(await nonce()).toBe(1);
  });
});

describe("a call that cannot be", () => {
  it("is refused with the name of the contract's error, and costs nothing", async () => {
    const call: Call = {
      method: "withdraw",
      to: await vault.getAddress(),
      data: vault.interface.encodeFunctionData("withdraw", [5n]),
      isDone: () => Promise.resolve(false),
    };
    await expect(sender().send("a", call)).rejects.toMatchObject({
      code: "TRANSACTION_FAILED",
      facts: { method: "withdraw", error: "VaultBalanceTooLow" },
    });
    expect(store.intents.entries()).toEqual([]);
    expect(await nonce()).toBe(0);
  });

  it("is no failure when others did it while it was tried", async () => {
    let asked = 0;
    const call: Call = {
      method: "withdraw",
      to: await vault.getAddress(),
      data: vault.interface.encodeFunctionData("withdraw", [5n]),
      isDone: () => Promise.resolve(asked++ > 0),
    };
    await sender().send("a", call);
    expect(await nonce()).toBe(0);
  });

  it("is refused before signing when the account cannot pay for gas", async () => {
    wallet = new Wallet(Wallet.createRandom().privateKey);
    await expect(sender().send("a", await mint(account(7), 5n))).rejects.toMatchObject({
      code: "GAS_LOW",
      facts: { account: wallet.address.toLowerCase(), balance: "0" },
    });
    expect(store.intents.entries()).toEqual([]);
  });

  it("does not keep later ones from being sent", async () => {
    const one = sender();
    const never: Call = { ...(await mint(account(7), 5n)), data: "0x12345678" };
    await expect(one.send("a", never)).rejects.toMatchObject({
      code: "TRANSACTION_FAILED",
      facts: { error: "reverted" },
    });
    await one.send("b", await mint(account(8), 6n));
    expect(await token.balanceOf(account(8))).toBe(6n);
  });
});
