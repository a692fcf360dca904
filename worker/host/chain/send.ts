/**
 * The one sender of transactions: serial, with its own nonces and a journal of signed bytes. A call is asked for by name as often
 * as one likes; before anything is signed the chain is asked whether it is done, and what was signed before a crash is sent again
 * as the same bytes, so that it happens once.
 * @module
 */
import {
  keccak256,
  Transaction,
  type JsonRpcProvider,
  type TransactionRequest,
  type Wallet,
} from "ethers";
import type { Address, Hex } from "../../../protocol/bytes.ts";
import { feesFor, raised, type Fees } from "../../../protocol/chain/fees.ts";
import { ProtocolError, hasCode } from "../../../protocol/errors.ts";
import type { WorkerConfig } from "../../config.ts";
import type { Log } from "../log.ts";
import type { Service } from "../services.ts";
import type { IntentRecord } from "../store/store.ts";
import type { Table } from "../store/table.ts";
import { wait } from "../wait.ts";
import { reach } from "./provider.ts";
import { revertName } from "./revert.ts";

/** Milliseconds between two looks for a receipt. */
const LOOK_INTERVAL = 200;
/** Looks for a receipt between two broadcasts of the same bytes. */
const LOOKS_PER_BROADCAST = 10;
/** Replacements with a higher fee before the caller is told to come back later. */
const MOST_REPLACEMENTS = 5;

/** Something to happen on chain. */
export interface Call {
  /** For errors and the log. */
  readonly method: string;
  readonly to: string;
  readonly data: string;
  /** Whether the chain shows it at its head. Asked before each attempt. */
  isDone(): Promise<boolean>;
}

export interface SenderPorts {
  readonly provider: JsonRpcProvider;
  readonly url: string;
  /** Connected to no provider: it only signs. */
  readonly wallet: Wallet;
  readonly intents: Table<IntentRecord>;
  readonly log: Log;
}

export class Sender implements Service {
  readonly #options: WorkerConfig["gas"];
  readonly #ports: SenderPorts;
  readonly #stop = new AbortController();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: WorkerConfig["gas"], ports: SenderPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Lower case. */
  get address(): Address {
    return this.#ports.wallet.address.toLowerCase() as Address;
  }

  /**
   * Makes a call happen; resolves when it is in a block or was done already.
   * @param key names the intent across restarts
   * @throws ProtocolError TRANSACTION_FAILED with the contract's error, GAS_LOW, RPC_UNREACHABLE, TIMED_OUT
   */
  async send(key: string, call: Call): Promise<void> {
    const sent = this.#queue.then(() => this.#deliver(key, call));
    this.#queue = sent.catch(() => undefined);
    return sent;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#queue;
  }

