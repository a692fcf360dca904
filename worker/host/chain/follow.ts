/**
 * Follows the chain by polling. A block counts when it has `confirmations`, the head being its own first: with 1 the head counts,
 * with 2 the block below it. Nodes push no notice of what a reorg removes, so each look compares the hash of the newest stored
 * block with the chain's; when they differ, everything above the last common block is taken back, and what rested on it with it.
 * @module
 */
import { ProtocolError } from "../../../protocol/errors.ts";
import type { ChainEvent } from "../../../protocol/events.ts";
import { describeError, type Log } from "../log.ts";
import type { Service } from "../services.ts";
import type { EventStore } from "../store/events.ts";
import { backoff, wait } from "../wait.ts";
import type { Block, ChainReader } from "./reader.ts";

/** Stored blocks compared at once on the way down to a common ancestor. */
const STRIDE = 32;

export interface FollowerOptions {
  readonly confirmations: number;
  readonly fromBlock: number;
  /** Milliseconds. */
  readonly pollInterval: number;
  /** Blocks read in one transaction. */
  readonly logRange: number;
}

export interface FollowerPorts {
  readonly chain: ChainReader;
  readonly events: EventStore;
  readonly log: Log;
  readonly transaction: <T>(act: () => T) => T;
  /** What rests on new events; runs in the transaction that stores them. */
  readonly onEvents: (events: readonly ChainEvent[]) => void;
  /** What rested on vanished events; runs in the transaction that takes them back. */
  readonly onRollback: () => void;
  /** After each look, whether or not there was something new: deadlines pass too. */
  readonly onLook: () => void;
}

export interface FollowerStatus {
  readonly reachable: boolean;
  /** Whether all that counts has been read at least once. */
  readonly synced: boolean;
  readonly head: Block | undefined;
  /** Last block read, -1 before the first. */
  readonly block: number;
}

export class Follower implements Service {
  readonly #options: FollowerOptions;
  readonly #ports: FollowerPorts;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #head: Block | undefined;
  #reachable = false;
  #synced = false;

  constructor(options: FollowerOptions, ports: FollowerPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  status(): FollowerStatus {
    return {
      reachable: this.#reachable,
      synced: this.#synced,
      head: this.#head,
      block: this.#ports.events.cursor()?.number ?? -1,
    };
  }

  /** Begins to look, and goes on until closed. */
  start(): this {
    this.#running ??= this.#run();
    return this;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /**
   * One look: takes back what vanished, reads what is new and counts.
   * @throws ProtocolError RPC_UNREACHABLE
   */
  async look(): Promise<void> {
    const head = await this.#ports.chain.block("latest");
    if (!head) throw new ProtocolError("INTERNAL", { what: "the chain has no block" });
    await this.#takeBack(head);
    const { confirmations, logRange } = this.#options;
    const last = head.number - confirmations + 1;
    for (let from = this.#nextBlock(); from <= last; from = this.#nextBlock()) {
      if (this.#stop.signal.aborted) return;
      await this.#read(from, Math.min(last, from + logRange - 1));
    }
    this.#head = head;
    this.#synced = true;
  }

  #nextBlock(): number {
    return (this.#ports.events.cursor()?.number ?? this.#options.fromBlock - 1) + 1;
  }

  async #read(from: number, to: number): Promise<void> {
    const { chain, events, transaction } = this.#ports;
    const before = await chain.block(to);
    const found = await chain.events(from, to);
    const after = await chain.block(to);
    // The hash of a block stands for all below it: equal before and after, all events are of one chain.
    if (!before || !after || before.hash !== after.hash)
      throw new ProtocolError("INTERNAL", { what: "the chain changed while it was read" });
    transaction(() => {
      events.append(found, after);
      this.#ports.onEvents(found);
    });
  }

  async #takeBack(head: Block): Promise<void> {
    const { events, log, transaction } = this.#ports;
    const newest = events.cursor();
    if (!newest) return;
    // A node that lags behind another one is no reorg: what it has is compared, the rest when it has caught up.
    const common = await this.#commonBlock(Math.min(newest.number, head.number));
    const compared = events.blocksDown(1, head.number)[0];
    if (compared === undefined || common === compared.number) return;
    log.warn({ from: newest.number, to: common }, "reorg");
    transaction(() => {
      events.rollback(common);
      this.#ports.onRollback();
    });
  }

  /** Highest stored block at or below `from` that is on the chain; -1 when none is. */
  async #commonBlock(from: number): Promise<number> {
    for (let top = from; ;) {
      const stored = this.#ports.events.blocksDown(STRIDE, top);
      for (const block of stored) {
        const actual = await this.#ports.chain.block(block.number);
        if (actual?.hash === block.hash) return block.number;
      }
      const lowest = stored.at(-1);
      if (!lowest) return -1;
      top = lowest.number - 1;
    }
  }

  async #run(): Promise<void> {
    const { pollInterval } = this.#options;
    const { log, onLook } = this.#ports;
    let failures = 0;
    do {
      try {
        await this.look();
        failures = 0;
        this.#reachable = true;
      } catch (error) {
        failures += 1;
        this.#reachable = false;
        if (failures === 1) log.warn(describeError(error), "cannot follow the chain");
      }
      onLook();
    } while (
      await wait(Math.max(pollInterval, backoff(failures, pollInterval, 30_000)), this.#stop.signal)
    );
  }
}
