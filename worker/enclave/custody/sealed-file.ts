/**
 * The one file the enclave may write, sealed to its platform: its keys, and the datasets it has promised never to open again.
 *
 *   plaintext = signing key (32) || opening key (32) || (terms (32) || u8 member || dataset (32))*
 *
 * One file, because keys that come back without the promises would break them.
 * @module
 */
import { constants, readFile, rename, writeFile } from "node:fs/promises";
import { concat, fromHex, toHex, u8, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { DatasetName } from "../../../protocol/schema.ts";
import type { Platform } from "./platform.ts";

const CONTEXT = "cloister/v1/enclave-keys";
const KEYS = 64;
const ENTRY = 65;

export class SealedFile {
  /** Both private keys, 64 bytes. */
  readonly keys: Uint8Array;
  readonly #platform: Platform;
  readonly #file: string;
  readonly #erased: Set<Hex>;

  private constructor(platform: Platform, file: string, plain: Uint8Array) {
    this.#platform = platform;
    this.#file = file;
    this.keys = plain.slice(0, KEYS);
    const count = (plain.length - KEYS) / ENTRY;
    const entries = Array.from({ length: count }, (_, i) => KEYS + i * ENTRY);
    this.#erased = new Set(entries.map((at) => toHex(plain.subarray(at, at + ENTRY))));
  }

  /**
   * Opens the file; without one, makes keys and writes them before they are used.
   * @throws ProtocolError CANNOT_OPEN for a file of another platform or another form
   */
  static async open(platform: Platform, file: string): Promise<SealedFile> {
    const sealed = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return undefined;
      throw cause;
    });
    if (!sealed?.length) {
      // Random 32 bytes are a valid secp256k1 key but for a chance of 2^-128; `addressOf` refuses those.
      const made = new SealedFile(platform, file, crypto.getRandomValues(new Uint8Array(KEYS)));
      await made.#save();
      return made;
    }
    const plain = await platform.box.open(sealed, CONTEXT);
    if (plain.length < KEYS || (plain.length - KEYS) % ENTRY !== 0)
      throw new ProtocolError("CANNOT_OPEN", { what: "enclave keys" });
    return new SealedFile(platform, file, plain);
  }

  hasErased(name: DatasetName): boolean {
    return this.#erased.has(entryOf(name));
  }

  /**
   * Remembers for good that a dataset is not to be opened again. When it returns, the disk has it.
   * @param most datasets that are remembered; the file is written whole each time
   * @throws ProtocolError LIMIT_EXCEEDED
   */
  async erase(name: DatasetName, most: number): Promise<void> {
    if (this.hasErased(name)) return;
    if (this.#erased.size >= most)
      throw new ProtocolError("LIMIT_EXCEEDED", { what: "erased datasets", limit: most });
    const entry = entryOf(name);
    this.#erased.add(entry);
    try {
      await this.#save();
    } catch (cause) {
      this.#erased.delete(entry);
      throw cause;
    }
  }

  async #save(): Promise<void> {
    const plain = concat(this.keys, ...[...this.#erased].map((entry) => fromHex(entry)));
    // Whole or not at all: a half-written file would lose every dataset sealed to these keys. O_SYNC, because the permission
    // model refuses fsync.
    const flag = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_SYNC;
    const sealed = await this.#platform.box.seal(plain, CONTEXT);
    await writeFile(`${this.#file}.new`, sealed, { mode: 0o600, flag });
    await rename(`${this.#file}.new`, this.#file);
  }
}

const entryOf = ({ terms, member, dataset }: DatasetName): Hex =>
  toHex(concat(fromHex(terms, 32), u8(member), fromHex(dataset, 32)));
