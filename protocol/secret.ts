/** Key material that cannot be printed by accident. @module */

/** Node's hook for `console.log` and `inspect`, reached without importing Node: browsers ignore it. */
const inspect = Symbol.for("nodejs.util.inspect.custom");

/** Secret bytes: templates, JSON, `console.log` and loggers all show `[secret]`; the bytes exist only inside {@link use}. */
export class Secret {
  readonly #bytes: Uint8Array;

  /** Keeps a copy, so that the caller may wipe its own. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes.slice();
  }

  use<T>(read: (bytes: Uint8Array) => T): T {
    return read(this.#bytes);
  }

  /** Overwrites the bytes; the secret is of no use afterwards. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toJSON(): string {
    return "[secret]";
  }

  toString(): string {
    return "[secret]";
  }

  [inspect](): string {
    return "[secret]";
  }
}
