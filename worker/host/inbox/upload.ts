/**
 * One envelope on its way in. Whoever sends it at the same time shares this object: chunks are appended one after the other, and
 * one that is held already is skipped. Progress is journalled only after the disk has the bytes.
 * @module
 */
import type { Hex } from "../../../protocol/bytes.ts";
import type { UploadRecord } from "../store/store.ts";
import type { Table } from "../store/table.ts";
import { SEALED_CHUNK, type ChunkFile } from "./chunk-file.ts";

/** Chunks (1 MiB), or milliseconds, between two syncs: what a crash costs an upload at most. */
const SYNC_CHUNKS = 16;
const SYNC_INTERVAL = 500;

export class Upload {
  readonly #dataset: Hex;
  readonly #file: ChunkFile;
  readonly #records: Table<UploadRecord>;
  #record: UploadRecord;
  #held: number;
  #lastLength = 0;
  #savedAt = performance.now();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(dataset: Hex, record: UploadRecord, file: ChunkFile, records: Table<UploadRecord>) {
    this.#dataset = dataset;
    this.#record = record;
    this.#held = record.held;
    this.#file = file;
    this.#records = records;
  }

  /** Chunks that came in, synced or not. */
  get held(): number {
    return this.#held;
  }

  /** Appends a chunk whose hash was checked, unless it is held. */
  async append(index: number, chunk: Uint8Array): Promise<void> {
    await this.#inTurn(async () => {
      if (index !== this.#held) return;
      await this.#file.write(index, chunk);
      this.#held += 1;
      this.#lastLength = chunk.length;
      const whole = this.#held === this.#record.chunks;
      const many = this.#held - this.#record.held >= SYNC_CHUNKS;
      if (whole || many || performance.now() > this.#savedAt + SYNC_INTERVAL) await this.#save();
    });
  }

  /** Saves what came in and closes the file. */
  async close(): Promise<void> {
    await this.#inTurn(async () => {
      try {
        if (this.#held > this.#record.held) await this.#save();
      } finally {
        await this.#file.close();
      }
    });
  }

  async #save(): Promise<void> {
    await this.#file.sync();
    const held = this.#held;
    const complete = held === this.#record.chunks;
    const bytes = complete ? (held - 1) * SEALED_CHUNK + this.#lastLength : this.#record.bytes;
    this.#record = { ...this.#record, held, bytes };
    this.#records.put(this.#dataset, this.#record);
    this.#savedAt = performance.now();
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
