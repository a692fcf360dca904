/** `Math.random` out of the task's seed: the same numbers on every worker. @module */
import { chacha20 } from "@noble/ciphers/chacha";

/** Apart from every other use of the seed: programs and kernels expand it with nonce zero. */
const NONCE = Uint8Array.from("Math.random!", (letter) => letter.charCodeAt(0));
const BLOCKS = 64;
const ZEROS = new Uint8Array(64 * BLOCKS);

/**
 * Makes `Math.random` the ChaCha20 key stream of the seed, eight bytes a call: the high 53 bits of a little-endian integer, over 2^53.
 * @param seed 32 bytes
 */
export function seedRandom(seed: Uint8Array): void {
  const key = seed.slice();
  let counter = 0;
  let at = ZEROS.length;
  let words: DataView = new DataView(ZEROS.buffer);
  const random = (): number => {
    if (at === ZEROS.length) {
      words = new DataView(chacha20(key, NONCE, ZEROS, undefined, counter).buffer);
      counter += BLOCKS;
      at = 0;
    }
    const low = words.getUint32(at, true);
    const high = words.getUint32(at + 4, true);
    at += 8;
    return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
  };
  Object.defineProperty(Math, "random", {
    value: random,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}
