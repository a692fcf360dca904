/** Whether bytes that arrive in pieces are UTF-8. Unlike `TextDecoder` it says where they stop being so. @module */

/** Checks a stream by the ranges of RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF. */
export class Utf8Check {
  /** Continuation bytes still due, and the range of the next one. */
  #due = 0;
  #low = 0x80;
  #high = 0xbf;

  /** @returns index of the first byte that cannot stand there, or -1 */
  push(bytes: Uint8Array): number {
    // A local for the byte that is nearly every byte.
    let due = this.#due;
    for (let i = due === 0 ? asciiPrefix(bytes) : 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte < 0x80 && due === 0) continue;
      if (due === 0) {
        if (!this.#lead(byte)) return i;
      } else {
        if (byte < this.#low || byte > this.#high) return i;
        this.#due -= 1;
        this.#low = 0x80;
        this.#high = 0xbf;
      }
      due = this.#due;
    }
    return -1;
  }

  /** Whether the stream may end here: no character is cut. */
  get complete(): boolean {
    return this.#due === 0;
  }

  #lead(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#due = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) this.#low = 0xa0;
    if (byte === 0xed) this.#high = 0x9f;
    if (byte === 0xf0) this.#low = 0x90;
    if (byte === 0xf4) this.#high = 0x8f;
    return true;
  }
}

/** How many bytes at the start are ASCII, by fours: nearly always all of them. */
function asciiPrefix(bytes: Uint8Array): number {
  if (bytes.byteOffset % 4 !== 0) return 0;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let i = 0;
  while (i < words.length && ((words[i] as number) & 0x80808080) === 0) i += 1;
  return 4 * i;
}
