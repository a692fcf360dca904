/** The account that pays: one transaction at a time across all processes of a home, at the prices the flags name. @module */
import {
  Wallet,
  type Provider,
  type SigningKey,
  type TransactionLike,
  type TransactionRequest,
  type TransactionResponse,
} from "ethers";
import { toHex } from "../../protocol/bytes.ts";
import type { Cli } from "./cli.ts";
import { locked } from "./lock.ts";

export class PricedWallet extends Wallet {
  readonly #cli: Cli;

  constructor(key: string | SigningKey, provider: Provider | null, cli: Cli) {
    super(key, provider);
    this.#cli = cli;
  }

  static of(key: Uint8Array, provider: Provider, cli: Cli): PricedWallet {
    return new PricedWallet(toHex(key), provider, cli);
  }

  override connect(provider: Provider | null): PricedWallet {
    return new PricedWallet(this.signingKey, provider, this.#cli);
  }

  override populateTransaction(tx: TransactionRequest): Promise<TransactionLike> {
    const { maxFee, priorityFee } = this.#cli.globals;
    return super.populateTransaction({
      ...tx,
      ...(maxFee !== undefined && { maxFeePerGas: maxFee }),
      ...(priorityFee !== undefined && { maxPriorityFeePerGas: priorityFee }),
    });
  }

  /** The lock covers choosing the nonce and sending, not the wait for a block. */
  override sendTransaction(tx: TransactionRequest): Promise<TransactionResponse> {
    return locked(this.#cli.home, () => super.sendTransaction(tx));
  }
}
