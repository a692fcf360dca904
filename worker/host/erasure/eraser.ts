/**
 * Erases what is not to be held any more. A withdrawn dataset: once no task under way names it, its ciphertext and key wrap are
 * deleted, then the enclave signs that it has forgotten it. An upload that nobody goes on with, and private parameters whose tasks
 * are over: deleted. What is deleted frees its member's quota.
 *
 * Each step is journalled before the next, and each may be done twice: a crash anywhere ends in the same result.
 * @module
 */
import type { ErasureStatus } from "../../../protocol/api.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { select, type ChainEvent } from "../../../protocol/events.ts";
import type { CommitteeWorker, DatasetName } from "../../../protocol/schema.ts";
import type { Follower } from "../chain/follow.ts";
import type { ChainView } from "../chain/view.ts";
import type { Enclave } from "../enclave.ts";
import { indexIn } from "../inbox/access.ts";
import type { Inbox } from "../inbox/inbox.ts";
import { describeError, type Log } from "../log.ts";
import type { Service } from "../services.ts";
import { withdrawalKey, type Store } from "../store/store.ts";
import { holdingPins, pinsOf } from "./pins.ts";

export interface EraserOptions {
  /** Seconds without a new chunk after which an incomplete upload is given up. */
  readonly staleUploadSeconds: number;
}

export interface EraserPorts {
  readonly view: ChainView;
  readonly store: Store;
  readonly inbox: Pick<Inbox, "remove" | "idleSince">;
  readonly enclave: Pick<Enclave, "ask">;
  readonly follower: Pick<Follower, "status">;
  /** Keys of this worker's enclave. */
  readonly self: CommitteeWorker;
  readonly log: Log;
}

/** Milliseconds before what failed is tried again. */
const RETRY = 5_000;
/** Milliseconds between two looks for uploads that nobody goes on with. */
const TIDY_INTERVAL = 60_000;
/** As many tasks as an answer names. */
const MOST_PINS = 100;

export class Eraser implements Service {
  readonly #options: EraserOptions;
  readonly #ports: EraserPorts;
  #busy = false;
  #closed = false;
  #notBefore = 0;
  #tidyAt = 0;

