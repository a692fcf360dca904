/**
 * Fetches what this worker lacks for the committees it is in: ciphertext whose data key the owner gave it, and programs. Only keys
 * come from the members after a change of committee; the bulk comes from workers that hold it, by the same door as an upload.
 * @module
 */
import { u32, type Hex } from "../../../protocol/bytes.ts";
import { decodePreamble } from "../../../protocol/envelope/package.ts";
import type { KeyWrap } from "../../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { CommitteeWorker } from "../../../protocol/schema.ts";
import { otherEndpoints } from "../chain/endpoints.ts";
import type { ChainView } from "../chain/view.ts";
import { fetchChunks, fetchProgram } from "../peers.ts";
import { describeError, type Log } from "../log.ts";
import type { Service } from "../services.ts";
import type { Store } from "../store/store.ts";
import { backoff } from "../wait.ts";
import { indexIn } from "./access.ts";
import type { Inbox } from "./inbox.ts";
import type { Programs } from "./programs.ts";

export interface FetcherPorts {
  readonly view: ChainView;
  readonly store: Pick<Store, "events" | "uploads" | "programs">;
  readonly inbox: Pick<Inbox, "receive" | "status" | "preamble" | "idleSince">;
  readonly programs: Pick<Programs, "accept">;
  /** Keys of this worker's enclave. */
  readonly self: CommitteeWorker;
  readonly log: Log;
}

/** Milliseconds without a new chunk after which nobody seems to be uploading. */
const IDLE = 2_000;
/** Milliseconds before a dataset that nobody gave is asked for again: first, and at most. */
const FIRST_RETRY = 1_000;
const LAST_RETRY = 60_000;

export class Fetcher implements Service {
  readonly #ports: FetcherPorts;
  readonly #stop = new AbortController();
  readonly #tries = new Map<Hex, { failures: number; notBefore: number }>();
  #round: Promise<void> | undefined;

  constructor(ports: FetcherPorts) {
    this.#ports = ports;
  }

  /** Starts a round unless one is under way: one thing after the other, so that the jobs keep their bandwidth. */
  look(): void {
    if (this.#stop.signal.aborted) return;
    this.#round ??= this.#fetchAll()
      .catch((error: unknown) => this.#ports.log.error(describeError(error), "cannot fetch"))
      .finally(() => (this.#round = undefined));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#round;
  }

  async #fetchAll(): Promise<void> {
    for (const terms of this.#joined())
      await this.#try(this.#ports.view.terms(terms)?.program, (program) =>
        this.#fetchProgram(terms, program),
      );
    for (const { dataset, terms } of await this.#incomplete())
      await this.#try(dataset, () => this.#fetchDataset(terms, dataset));
  }

  /** Secret contracts that this worker came to later; those of the first committee are given their program by people. */
  #joined(): Hex[] {
    const { view, store, self } = this.#ports;
    const all = store.events.named("CommitteeChanged").map(({ args }) => args.terms);
    return [...new Set(all)].filter((terms) => {
      const program = view.terms(terms)?.program;
      return program && !store.programs.get(program) && indexIn(view.committee(terms), self) >= 0;
    });
  }

  async #incomplete(): Promise<{ dataset: Hex; terms: Hex }[]> {
    const { view, store, inbox, self } = this.#ports;
    const found: { dataset: Hex; terms: Hex }[] = [];
    for (const [key, { kind, terms, held, chunks }] of store.uploads.entries()) {
      const dataset = key as Hex;
      if (kind !== "dataset" || held === chunks || indexIn(view.committee(terms), self) < 0)
        continue;
      // While its owner sends it, this worker keeps out of the way.
      if ((await inbox.idleSince(dataset)) + IDLE < Date.now()) found.push({ dataset, terms });
    }
    return found;
  }

  async #try(name: Hex | undefined, act: (name: Hex) => Promise<void>): Promise<void> {
    if (!name || this.#stop.signal.aborted) return;
    const { failures, notBefore } = this.#tries.get(name) ?? { failures: 0, notBefore: 0 };
    if (Date.now() < notBefore) return;
    try {
      await act(name);
      this.#tries.delete(name);
      this.#ports.log.info({ name }, "fetched from another worker");
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const delay = backoff(failures + 1, FIRST_RETRY, LAST_RETRY);
      this.#tries.set(name, { failures: failures + 1, notBefore: Date.now() + delay });
      this.#ports.log.warn({ name, ...describeError(error) }, "no other worker gave it");
    }
  }

  async #fetchProgram(terms: Hex, program: Hex): Promise<void> {
    await this.#fromAny(terms, async (endpoint) => {
      const bundle = await fetchProgram(endpoint, program, this.#stop.signal);
      this.#ports.programs.accept(program, bundle);
    });
  }

  async #fetchDataset(terms: Hex, dataset: Hex): Promise<void> {
    const { inbox, self } = this.#ports;
    const preamble = inbox.preamble(dataset);
    if (!preamble) return;
    const { wraps } = decodePreamble(preamble);
    const own = wraps.find(({ sealingKey }) => sealingKey === self.sealingKey);
    if (!own) return;
    await this.#fromAny(terms, async (endpoint) => {
      for (;;) {
        const { held } = inbox.status(dataset);
        const piece = this.#piece(endpoint, dataset, held, preamble, own);
        const status = await inbox.receive(dataset, held, piece);
        if (status.complete) return;
        if (status.held === held)
          throw new ProtocolError("WORKER_UNREACHABLE", { endpoint, cause: "it gave nothing" });
      }
    });
  }

  /** An upload as the owner would send it: the preamble that it sent, then chunks from elsewhere. */
  async *#piece(
    endpoint: string,
    dataset: Hex,
    from: number,
    preamble: Uint8Array,
    own: KeyWrap,
  ): AsyncGenerator<Uint8Array> {
    yield u32(preamble.length);
    yield preamble;
    yield* fetchChunks(endpoint, dataset, from, own, this.#stop.signal);
  }

  /** Asks one worker after the other, until one gives it. */
  async #fromAny(terms: Hex, ask: (endpoint: string) => Promise<void>): Promise<void> {
    const { view, self } = this.#ports;
    const faults: unknown[] = [];
    for (const endpoint of otherEndpoints(view, terms, self))
      try {
        return await ask(endpoint);
      } catch (error) {
        faults.push(error);
      }
    throw faults[0];
  }
}
