/** The account that pays: one transaction at a time across all processes of a home, at the prices of flags and deployment file. @module */
import {
  Wallet,
  type Provider,
  type SigningKey,
  type TransactionLike,
  type TransactionRequest,
  type TransactionResponse,
} from "ethers";
import { toHex } from "../../protocol/bytes.ts";
import type { GasPrices } from "../../protocol/chain/deployment.ts";
import { feesFor } from "../../protocol/chain/fees.ts";
import type { HomePaths } from "./home.ts";
import { locked } from "./lock.ts";

export class PricedWallet extends Wallet {
  readonly #home: HomePaths;
  readonly #prices: GasPrices;

  constructor(
    key: string | SigningKey,
    provider: Provider | null,
    home: HomePaths,
    prices: GasPrices,
  ) {
    super(key, provider);
    this.#home = home;
    this.#prices = prices;
  }

  static of(key: Uint8Array, provider: Provider, home: HomePaths, prices: GasPrices): PricedWallet {
    return new PricedWallet(toHex(key), provider, home, prices);
  }

  override connect(provider: Provider | null): PricedWallet {
    return new PricedWallet(this.signingKey, provider, this.#home, this.#prices);
  }

  override async populateTransaction(tx: TransactionRequest): Promise<TransactionLike> {
    const proposed = await this.provider?.getFeeData();
    return super.populateTransaction({ ...tx, ...(proposed && feesFor(proposed, this.#prices)) });
  }

  /** The lock covers choosing the nonce and sending, not the wait for a block. */
  override sendTransaction(tx: TransactionRequest): Promise<TransactionResponse> {
    return locked(this.#home, () => super.sendTransaction(tx));
  }
}
