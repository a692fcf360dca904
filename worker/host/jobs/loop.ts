/**
 * Keeps every job moving: looks at its facts, asks `next`, acts, looks again. Jobs do not wait for each other; the enclave and the
 * sender each take one thing at a time by themselves.
 * @module
 */
import type { Hex } from "../../../protocol/bytes.ts";
import type { Block } from "../chain/reader.ts";
import { describeError } from "../log.ts";
import type { Service } from "../services.ts";
import type { JobRecord } from "../store/store.ts";
import { backoff, wait } from "../wait.ts";
import { act } from "./act.ts";
import type { Job } from "./job.ts";
import { isOwed, next, type Action } from "./next.ts";
import { observe, type ObserveOptions } from "./observe.ts";
import type { ActPorts } from "./ports.ts";
import { change } from "./records.ts";

export interface LoopOptions extends Omit<ObserveOptions, "draining"> {
  /** Milliseconds between two looks into the mailboxes of the others. */
  readonly mailboxInterval: number;
}

export interface LoopPorts extends ActPorts {
  /** Whether to finish what was promised and promise nothing more. */
  isDraining(): boolean;
  /** Called with each look that finds nothing left to finish while draining. */
  onDrained(): void;
}

/** Milliseconds before the same step is done again when the chain does not show it yet. */
const REPEAT_AFTER = 3000;
/** Milliseconds before a failed step is tried again: first, and at most. */
const FIRST_RETRY = 1000;
const LAST_RETRY = 60_000;
/** Milliseconds that steps under way have when the worker closes. */
const DRAIN = 5000;

export class JobLoop implements Service {
  readonly #options: LoopOptions;
  readonly #ports: LoopPorts;
  readonly #busy = new Map<Hex, Promise<void>>();
  /** The last step of each job, so that it is not repeated with every look. */
  readonly #last = new Map<Hex, { step: Action["do"]; at: number }>();
  readonly #counts = new Map<string, number>();
  #owed = 0;
  #closed = false;

  constructor(options: LoopOptions, ports: LoopPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Jobs by what they do or wait for. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  /** Looks at every job that is not under way. */
  wake(): void {
    const { follower, store } = this.#ports;
    const { head, synced } = follower.status();
    if (this.#closed || !head || !synced) return;
    this.#counts.clear();
    this.#owed = 0;
    const draining = this.#ports.isDraining();
    for (const [key, record] of store.jobs.entries()) {
      const task = key as Hex;
      if (this.#busy.has(task)) this.#count("busy");
      else this.#look(task, record, head, draining);
    }
    if (draining && this.#owed === 0 && this.#busy.size === 0) this.#ports.onDrained();
  }

  /** Begins nothing more and gives what is under way a few seconds; what is cut off is done again after the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    const enough = new AbortController();
    const late = wait(DRAIN, enough.signal);
    await Promise.race([Promise.all(this.#busy.values()), late]);
    enough.abort();
  }

  #look(task: Hex, record: JobRecord, head: Block, draining: boolean): void {
    try {
      this.#step(task, this.#decide(task, record, head, draining));
    } catch (error) {
      // One job whose papers make no sense must not keep the others from moving.
      this.#count("faulty");
      this.#ports.log.error({ task, ...describeError(error) }, "cannot be judged");
    }
  }

  #decide(task: Hex, record: JobRecord, head: Block, draining: boolean): Action {
    const options = { ...this.#options, draining };
    const job = observe(options, this.#ports, task, record, head, Date.now());
    if (isOwed(job)) this.#owed += 1;
    if (record.sealableSince === undefined && isSealable(job))
      change(this.#ports.store, task, (before) => ({ ...before, sealableSince: head.number }));
    return next(job);
  }

  #step(task: Hex, action: Action): void {
    this.#count(action.do === "wait" ? `waiting-${action.for}` : action.do);
    if (action.do === "wait" || this.#isTooSoon(task, action.do)) return;
    this.#last.set(task, { step: action.do, at: Date.now() });
    const done = this.#perform(task, action).finally(() => {
      this.#busy.delete(task);
      if (action.do === "forget") this.#last.delete(task);
      this.wake();
    });
    this.#busy.set(task, done);
  }

  async #perform(task: Hex, action: Action): Promise<void> {
    const { store, log } = this.#ports;
    try {
      await act(this.#ports, task, action);
      // Gathering says nothing about the step that failed.
      if (action.do === "gather" || this.#closed) return;
      log.info({ task, step: action.do }, "done");
      change(store, task, (record) => ({ ...record, failures: 0, notBefore: 0 }));
    } catch (error) {
      if (this.#closed) return;
      log.warn({ task, step: action.do, ...describeError(error) }, "failed, is tried again");
      change(store, task, (record) => {
        const failures = record.failures + 1;
        const delay = backoff(failures, FIRST_RETRY, LAST_RETRY);
        return { ...record, failures, notBefore: Date.now() + delay };
      });
    }
  }

  #isTooSoon(task: Hex, step: Action["do"]): boolean {
    const last = this.#last.get(task);
    if (last?.step !== step) return false;
    const pause = step === "gather" ? this.#options.mailboxInterval : REPEAT_AFTER;
    return Date.now() < last.at + pause;
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}

const isSealable = ({ state, proposal: { consentsComplete, readies } }: Job): boolean =>
  state === "proposed" && consentsComplete && readies.have >= readies.need;
