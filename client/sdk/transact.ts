/** Sending transactions: one at a time, confirmed, and refused with the contract's own words. @module */
import type { ContractTransactionResponse, TransactionReceipt } from "ethers";
import type { Hex } from "../../protocol/bytes.ts";
import type { Contracts } from "../../protocol/contracts.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Context } from "./context.ts";
import { failureOf } from "./failure.ts";
import { waitFor } from "./wait.ts";

/** Seconds a transaction may stay unmined before the client gives up looking. */
const MINING_SECONDS = 600;

/**
 * Sends one transaction and waits until it has the client's number of confirmations.
 * @param method name for people, as in `TRANSACTION_FAILED`
 * @throws ProtocolError KEY_MISSING, TRANSACTION_FAILED with the custom error's name and values
 */
export async function transact(
  ctx: Context,
  method: string,
  send: (contracts: Contracts) => Promise<ContractTransactionResponse>,
): Promise<TransactionReceipt> {
  await ctx.account();
  const contracts = await ctx.contracts();
  const sent = await ctx
    .inTurn(() => send(contracts))
    .catch((error: unknown) => Promise.reject(failureOf(method, error)));
  const receipt = await confirmed(ctx, method, sent.hash);
  if (receipt.status !== 1) throw await replay(ctx, method, sent, receipt);
  ctx.onTransaction({ method, hash: sent.hash as Hex, gasUsed: receipt.gasUsed });
  return receipt;
}

/** Own loop: ethers' `wait` looks every 4 seconds. */
function confirmed(ctx: Context, method: string, hash: string): Promise<TransactionReceipt> {
  return waitFor(
    `the confirmation of ${method}`,
    { everyMs: ctx.pollMs, seconds: MINING_SECONDS },
    async () => {
      const receipt = await ctx.provider.getTransactionReceipt(hash);
      if (!receipt || ctx.confirmations <= 1) return receipt ?? undefined;
      const head = await ctx.provider.getBlockNumber();
      return head - receipt.blockNumber + 1 >= ctx.confirmations ? receipt : undefined;
    },
    () => `the chain mines ${hash}`,
  );
}

/** A mined failure carries no reason: asking again at its block gives it. */
async function replay(
  ctx: Context,
  method: string,
  sent: ContractTransactionResponse,
  receipt: TransactionReceipt,
): Promise<ProtocolError> {
  const { from, to, data } = sent;
  try {
    await ctx.provider.call({ from, to, data, blockTag: receipt.blockNumber });
  } catch (error) {
    return failureOf(method, error);
  }
  return new ProtocolError("TRANSACTION_FAILED", { method, error: "overtaken" });
}
