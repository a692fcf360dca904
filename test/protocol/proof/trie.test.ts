/** Tries: what the builder proves the verifier reads, and nothing else passes. */
import fc from "fast-check";
import { encodeRlp, keccak256 } from "ethers";
import { describe, expect, it } from "vitest";
import { trieOf } from "../../../client/sdk/proof/trie.ts";
import { toHex, type Hex } from "../../../protocol/bytes.ts";
import { indexKey } from "../../../protocol/proof/logs.ts";
import { provenValue } from "../../../protocol/proof/trie.ts";

const bytes = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map(toHex);
/** Values by index, as in a receipts trie; short ones make nodes that stand inside their parents. */
const values = fc.array(fc.oneof(bytes(1, 4), bytes(1, 300)), { minLength: 1, maxLength: 300 });
const indexed = (list: readonly Hex[]) => list.map((value, i) => [indexKey(i), value] as const);
const code = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("tries", () => {
  it("have the root of a single leaf by definition", () => {
    const { root } = trieOf([[indexKey(1), "0xabcd"]]);
    expect(root).toBe(keccak256(encodeRlp(["0x2001", "0xabcd"])));
  });

  it("prove every value they hold", () => {
    fc.assert(
      fc.property(values, fc.nat(), (list, pick) => {
        const { root, proofOf } = trieOf(indexed(list));
        const index = pick % list.length;
        const proof = proofOf(indexKey(index));
        expect(provenValue(root, indexKey(index), proof)).toBe(list[index]);
      }),
      { numRuns: 200 },
    );
  });

  it("prove nothing under another key or root, with a node less or more", () => {
    fc.assert(
      fc.property(values, fc.nat(), (list, pick) => {
        const { root, proofOf } = trieOf(indexed(list));
        const index = pick % list.length;
        const key = indexKey(index);
        const proof = proofOf(key);
        const absent = indexKey(list.length + index);
        for (const attempt of [
          () => provenValue(root, absent, proof),
          () => provenValue(keccak256(root) as Hex, key, proof),
          () => provenValue(root, key, proof.slice(0, -1)),
          () => provenValue(root, key, [...proof, proof[0]!]),
        ])
          expect(code(attempt)).toBe("PROOF_INVALID");
      }),
    );
  });

  it("never verify with a flipped bit", () => {
    fc.assert(
      fc.property(
        values,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (list, pick, at, bit) => {
          const { root, proofOf } = trieOf(indexed(list));
          const key = indexKey(pick % list.length);
          const proof = proofOf(key);
          const which = at % proof.length;
          const node = Buffer.from(proof[which]!.slice(2), "hex");
          node[at % node.length]! ^= 1 << bit;
          const forged = proof.with(which, toHex(node));
          expect(code(() => provenValue(root, key, forged))).toBe("PROOF_INVALID");
        },
      ),
      { numRuns: 300 },
    );
  });

  it("refuse bytes that are no nodes, without any other error", () => {
    fc.assert(
      fc.property(
        fc.array(bytes(1, 80), { minLength: 1, maxLength: 4 }),
        bytes(1, 33),
        (nodes, key) => {
          // The root is the first node's hash: whatever the bytes are, they are read.
          const outcome = code(() => provenValue(keccak256(nodes[0]!) as Hex, key, nodes));
          expect([undefined, "PROOF_INVALID"]).toContain(outcome);
        },
      ),
      { numRuns: 500 },
    );
  });
});
