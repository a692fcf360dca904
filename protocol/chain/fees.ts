/** What a transaction may cost. @module */
import { parseUnits } from "ethers";
import type { GasPrices } from "./deployment.ts";

/** In wei. Either the two of EIP-1559, or the one of chains without it. */
export type Fees =
  | { readonly type: 2; readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }
  | { readonly type: 0; readonly gasPrice: bigint };

type Offer = {
  readonly maxFeePerGas: bigint | null;
  readonly maxPriorityFeePerGas: bigint | null;
  readonly gasPrice: bigint | null;
};

/**
 * The node's proposal within what somebody is ready to pay.
 * @param prices in gwei: the tip stands in place of the proposed one, the rest is a cap
 */
export function feesFor(proposed: Offer, prices: GasPrices): Fees {
  const most = prices.maxFeePerGas === undefined ? undefined : wei(prices.maxFeePerGas);
  const capped = (fee: bigint) => (most !== undefined && fee > most ? most : fee);
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = proposed;
  if (maxFeePerGas === null) return { type: 0, gasPrice: capped(gasPrice ?? 0n) };
  const proposedTip = maxPriorityFeePerGas ?? 0n;
  const tip =
    prices.maxPriorityFeePerGas === undefined ? proposedTip : wei(prices.maxPriorityFeePerGas);
  const all = capped(maxFeePerGas - proposedTip + tip);
  // Nodes refuse a tip above the whole.
  return { type: 2, maxFeePerGas: all, maxPriorityFeePerGas: tip > all ? all : tip };
}

const wei = (gwei: number): bigint => parseUnits(gwei.toFixed(9), "gwei");
const more = (fee: bigint | null): bigint | null => (fee === null ? null : fee + fee / 4n + 1n);

/** The fees of a transaction, raised by a quarter: nodes replace one for at least a tenth more. The tip is no longer the chosen one. */
export function raised(fees: Offer, { maxFeePerGas }: GasPrices): Fees {
  const offer = {
    maxFeePerGas: more(fees.maxFeePerGas),
    maxPriorityFeePerGas: more(fees.maxPriorityFeePerGas),
    gasPrice: more(fees.gasPrice),
  };
  return feesFor(offer, maxFeePerGas === undefined ? {} : { maxFeePerGas });
}
