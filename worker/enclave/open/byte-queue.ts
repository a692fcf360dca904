/** Hands byte arrays from one task to another, one at a time: the writer waits until the reader has taken the last. @module */
export class ByteQueue implements AsyncIterable<Uint8Array> {
  #item: Uint8Array | undefined;
  #ended = false;
  #taken: (() => void) | undefined;
  #arrived: (() => void) | undefined;

  /** Resolves when the reader has taken the bytes, or will take no more. */
  async push(bytes: Uint8Array): Promise<void> {
    if (this.#ended) return;
    this.#item = bytes;
    const taken = new Promise<void>((resolve) => (this.#taken = resolve));
    this.#arrived?.();
    await taken;
  }

  end(): void {
    this.#ended = true;
    this.#arrived?.();
    this.#taken?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#item) {
        const item = this.#item;
        this.#item = undefined;
        this.#taken?.();
        yield item;
      } else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }
}
