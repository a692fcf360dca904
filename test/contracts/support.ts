/**
 * What every contract test needs: a chain in this process, transactions, events, and reverts by name and arguments.
 * @module
 */
import { network } from "hardhat";
import {
  Interface,
  Wallet,
  id,
  type BaseContract,
  type ContractTransactionReceipt,
  type Signer,
} from "ethers";
import { expect } from "vitest";
import {
  callbackRelayAbi,
  partyRegistryAbi,
  programRegistryAbi,
  publicTallyAbi,
  secretContractsAbi,
  simulatedVerifierAbi,
  taskManagerAbi,
  testTokenAbi,
  vaultAbi,
  workerRegistryAbi,
} from "../../protocol/abi.ts";
import { fromHex, toHex, utf8, type Address, type Hex } from "../../protocol/bytes.ts";
import { factoryOf } from "../../scripts/deploy.ts";

export const HOUR = 3_600;
export const DAY = 24 * HOUR;
export const STATES = ["None", "Proposed", "Sealed", "Finalized", "Failed", "Cancelled", "Expired"];
export const state = (name: string): bigint => BigInt(STATES.indexOf(name));
/** Text as the bytes32 the contracts put into their errors. */
export const what = (text: string): Hex => toHex(utf8(text)).padEnd(66, "0") as Hex;
/** Any 32 bytes, the same for the same text. */
export const bytes32 = (text: string): Hex => id(text) as Hex;
export const sealingKey = (text: string): Hex => `0x02${id(text).slice(2)}` as Hex;
export const lower = (address: string): Address => address.toLowerCase() as Address;

const abis = [
  callbackRelayAbi,
  publicTallyAbi,
  programRegistryAbi,
  partyRegistryAbi,
  secretContractsAbi,
  simulatedVerifierAbi,
  taskManagerAbi,
  testTokenAbi,
  vaultAbi,
  workerRegistryAbi,
];
/** All errors and events of the deployment. */
const known = new Interface(
  [...new Map(abis.flat().map((item) => [JSON.stringify(item), item])).values()].filter(
    ({ type }) => type === "error" || type === "event",
  ),
);

/** The same in every run, so that signatures and gas are. */
const START = "2030-01-01T12:00:00Z";

/** A chain of its own; blocks come with transactions only, so that a test owns the time. */
export async function createChain() {
  const { ethers, provider } = await network.create({
    network: "local",
    override: { mining: { auto: true, interval: 0 }, initialDate: START },
  });
  const rpc = (method: string, ...params: unknown[]) => provider.request({ method, params });
  const now = async () => (await ethers.provider.getBlock("latest"))!.timestamp;
  return {
    provider: ethers.provider,
    accounts: (await ethers.getSigners()) as unknown as Signer[],
    rpc,
    now,
    mine: (blocks = 1) => rpc("hardhat_mine", `0x${blocks.toString(16)}`),
    /** The next block has this time. */
    at: (time: number) => rpc("evm_setNextBlockTimestamp", `0x${time.toString(16)}`),
    /** A block of this time exists. */
    warpTo: async (time: number) => {
      await rpc("evm_setNextBlockTimestamp", `0x${time.toString(16)}`);
      await rpc("evm_mine");
    },
    snapshot: () => rpc("evm_snapshot") as Promise<string>,
    restore: (snapshot: string) => rpc("evm_revert", snapshot),
  };
}

/** Sends a transaction and waits for it. */
export async function send(
  contract: BaseContract,
  from: Signer,
  method: string,
  ...args: unknown[]
): Promise<ContractTransactionReceipt> {
  const sent = await contract
    .connect(from)
    .getFunction(method)
    .send(...args);
  return (await sent.wait())!;
}

export const read = (contract: BaseContract, method: string, ...args: unknown[]) =>
  contract.getFunction(method).staticCall(...args);

/** Args of the event of this name in a receipt; fails when there is not exactly one. */
export function eventOf(receipt: ContractTransactionReceipt, name: string) {
  const found = eventsOf(receipt, name);
  expect(found, `events ${name}`).toHaveLength(1);
  return found[0]!;
}

export function eventsOf(receipt: ContractTransactionReceipt, name: string) {
  return receipt.logs
    .map((log) => known.parseLog(log))
    .filter((parsed) => parsed?.name === name)
    .map((parsed) => parsed!.args);
}

type Call = readonly [method: string, ...args: unknown[]];

/** The call must revert with this custom error and these arguments. */
export async function expectRevert(
  contract: BaseContract,
  from: Signer,
  call: Call,
  error: string,
  ...args: unknown[]
): Promise<void> {
  expect(await outcomeOf(contract, from, call)).toBe(`${error}(${args.map(plain).join(", ")})`);
}

export async function expectSuccess(contract: BaseContract, from: Signer, call: Call) {
  expect(await outcomeOf(contract, from, call)).toBe(SUCCESS);
}

const SUCCESS = "success";

/** The custom error of a call that is only tried, in lower-case words as `expectRevert` writes it. */
async function outcomeOf(contract: BaseContract, from: Signer, call: Call): Promise<string> {
  const [method, ...given] = call;
  return (
    contract
      .connect(from)
      .getFunction(method)
      // In the block to come, where a transaction would be: the hash of the latest is known there.
      .staticCall(...given, { blockTag: "pending" })
      .then(
        () => SUCCESS,
        (cause: unknown) => describeRevert(cause),
      )
  );
}

function describeRevert(cause: unknown): string {
  const data = revertData(cause);
  const parsed = data === undefined ? null : known.parseError(data);
  if (parsed === null) return data ?? String(cause);
  return `${parsed.name}(${[...parsed.args].map(plain).join(", ")})`;
}

function revertData(cause: unknown): string | undefined {
  for (let error = cause as { data?: unknown; cause?: unknown } | undefined; error;) {
    if (typeof error.data === "string" && error.data.length >= 10) return error.data;
    error = error.cause as typeof error;
  }
  return undefined;
}

const plain = (value: unknown): string => String(value).toLowerCase();

/** A private key of 32 bytes, the same for the same text. */
export const keyOf = (text: string): Uint8Array => fromHex(id(text));
export const addressOfKey = (key: Uint8Array): Address => lower(new Wallet(toHex(key)).address);

export async function deployMock(path: string, signer: Signer, ...args: unknown[]) {
  const contract = await (await factoryOf(path, signer)).deploy(...args);
  await contract.waitForDeployment();
  return contract;
}

/** Who gets slashed stake. */
export const NOBODY = "0x000000000000000000000000000000000000dEaD";
