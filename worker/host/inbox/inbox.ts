/** Takes sealed envelopes in, and hands them to the enclave. Every byte is checked against a hash that is on chain. @module */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DatasetStatus } from "../../../protocol/api.ts";
import { sameBytes, toHex, type Hex } from "../../../protocol/bytes.ts";
import { encodePreamble, readPackage, type Preamble } from "../../../protocol/envelope/package.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { sha256 } from "../../../protocol/hash.ts";
import type { CommitteeWorker } from "../../../protocol/schema.ts";
import type { ChainView } from "../chain/view.ts";
import type { Service } from "../services.ts";
import { pinsOf } from "../erasure/pins.ts";
import { withdrawalKey, type Store } from "../store/store.ts";
import { admitPreamble, expectedUploads, type Admission } from "./access.ts";
import { ChunkFile, SEALED_CHUNK } from "./chunk-file.ts";
import { Upload } from "./upload.ts";

export interface InboxOptions {
  /** Folder of the envelopes. */
  readonly datasets: string;
  /** Bytes of ciphertext for one member account. */
  readonly quotaBytes: number;
}

export interface InboxPorts {
  readonly view: ChainView;
  readonly store: Pick<
    Store,
    "uploads" | "preambles" | "withdrawals" | "erasures" | "jobs" | "transaction"
  >;
  /** Keys of this worker's enclave. */
  readonly self: CommitteeWorker;
  /** Called when an envelope is complete, or its data key was replaced. */
  readonly onArrival: (dataset: Hex) => void;
}

interface OpenUpload {
  readonly upload: Promise<Upload>;
  users: number;
  closing?: Promise<void>;
}

export class Inbox implements Service {
  readonly #options: InboxOptions;
  readonly #ports: InboxPorts;
  readonly #open = new Map<Hex, OpenUpload>();
  readonly #receiving = new Set<Promise<unknown>>();
  /** Files that are being deleted. */
  readonly #removing = new Map<Hex, Promise<void>>();

