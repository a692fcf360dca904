import { Contract, Signature, type BaseContract, type Signer } from "ethers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { vaultAbi } from "../../protocol/abi.ts";
import { deploy } from "../../scripts/deploy.ts";
import { deployMock, eventOf, expectRevert, read, send } from "./support.ts";
import { FUNDS, createWorld, type World } from "./world.ts";

let world: World;
let account: Signer;
let address: string;
let snapshot: string;
beforeAll(async () => {
  world = await createWorld();
  ({ signer: account, account: address } = world.members[0]!);
});
beforeEach(async () => {
  snapshot = await world.snapshot();
});
afterEach(() => world.restore(snapshot));

describe("deposit and withdraw", () => {
  test("credit and pay the caller", async () => {
    const { vault, token, balance } = world;
    expect(await balance(address)).toBe(FUNDS);
    const receipt = await send(vault, account, "withdraw", 400n);
    expect([...eventOf(receipt, "Withdrawn")].map(String)).toEqual([
      await account.getAddress(),
      "400",
    ]);
    expect(await balance(address)).toBe(FUNDS - 400n);
    expect(await read(token, "balanceOf", address)).toBe(400n);
    await send(token, account, "approve", await vault.getAddress(), 150n);
    const deposited = await send(vault, account, "deposit", 150n);
    expect(eventOf(deposited, "Deposited")["amount"]).toBe(150n);
    expect(await balance(address)).toBe(FUNDS - 250n);
  });

  test("refuse more than there is, and nothing", async () => {
    const { vault } = world;
    const call = ["withdraw", FUNDS + 1n] as const;
    await expectRevert(vault, account, call, "VaultBalanceTooLow", address, FUNDS, FUNDS + 1n);
    await expectRevert(vault, account, ["deposit", 0n], "VaultNothingReceived");
  });
});

describe("depositWithPermit", () => {
  async function permit(amount: bigint) {
    const { token, vault, deployment } = world;
    const tokenAddress = await token.getAddress();
    const value = {
      owner: await account.getAddress(),
      spender: await vault.getAddress(),
      value: amount,
      nonce: await read(token, "nonces", address),
      deadline: 2n ** 64n,
    };
    const field = (name: string, type = "uint256") => ({ name, type });
    const text = await account.signTypedData(
      {
        name: "Cloister test token",
        version: "1",
        chainId: deployment.chainId,
        verifyingContract: tokenAddress,
      },
      {
        Permit: [
          field("owner", "address"),
          field("spender", "address"),
          field("value"),
          field("nonce"),
          field("deadline"),
        ],
      },
      value,
    );
    const { v, r, s } = Signature.from(text);
    return { value, parts: [v, r, s] as const };
  }

  test("needs no allowance before", async () => {
    const { vault, token, balance } = world;
    await send(token, account, "mint", address, 90n);
    const { value, parts } = await permit(90n);
    await send(vault, account, "depositWithPermit", 90n, value.deadline, ...parts);
    expect(await balance(address)).toBe(FUNDS + 90n);
  });

  test("does not mind a permit that somebody else used first", async () => {
    const { vault, token, outsider, balance } = world;
    await send(token, account, "mint", address, 90n);
    const { value, parts } = await permit(90n);
    const { owner, spender, deadline } = value;
    await send(token, outsider, "permit", owner, spender, 90n, deadline, ...parts);
    await send(vault, account, "depositWithPermit", 90n, deadline, ...parts);
    expect(await balance(address)).toBe(FUNDS + 90n);
  });
});

describe("lock and credit", () => {
  test.each(["lock", "credit"])("%s is for task manager and worker registry", async (method) => {
    const { vault, outsider } = world;
    const caller = await outsider.getAddress();
    await expectRevert(vault, outsider, [method, address, 1n], "VaultUnauthorized", caller);
  });
});

describe("a token that", () => {
  async function vaultOf(kind: string): Promise<{ token: BaseContract; vault: BaseContract }> {
    const token = await deployMock(`test/${kind}`, world.deployer);
    const { vault } = await deploy(world.deployer, { token: await token.getAddress() });
    for (const signer of [account, world.outsider]) {
      await send(token, signer, "mint", await signer.getAddress(), 1_000n);
      await send(token, signer, "approve", vault, 1_000n);
    }
    return { token, vault: new Contract(vault, vaultAbi, world.deployer) };
  }

  test("takes a fee credits what arrived", async () => {
    const { token, vault } = await vaultOf("FeeToken");
    await send(vault, account, "deposit", 1_000n);
    expect(await read(vault, "balanceOf", address)).toBe(900n);
    expect(await read(token, "balanceOf", await vault.getAddress())).toBe(900n);
  });

  test("has no permit is deposited by allowance", async () => {
    const { vault } = await vaultOf("FeeToken");
    const zero = `0x${"00".repeat(32)}`;
    await send(vault, account, "depositWithPermit", 100n, 0n, 27, zero, zero);
    expect(await read(vault, "balanceOf", address)).toBe(90n);
  });

  test.each([
    ["deposits again while it is deposited", "deposit", 1],
    ["withdraws while it is deposited", "deposit", 2],
    ["withdraws again while it is withdrawn", "withdraw", 2],
  ])("%s gets nothing", async (_name, method, attack) => {
    const { token, vault } = await vaultOf("HostileToken");
    await send(vault, account, "deposit", 500n);
    await send(token, account, "depositOwn", await vault.getAddress(), 500n);
    await send(token, account, "arm", attack);
    await expectRevert(vault, account, [method, 100n], "ReentrancyGuardReentrantCall");
  });
});
