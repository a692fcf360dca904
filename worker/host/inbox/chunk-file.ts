/** The ciphertext of one envelope on disk: chunks at fixed places, so that an upload goes on where it stopped. @module */
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Hex } from "../../../protocol/bytes.ts";
import { CHUNK_SIZE, TAG_SIZE } from "../../../protocol/envelope/header.ts";

/** Bytes of a sealed chunk, all but the last. */
export const SEALED_CHUNK = CHUNK_SIZE + TAG_SIZE;

export class ChunkFile {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @param datasets folder of all envelopes */
  static async open(datasets: string, dataset: Hex): Promise<ChunkFile> {
    const folder = join(datasets, dataset);
    await mkdir(folder, { recursive: true });
    const file = join(folder, "chunks");
    // "r+" keeps what is there; the first upload makes the file.
    const handle = await open(file, "r+").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return open(file, "w+");
    });
    return new ChunkFile(handle);
  }

  async write(index: number, chunk: Uint8Array): Promise<void> {
    let done = 0;
    while (done < chunk.length) {
      const at = index * SEALED_CHUNK + done;
      const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done, at);
      done += bytesWritten;
    }
  }

  /** Resolves when all that was written is on the disk. */
  async sync(): Promise<void> {
    await this.#file.datasync();
  }

  /** @param bytes of the whole envelope, which tell how long the last chunk is */
  async read(index: number, bytes: number): Promise<Uint8Array> {
    const start = index * SEALED_CHUNK;
    const chunk = new Uint8Array(Math.min(SEALED_CHUNK, bytes - start));
    let done = 0;
    while (done < chunk.length) {
      const { bytesRead } = await this.#file.read(chunk, done, chunk.length - done, start + done);
      // Shorter than the journal says: the enclave will see it by the chunk's hash.
      if (bytesRead === 0) return chunk.subarray(0, done);
      done += bytesRead;
    }
    return chunk;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
