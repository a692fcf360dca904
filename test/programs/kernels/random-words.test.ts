import { createCipheriv } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomWords } from "../../../programs/kernels/random-words.ts";

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

function keyStream(key: Uint8Array, words: number): number[] {
  const bytes = createCipheriv("chacha20", key, new Uint8Array(16)).update(
    new Uint8Array(4 * words),
  );
  return Array.from({ length: words }, (_, i) => bytes.readUInt32LE(4 * i));
}

describe("randomWords", () => {
  it("gives RFC 8439's first key stream (A.1, test vector 1)", () => {
    const words = [...randomWords(new Uint8Array(32), 3)].map((word) => word.toString(16));
    expect(words).toEqual(["ade0b876", "903df1a0", "e56a5d40"]);
  });

  it("is OpenSSL's ChaCha20 for any seed and length", () => {
    fc.assert(
      fc.property(seeds, fc.nat({ max: 70 }), (seed, count) => {
        expect([...randomWords(seed, count)]).toEqual(keyStream(seed, count));
      }),
    );
  });

  it("reads the seed where it lies in a larger buffer", () => {
    const buffer = Uint8Array.from({ length: 40 }, (_, i) => i);
    const view = buffer.subarray(5, 37);
    expect(randomWords(view, 4)).toEqual(randomWords(view.slice(), 4));
  });
});
