/** An account in a wallet: the wallet sends, the deployment's own node is asked about everything else. @module */
import {
  AbstractSigner,
  BrowserProvider,
  type Eip1193Provider,
  type Provider,
  type TransactionRequest,
  type TransactionResponse,
} from "ethers";
import type { Address } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { waitFor } from "../../sdk/wait.ts";

const KNOWN_SECONDS = 60;

/** Asks a wallet for its account. @throws ethers' own, when the person says no */
export async function openWallet(
  wallet: Eip1193Provider,
  provider: Provider,
  chainId: number,
): Promise<{ account: Address; signer: WalletSigner }> {
  const [account] = (await wallet.request({ method: "eth_requestAccounts" })) as string[];
  if (!account) throw new ProtocolError("KEY_MISSING", { what: "account in the wallet" });
  const signer = new WalletSigner(wallet, account, provider, chainId);
  return { account: account.toLowerCase() as Address, signer };
}

export class WalletSigner extends AbstractSigner {
  readonly #wallet: Eip1193Provider;
  readonly #account: string;
  readonly #chainId: number;

  constructor(wallet: Eip1193Provider, account: string, provider: Provider, chainId: number) {
    super(provider);
    this.#wallet = wallet;
    this.#account = account;
    this.#chainId = chainId;
  }

  override connect(provider: Provider): WalletSigner {
    return new WalletSigner(this.#wallet, this.#account, provider, this.#chainId);
  }

  override async getAddress(): Promise<string> {
    return this.#account;
  }

  /** @throws ProtocolError WRONG_CHAIN when the wallet has gone to another chain meanwhile */
  override async sendTransaction(tx: TransactionRequest): Promise<TransactionResponse> {
    const browser = new BrowserProvider(this.#wallet, "any");
    try {
      const actual = String(BigInt(String(await browser.send("eth_chainId", []))));
      const expected = String(this.#chainId);
      if (actual !== expected) throw new ProtocolError("WRONG_CHAIN", { expected, actual });
      const sender = await browser.getSigner(this.#account);
      const hash = await sender.sendUncheckedTransaction(tx);
      return await waitFor(
        "the wallet's transaction",
        { everyMs: 250, seconds: KNOWN_SECONDS },
        async () => (await this.provider?.getTransaction(hash)) ?? undefined,
        () => `the chain's node hears of ${hash}`,
      );
    } finally {
      browser.destroy();
    }
  }

  override signTransaction(): Promise<string> {
    return this.#never();
  }

  override signMessage(): Promise<string> {
    return this.#never();
  }

  override signTypedData(): Promise<string> {
    return this.#never();
  }

  /** What is signed beside transactions is signed with the consent key. */
  #never(): Promise<never> {
    return Promise.reject(new ProtocolError("KEY_MISSING", { what: "signature of a wallet" }));
  }
}