  constructor(options: EraserOptions, ports: EraserPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Takes down what an earlier version saw withdrawn and did not erase. */
  start(): this {
    const { store } = this.#ports;
    store.transaction(() => this.onEvents(store.events.named("DatasetWithdrawn")));
    return this;
  }

  /** Takes down what was withdrawn; runs in the transaction that stores the events. */
  onEvents(events: readonly ChainEvent[]): void {
    const { store } = this.#ports;
    for (const { args } of select(events, "DatasetWithdrawn")) {
      const key = withdrawalKey(args);
      if (store.withdrawals.get(key) || store.erasures.get(key) || !this.#isConcerned(args))
        continue;
      const { terms, member, dataset } = args;
      store.withdrawals.put(key, { terms, member, dataset, deleted: false });
    }
  }

  /** After a reorg: a withdrawal that is gone is none, unless its dataset is deleted already. */
  onRollback(): void {
    const { store, view } = this.#ports;
    for (const [key, { deleted, ...withdrawal }] of store.withdrawals.entries())
      if (!deleted && !view.isWithdrawn(withdrawal)) store.withdrawals.delete(key);
  }

  /** With each look at the chain: does what can be done, unless that is under way. */
  look(): void {
    const { head, synced } = this.#ports.follower.status();
    if (!head || !synced || this.#busy || this.#closed || Date.now() < this.#notBefore) return;
    void this.pass(head.time);
  }

  /** @param now block time, Unix seconds */
  async pass(now: number): Promise<void> {
    this.#busy = true;
    for (const [key] of this.#ports.store.withdrawals.entries())
      await this.#attempt(() => this.#erase(key, now));
    if (Date.now() >= this.#tidyAt) await this.#attempt(() => this.#tidy(now));
    this.#busy = false;
  }

  /** Begins nothing more; what is cut off is done again after the next start. */
  close(): void {
    this.#closed = true;
  }

  /**
   * How far the erasure of a member's dataset is.
   * @throws ProtocolError NOT_COMMITTED as far as the chain was read; NOT_IN_COMMITTEE when it is not this worker's to erase
   */
  status(withdrawal: DatasetName): ErasureStatus {
    const { store, view, self, follower } = this.#ports;
    const { dataset } = withdrawal;
    const key = withdrawalKey(withdrawal);
    const erasure = store.erasures.get(key);
    if (erasure) return { dataset, state: "erased", pins: [], signature: erasure.signature };
    const record = store.withdrawals.get(key);
    if (record) {
      const now = follower.status().head?.time ?? 0;
      const pins = record.deleted ? [] : holdingPins(pinsOf(this.#ports, dataset), now);
      return { dataset, state: "pending", pins: pins.slice(0, MOST_PINS) };
    }
    const isCommitted = view
      .commitments(dataset)
      .some(({ terms, member }) => terms === withdrawal.terms && member === withdrawal.member);
    if (!isCommitted) throw new ProtocolError("NOT_COMMITTED", { hash: dataset });
    if (!this.#isConcerned(withdrawal))
      throw new ProtocolError("NOT_IN_COMMITTEE", { signer: self.signer });
    return { dataset, state: "kept", pins: [] };
  }

  /** One that fails keeps no other from being done. */
  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      if (!this.#closed) await act();
    } catch (error) {
      this.#notBefore = Date.now() + RETRY;
      if (!this.#closed) this.#ports.log.warn(describeError(error), "not erased, is tried again");
    }
  }

  async #erase(key: string, now: number): Promise<void> {
    const { enclave, log, store, view } = this.#ports;
    const record = store.withdrawals.get(key);
    // A reorg took it back while another one was erased.
    if (!record) return;
    const { deleted, ...name } = record;
    const { terms, member, dataset } = name;
    if (!deleted) {
      if (holdingPins(pinsOf(this.#ports, dataset), now).length > 0) return;
      const mark = () => store.withdrawals.put(key, { ...record, deleted: true });
      // Whoever is uploading it ends soon, and begins no second time.
      if (!(await this.#remove(name, mark))) return;
    }
    const { deployment } = view;
    const { json } = await enclave.ask("erase", { deployment, ...name });
    store.transaction(() => {
      store.erasures.put(key, json);
      store.withdrawals.delete(key);
    });
    log.info({ terms, member, dataset }, "erased");
  }

  /** Deletes a member's envelope, when there is one. @returns false while somebody uploads it */
  async #remove({ terms, member, dataset }: DatasetName, mark: () => void): Promise<boolean> {
    const { inbox, store } = this.#ports;
    const upload = store.uploads.get(dataset);
    if (upload && upload.terms === terms && upload.member === member)
      return inbox.remove(dataset, mark);
    mark();
    return true;
  }

  /** Uploads that broke off long ago, and private parameters that no task under way names. */
  async #tidy(now: number): Promise<void> {
    const { inbox, log, store } = this.#ports;
    const staleBefore = Date.now() - 1000 * this.#options.staleUploadSeconds;
    for (const [key, { kind, held, chunks }] of store.uploads.entries()) {
      const dataset = key as Hex;
      const isOver =
        kind === "params" || (held < chunks && (await inbox.idleSince(dataset)) < staleBefore);
      if (!isOver || holdingPins(pinsOf(this.#ports, dataset), now).length > 0) continue;
      if (await inbox.remove(dataset)) log.info({ dataset, kind, held, chunks }, "given up");
    }
    this.#tidyAt = Date.now() + TIDY_INTERVAL;
  }

  /** Whether this worker was ever to hold it, or holds it. */
  #isConcerned({ terms, member, dataset }: DatasetName): boolean {
    const { self, store, view } = this.#ports;
    const upload = store.uploads.get(dataset);
    if (upload && upload.terms === terms && upload.member === member) return true;
    return view.committees(terms).some((committee) => indexIn(committee, self) >= 0);
  }
}
