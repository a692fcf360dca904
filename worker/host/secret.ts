/** Bytes that no log, template or inspection can print; the host's only secret is the key that pays for gas. @module */
import { inspect } from "node:util";

export class Secret {
  readonly #bytes: Uint8Array;

  /** @param bytes owned by the secret from now on */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Lends the bytes; `fn` must not keep them. */
  use<T>(fn: (bytes: Uint8Array) => T): T {
    return fn(this.#bytes);
  }

  /** Overwrites the bytes. Copies made inside `use` are beyond reach. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toJSON(): string {
    return "[secret]";
  }

  toString(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}
