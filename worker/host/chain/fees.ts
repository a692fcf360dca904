/** What a transaction may cost. @module */
import { parseUnits } from "ethers";

/** In wei. Either the two of EIP-1559, or the one of chains without it. */
export type Fees =
  | { readonly type: 2; readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }
  | { readonly type: 0; readonly gasPrice: bigint };

type Offer = {
  readonly maxFeePerGas: bigint | null;
  readonly maxPriorityFeePerGas: bigint | null;
  readonly gasPrice: bigint | null;
};

/** @param most gwei the operator pays for a unit of gas; absent: what the node proposes */
export function feesFor(proposed: Offer, most?: number): Fees {
  const limit = most === undefined ? undefined : parseUnits(most.toFixed(9), "gwei");
  const capped = (fee: bigint) => (limit !== undefined && fee > limit ? limit : fee);
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = proposed;
  if (maxFeePerGas === null) return { type: 0, gasPrice: capped(gasPrice ?? 0n) };
  return {
    type: 2,
    maxFeePerGas: capped(maxFeePerGas),
    maxPriorityFeePerGas: capped(maxPriorityFeePerGas ?? 0n),
  };
}

const more = (fee: bigint | null): bigint | null => (fee === null ? null : fee + fee / 4n + 1n);

/** The fees of a transaction, raised by a quarter: nodes replace one for at least a tenth more. */
export function raised(fees: Offer, most?: number): Fees {
  return feesFor(
    {
      maxFeePerGas: more(fees.maxFeePerGas),
      maxPriorityFeePerGas: more(fees.maxPriorityFeePerGas),
      gasPrice: more(fees.gasPrice),
    },
    most,
  );
}
