/**
 * Randomness as an argument: the 32 bytes of the task's seed, expanded by ChaCha20 (RFC 8439) with nonce zero and block
 * counter from zero. Whoever has the seed gets the same words.
 * @module
 */

const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;
const WORDS_PER_BLOCK = 16;
/** Columns, then diagonals, of a double round. */
const QUARTERS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

/**
 * The first words of the key stream.
 * @param seed 32 bytes
 * @param count at most 2^36
 */
export function randomWords(seed: Uint8Array, count: number): Uint32Array {
  const key = new DataView(seed.buffer, seed.byteOffset, 32);
  const state = new Uint32Array(WORDS_PER_BLOCK);
  state.set(CONSTANTS);
  for (let i = 0; i < 8; i++) state[4 + i] = key.getUint32(4 * i, true);
  const words = new Uint32Array(count);
  for (let offset = 0; offset < count; offset += WORDS_PER_BLOCK) {
    words.set(block(state).subarray(0, count - offset), offset);
    state[12]!++;
  }
  return words;
}

function block(state: Uint32Array): Uint32Array {
  const work = state.slice();
  for (let round = 0; round < 10; round++)
    for (const [a, b, c, d] of QUARTERS) {
      step(work, a, b, d, 16);
      step(work, c, d, b, 12);
      step(work, a, b, d, 8);
      step(work, c, d, b, 7);
    }
  return work.map((word, i) => word + state[i]!);
}

/** a += b; d ^= a; d rotated left by `bits`. */
function step(words: Uint32Array, a: number, b: number, d: number, bits: number): void {
  words[a]! += words[b]!;
  const mixed = words[d]! ^ words[a]!;
  words[d] = (mixed << bits) | (mixed >>> (32 - bits));
}