  async #deliver(key: string, call: Call): Promise<void> {
    const { intents } = this.#ports;
    for (;;) {
      if (this.#stop.signal.aborted) throw new ProtocolError("INTERNAL", { what: "closing" });
      if (await this.#reach(() => call.isDone())) return intents.delete(key);
      const next = await this.#settle(key);
      try {
        const intent = intents.get(key) ?? (await this.#sign(key, call, next));
        const outcome = await this.#await(key, call, intent);
        if (outcome === "replaced") continue;
        intents.delete(key);
        if (outcome === "mined") return;
        throw new ProtocolError("TRANSACTION_FAILED", { method: call.method, error: "reverted" });
      } catch (error) {
        // Somebody else was faster: what was wanted is there.
        if (hasCode(error, "TRANSACTION_FAILED") && (await this.#reach(() => call.isDone())))
          return;
        throw error;
      }
    }
  }

  /**
   * Sends again whatever was signed and is in no block, so that no gap keeps later nonces waiting; forgets what is over.
   * @param key of the intent at hand, which is never forgotten here
   * @returns the next free nonce
   */
  async #settle(key: string): Promise<number> {
    const { intents } = this.#ports;
    const used = await this.#transactionCount();
    let next = used;
    const live = intents.entries().toSorted(([, a], [, b]) => a.nonce - b.nonce);
    for (const [name, intent] of live) {
      if (intent.nonce < used) {
        if (name !== key) intents.delete(name);
        continue;
      }
      await this.#broadcast(newestOf(intent).raw);
      next = Math.max(next, intent.nonce + 1);
    }
    return next;
  }

  async #sign(key: string, call: Call, nonce: number): Promise<IntentRecord> {
    const { provider, wallet } = this.#ports;
    const { to, data, method } = call;
    const estimate = await this.#reach(() =>
      provider.estimateGas({ from: wallet.address, to, data }),
    ).catch((cause: unknown) => {
      const error = revertName(cause);
      if (error === undefined) throw cause;
      throw new ProtocolError("TRANSACTION_FAILED", { method, error }, { cause });
    });
    const gasLimit = BigInt(Math.ceil(Number(estimate) * this.#options.margin));
    const fees = feesFor(await this.#reach(() => provider.getFeeData()), this.#options);
    await this.#expectFunds(gasLimit * (fees.type === 2 ? fees.maxFeePerGas : fees.gasPrice));
    const { chainId } = await provider.getNetwork();
    return this.#commit(key, { to, data, nonce, gasLimit, chainId, ...fees });
  }

  /** A node drops what cannot be paid for without a word that is the same everywhere: it is said here, before signing. */
  async #expectFunds(needed: bigint): Promise<void> {
    const { provider, wallet } = this.#ports;
    const balance = await this.#reach(() => provider.getBalance(wallet.address));
    if (balance >= needed) return;
    const facts = { account: this.address, balance: String(balance), needed: String(needed) };
    throw new ProtocolError("GAS_LOW", facts);
  }

  /** Journals the signed bytes before anyone else has them. */
  async #commit(
    key: string,
    request: TransactionRequest & Fees,
    before?: IntentRecord,
  ): Promise<IntentRecord> {
    const raw = (await this.#ports.wallet.signTransaction(request)) as Hex;
    const signed = [...(before?.signed ?? []), { hash: keccak256(raw) as Hex, raw }];
    const intent = { nonce: Number(request.nonce), signed, sentAt: Date.now() };
    this.#ports.intents.put(key, intent);
    await this.#broadcast(raw);
    return intent;
  }

  async #await(
    key: string,
    call: Call,
    first: IntentRecord,
  ): Promise<"mined" | "reverted" | "replaced"> {
    const { log } = this.#ports;
    let intent = first;
    let looks = 0;
    for (let replacements = 0; ;) {
      const status = await this.#receiptOf(intent);
      if (status !== undefined) return status === 1 ? "mined" : "reverted";
      if ((await this.#transactionCount()) > intent.nonce) {
        // Between the two questions it may have been mined.
        if ((await this.#receiptOf(intent)) !== undefined) continue;
        this.#ports.intents.delete(key);
        return "replaced";
      }
      if (Date.now() - intent.sentAt > 1000 * this.#options.stuckSeconds) {
        if (replacements++ === MOST_REPLACEMENTS)
          throw new ProtocolError("TIMED_OUT", {
            what: call.method,
            seconds: MOST_REPLACEMENTS * this.#options.stuckSeconds,
            next: "it is sent again later",
          });
        intent = await this.#raise(key, intent);
        log.info({ method: call.method, nonce: intent.nonce }, "sent again with a higher fee");
      }
      if (!(await wait(LOOK_INTERVAL, this.#stop.signal)))
        throw new ProtocolError("INTERNAL", { what: "closing" });
      // The node may have been away when it was sent; one that has it answers at once.
      if (++looks % LOOKS_PER_BROADCAST === 0) await this.#broadcast(newestOf(intent).raw);
    }
  }

  async #raise(key: string, intent: IntentRecord): Promise<IntentRecord> {
    // Fields of a Transaction are getters: spreading it would copy none.
    const sent = Transaction.from(newestOf(intent).raw);
    const { to, data, nonce, gasLimit, chainId } = sent;
    const request = { to, data, nonce, gasLimit, chainId };
    const fees = raised(sent, this.#options);
    return this.#commit(key, { ...request, ...fees }, intent);
  }

  /** 1 or 0 as in receipts; undefined while in no block. */
  async #receiptOf(intent: IntentRecord): Promise<number | undefined> {
    for (const { hash } of intent.signed) {
      const receipt = await this.#reach(() => this.#ports.provider.getTransactionReceipt(hash));
      if (receipt) return receipt.status ?? 0;
    }
    return undefined;
  }

  /** Nodes answer with an error for what they know already or hold with a higher fee; the receipt tells what became of it. */
  async #broadcast(raw: string): Promise<void> {
    try {
      await this.#ports.provider.send("eth_sendRawTransaction", [raw]);
    } catch (cause) {
      this.#ports.log.debug({ cause: cause instanceof Error ? cause.name : "" }, "not taken");
    }
  }

  #transactionCount(): Promise<number> {
    const { provider, wallet } = this.#ports;
    return this.#reach(() => provider.getTransactionCount(wallet.address, "latest"));
  }

  #reach<T>(call: () => Promise<T>): Promise<T> {
    return reach(this.#ports.url, call);
  }
}

const newestOf = (intent: IntentRecord) => intent.signed.at(-1) as IntentRecord["signed"][number];