  constructor(options: InboxOptions, ports: InboxPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /**
   * Takes an upload in, from chunk `from` on.
   * @param source a package: preamble, then the chunks from `from` on; whatever ends it early, the chunks that came stay
   * @throws ProtocolError as {@link admitPreamble}; QUOTA, UPLOAD_OUT_OF_ORDER, HASH_MISMATCH, ENVELOPE_MALFORMED
   */
  async receive(
    dataset: Hex,
    from: number,
    source: AsyncIterable<Uint8Array>,
  ): Promise<DatasetStatus> {
    const received = this.#receive(dataset, from, source);
    this.#receiving.add(received);
    return received.finally(() => this.#receiving.delete(received));
  }

  /**
   * Makes the disk what the journal says: files it knows nothing of are deleted (a crash came in between), envelopes without a file
   * (their home was restored without) get an empty one, whose time says since when nothing came.
   */
  async start(): Promise<this> {
    const { datasets } = this.#options;
    const files = (await readdir(datasets)).filter((name) => /^0x[0-9a-f]{64}$/.test(name));
    const known = this.#ports.store.uploads.entries().map(([dataset]) => dataset);
    for (const name of files) if (!known.includes(name)) await this.#deleteFiles(name as Hex);
    for (const name of known)
      if (!files.includes(name)) await (await ChunkFile.open(datasets, name as Hex)).close();
    return this;
  }

  /** Waits until what came in is saved. Whoever sends must have been cut off before. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#receiving);
  }

  async #receive(
    dataset: Hex,
    from: number,
    source: AsyncIterable<Uint8Array>,
  ): Promise<DatasetStatus> {
    const { view, self } = this.#ports;
    const { preamble, chunks } = await readPackage(source);
    const admission = admitPreamble(view, self, dataset, preamble);
    this.#admit(dataset, preamble, admission);
    const upload = await this.#enter(dataset);
    const before = upload.held;
    try {
      if (from > before) throw new ProtocolError("UPLOAD_OUT_OF_ORDER", { held: before, from });
      let index = from;
      for await (const chunk of chunks) {
        await expectLeaf(preamble, index, chunk);
        await upload.append(index, chunk);
        index += 1;
      }
    } finally {
      await this.#leave(dataset, upload);
    }
    const status = this.status(dataset);
    if (status.complete && before < status.of) this.#ports.onArrival(dataset);
    return status;
  }

  /**
   * How far an upload got.
   * @throws ProtocolError NOT_COMMITTED
   */
  status(dataset: Hex): DatasetStatus {
    const record = this.#ports.store.uploads.get(dataset);
    if (record) {
      const { held, chunks } = record;
      return { dataset, held, of: chunks, complete: held === chunks };
    }
    const [expected] = expectedUploads(this.#ports.view, dataset);
    if (!expected) throw new ProtocolError("NOT_COMMITTED", { hash: dataset });
    return { dataset, held: 0, of: expected.chunks ?? 0, complete: false };
  }

  isComplete(dataset: Hex): boolean {
    const record = this.#ports.store.uploads.get(dataset);
    return record !== undefined && record.held === record.chunks;
  }

  /** Gives up the chunks of an envelope whose bytes on disk are no longer what came in: it can be uploaded again. */
  discard(dataset: Hex): void {
    const record = this.#ports.store.uploads.get(dataset);
    if (record) this.#ports.store.uploads.put(dataset, { ...record, held: 0 });
  }

  /**
   * Deletes an envelope for good: out of the journal first, so that nobody reads it any more, then off the disk.
   * @param and done in the transaction of the journal
   * @returns false while somebody uploads it, and then nothing is done
   */
  async remove(dataset: Hex, and: () => void = () => undefined): Promise<boolean> {
    if (this.#open.has(dataset)) return false;
    const { store } = this.#ports;
    store.transaction(() => {
      store.uploads.delete(dataset);
      store.preambles.deleteAll(dataset);
      and();
    });
    const removed = this.#deleteFiles(dataset).finally(() => this.#removing.delete(dataset));
    this.#removing.set(dataset, removed);
    await removed;
    return true;
  }

  /** Unix milliseconds at which the last chunk came; 0 when none ever did. */
  async idleSince(dataset: Hex): Promise<number> {
    const file = join(this.#options.datasets, dataset, "chunks");
    return stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  }

  async #deleteFiles(dataset: Hex): Promise<void> {
    await rm(join(this.#options.datasets, dataset), { recursive: true, force: true });
  }

  /** The preamble of an envelope as the enclave takes it, with the data key for it alone. */
  preamble(dataset: Hex): Uint8Array | undefined {
    return this.#ports.store.preambles.get(dataset);
  }

  /** Ciphertext chunks of a complete envelope, from one index up to another. */
  async *chunks(dataset: Hex, from = 0, to = Infinity): AsyncGenerator<Uint8Array> {
    const record = this.#ports.store.uploads.get(dataset);
    if (!record) return;
    const file = await ChunkFile.open(this.#options.datasets, dataset);
    try {
      const end = Math.min(to, record.held);
      for (let i = from; i < end; i++) yield await file.read(i, record.bytes);
    } finally {
      await file.close();
    }
  }

  /** Number of envelopes and their bytes. */
  usage(): { count: number; bytes: number } {
    const records = this.#ports.store.uploads.entries();
    return { count: records.length, bytes: records.reduce((sum, [, { bytes }]) => sum + bytes, 0) };
  }

  /** Reserves room and keeps the preamble; synchronous, so that two uploads at once cannot both take the last of a quota. */
  #admit(dataset: Hex, { header, leaves }: Preamble, admission: Admission): void {
    const { store, onArrival } = this.#ports;
    const { kind, terms, member, account, wrap } = admission;
    const kept = encodePreamble({ header, leaves, wraps: [wrap] }).subarray(4);
    const before = store.preambles.get(dataset);
    // A wrap on which this worker's `Ready` rests stays: a new one that does not open would make the worker fail after sealing.
    const replaced = before !== undefined && !sameBytes(before, kept) && !this.#isReliedOn(dataset);
    this.#expectWanted(dataset, admission);
    store.transaction(() => {
      if (!store.uploads.get(dataset)) {
        const bytes = leaves.length * SEALED_CHUNK;
        this.#expectRoom(account, bytes);
        const chunks = leaves.length;
        store.uploads.put(dataset, { kind, terms, member, account, chunks, held: 0, bytes });
      }
      if (!before || replaced) store.preambles.put(dataset, kept);
    });
    if (replaced) onArrival(dataset);
  }

  #isReliedOn(dataset: Hex): boolean {
    const { store, view } = this.#ports;
    return store.jobs.entries().some(([task, { ready }]) => {
      const asked = ready && view.proposal(task as Hex)?.args;
      if (!asked) return false;
      const { inputs, task: named } = asked;
      return named.privateParams === dataset || inputs.some((input) => input.dataset === dataset);
    });
  }

  /** A withdrawn dataset is taken only as long as a task under way needs it. */
  #expectWanted(dataset: Hex, { terms, member }: Admission): void {
    const { store } = this.#ports;
    const key = withdrawalKey({ terms, member, dataset });
    const withdrawn = store.withdrawals.get(key);
    const erased = withdrawn?.deleted === true || store.erasures.get(key) !== undefined;
    if (erased || (withdrawn && pinsOf(this.#ports, dataset).length === 0))
      throw new ProtocolError("DATASET_WITHDRAWN", { dataset });
  }

  #expectRoom(account: string, bytes: number): void {
    const limit = this.#options.quotaBytes;
    const used = this.#ports.store.uploads
      .entries()
      .filter(([, record]) => record.account === account)
      .reduce((sum, [, record]) => sum + record.bytes, 0);
    if (used + bytes > limit)
      throw new ProtocolError("QUOTA", { limit, what: `bytes of account ${account}` });
  }

  async #enter(dataset: Hex): Promise<Upload> {
    // Who comes while the last one is saved starts from what was saved.
    // And who comes while it is deleted starts from nothing.
    for (;;) {
      const busy = this.#open.get(dataset)?.closing ?? this.#removing.get(dataset);
      if (!busy) break;
      await busy;
    }
    const entry = this.#open.get(dataset) ?? { upload: this.#begin(dataset), users: 0 };
    this.#open.set(dataset, entry);
    entry.users += 1;
    try {
      return await entry.upload;
    } catch (cause) {
      this.#open.delete(dataset);
      throw cause;
    }
  }

  async #begin(dataset: Hex): Promise<Upload> {
    const { uploads } = this.#ports.store;
    const record = uploads.get(dataset);
    // Deleted since it was admitted: the sender tries again, and hears why.
    if (!record) throw new ProtocolError("NOT_COMMITTED", { hash: dataset });
    const file = await ChunkFile.open(this.#options.datasets, dataset);
    return new Upload(dataset, record, file, uploads);
  }

  async #leave(dataset: Hex, upload: Upload): Promise<void> {
    const entry = this.#open.get(dataset);
    if (!entry || (entry.users -= 1) > 0) return;
    entry.closing = upload.close().finally(() => this.#open.delete(dataset));
    await entry.closing;
  }
}

async function expectLeaf({ leaves }: Preamble, index: number, chunk: Uint8Array): Promise<void> {
  const leaf = leaves[index];
  if (!leaf)
    throw new ProtocolError("ENVELOPE_MALFORMED", { what: `more than ${leaves.length} chunks` });
  const actual = await sha256(chunk);
  if (sameBytes(actual, leaf)) return;
  const [expected, got] = [leaf, actual].map(toHex) as [Hex, Hex];
  throw new ProtocolError("HASH_MISMATCH", { what: `chunk ${index}`, expected, actual: got });
}
