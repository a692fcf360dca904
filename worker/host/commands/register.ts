/** `worker register`: puts the enclave's keys, its evidence and a stake on chain; doing it again renews the evidence. @module */
import { amountFrom } from "../../../protocol/amount.ts";
import type { Address, Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import { chainReader } from "../chain/reader.ts";
import type { Call } from "../chain/send.ts";
import type { Spawn } from "../enclave-process.ts";
import { openParts, type Parts } from "../parts.ts";
import { Services } from "../services.ts";

export interface RegisterOptions {
  readonly home: string;
  /** Added to the stake: smallest units of the vault's token, or tokens as in `1000tok`. */
  readonly stake: string;
}

export interface Registration {
  readonly worker: Hex;
  readonly operator: Address;
  readonly endpoint: string;
  readonly measurement: Hex;
  /** The one the evidence binds. */
  readonly epoch: number;
}

/**
 * Registers or renews.
 * @throws ProtocolError AMOUNT_INVALID, BALANCE_LOW, GAS_LOW, TRANSACTION_FAILED, RPC_UNREACHABLE, WRONG_CHAIN, HOME_LOCKED
 */
export async function register(options: RegisterOptions, spawn: Spawn): Promise<Registration> {
  const services = new Services();
  try {
    const parts = await openParts(services, options.home, spawn);
    const stake = amountFrom(options.stake, Number(await parts.contracts.token.decimals()));
    await fund(parts, stake);
    return await attestAndRegister(parts, stake);
  } finally {
    await services.close();
  }
}

/** Brings the vault balance up to the stake, out of the operator's tokens. */
async function fund({ contracts, sender }: Parts, stake: bigint): Promise<void> {
  const { vault, token, addresses } = contracts;
  const operator = sender.address;
  const balance = await vault.balanceOf(operator);
  const lacking = stake - balance;
  if (lacking <= 0n) return;
  const owned = await token.balanceOf(operator);
  if (owned < lacking)
    throw new ProtocolError("BALANCE_LOW", {
      account: operator,
      balance: String(balance + owned),
      needed: String(stake),
      outside: true,
    });
  const tokenAddress = await token.getAddress();
  await sender.send("approve", {
    method: "approve",
    to: tokenAddress,
    data: token.interface.encodeFunctionData("approve", [addresses.vault, lacking]),
    isDone: async () => (await token.allowance(operator, addresses.vault)) >= lacking,
  });
  await sender.send("deposit", {
    method: "deposit",
    to: addresses.vault,
    data: vault.interface.encodeFunctionData("deposit", [lacking]),
    isDone: async () => (await vault.balanceOf(operator)) >= stake,
  });
}

/** Proves the enclave's keys anew, in one transaction. @param stake to add, out of the vault balance */
export async function attestAndRegister(parts: Parts, stake: bigint): Promise<Registration> {
  const { config, contracts, enclave, provider, self, sender } = parts;
  const { workerRegistry, addresses } = contracts;
  const worker = hashWorker(self);
  const operator = sender.address;
  const epoch = Number((await workerRegistry.workerOf(worker)).epoch);
  const head = await chainReader(provider, config.rpc, []).block("latest");
  if (!head) throw new ProtocolError("INTERNAL", { what: "the chain has no block" });
  const { json } = await enclave.ask("attest", {
    chainId: config.chainId,
    registry: addresses.workerRegistry,
    operator,
    epoch,
    blockNumber: head.number,
    blockHash: head.hash,
  });
  const { endpoint } = config;
  const args = [self, endpoint, json.kind, json.evidence, stake];
  const call: Call = {
    method: "register",
    to: addresses.workerRegistry,
    data: workerRegistry.interface.encodeFunctionData("register", args),
    isDone: async () => Number((await workerRegistry.workerOf(worker)).epoch) > epoch,
  };
  await sender.send(`register/${epoch}`, call);
  return { worker, operator, endpoint, measurement: self.measurement, epoch };
}
