/** `worker withdraw`: takes earnings out of the vault, and the stake too when the worker is to end for good. @module */
import type { Address } from "../../../protocol/bytes.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import type { Spawn } from "../enclave-process.ts";
import { openParts, type Parts } from "../parts.ts";
import { Services } from "../services.ts";

export interface WithdrawOptions {
  readonly home: string;
  /** Gets all tokens of the operator's account; absent: they stay in it. */
  readonly to?: Address | undefined;
  /** The stake too: the worker can take no task afterwards. */
  readonly stake: boolean;
}

/** Amounts are smallest units of the token, as decimal text. */
export interface Withdrawal {
  /** Out of the vault. */
  readonly withdrawn: string;
  /** Who has it now. */
  readonly to: Address;
}

/**
 * Empties the operator's vault balance. The worker must not run: it is the one sender of the operator's transactions.
 * @throws ProtocolError HOME_LOCKED while the worker runs, TRANSACTION_FAILED while the stake is locked, GAS_LOW, RPC_UNREACHABLE
 */
export async function withdraw(options: WithdrawOptions, spawn: Spawn): Promise<Withdrawal> {
  const services = new Services();
  try {
    const parts = await openParts(services, options.home, spawn);
    if (options.stake) await release(parts);
    const withdrawn = await empty(parts);
    if (options.to !== undefined) await handOn(parts, options.to);
    return { withdrawn: String(withdrawn), to: options.to ?? parts.sender.address };
  } finally {
    await services.close();
  }
}

/** The stake goes to the vault balance. */
async function release({ contracts, sender, self }: Parts): Promise<void> {
  const { workerRegistry, addresses } = contracts;
  const worker = hashWorker(self);
  const { stake } = await workerRegistry.workerOf(worker);
  if (stake === 0n) return;
  await sender.send(`withdrawStake/${worker}`, {
    method: "withdrawStake",
    to: addresses.workerRegistry,
    data: workerRegistry.interface.encodeFunctionData("withdrawStake", [worker]),
    isDone: async () => (await workerRegistry.workerOf(worker)).stake === 0n,
  });
}

/** @returns what was in the vault */
async function empty({ contracts, sender }: Parts): Promise<bigint> {
  const { vault, addresses } = contracts;
  const amount = await vault.balanceOf(sender.address);
  if (amount === 0n) return amount;
  await sender.send("withdraw", {
    method: "withdraw",
    to: addresses.vault,
    data: vault.interface.encodeFunctionData("withdraw", [amount]),
    isDone: async () => (await vault.balanceOf(sender.address)) === 0n,
  });
  return amount;
}

/** All tokens of the account, so that doing it again after a crash takes what was left behind. */
async function handOn({ contracts, sender }: Parts, to: Address): Promise<void> {
  const { token } = contracts;
  const amount = await token.balanceOf(sender.address);
  if (amount === 0n) return;
  await sender.send(`transfer/${to}`, {
    method: "transfer",
    to: await token.getAddress(),
    data: token.interface.encodeFunctionData("transfer", [to, amount]),
    isDone: async () => (await token.balanceOf(sender.address)) === 0n,
  });
}
