/** Nodes come from hosts: no bytes may do more than be refused. */
import fc from "fast-check";
import { id } from "ethers";
import { describe, expect, it } from "vitest";
import type { Hex } from "../../../protocol/bytes.ts";
import { compareUtf8 } from "../../../programs/kernels/labels.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import {
  decodeNode,
  encodeNode,
  MOST_ENTRIES,
  MOST_INLINE,
  MOST_NODE,
  type Kept,
  type StateNode,
} from "../../../protocol/state/node.ts";
import { MOST_VALUE } from "../../../protocol/state/limits.ts";

const seal = id("a seal") as Hex;
const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => id(b.toString()) as Hex);
const text = (length: number, minLength = 0) =>
  fc
    .string({ unit: "grapheme", minLength, maxLength: length })
    .filter((one) => one.isWellFormed() && Buffer.byteLength(one) <= 256);
const names = (count: number) =>
  fc
    .uniqueArray(text(40, 1), { minLength: count, maxLength: MOST_ENTRIES })
    .map((keys) => keys.toSorted(compareUtf8));
const kept: fc.Arbitrary<Kept> = fc.oneof(
  text(60).map((one) => ({ text: one })),
  fc.record({ id: hex, size: fc.integer({ min: MOST_INLINE + 1, max: MOST_VALUE }) }),
);
const node: fc.Arbitrary<StateNode> = fc.oneof(
  names(1).chain((keys) =>
    fc.array(kept, { minLength: keys.length, maxLength: keys.length }).map((values) => ({
      kind: "leaf" as const,
      entries: keys.map((key, i) => ({ key, kept: values[i]! })),
    })),
  ),
  names(2).chain((keys) =>
    fc.array(hex, { minLength: keys.length, maxLength: keys.length }).map((ids) => ({
      kind: "branch" as const,
      children: keys.map((key, i) => ({ key: i === 0 ? "" : key, id: ids[i]! })),
    })),
  ),
  fc.record({ kind: fc.constant("value" as const), key: text(60, 1), text: text(200) }),
);

function decodedOr(bytes: Uint8Array): unknown {
  try {
    return decodeNode(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

describe("nodes", () => {
  it("come out as they went in", () => {
    fc.assert(
      fc.property(node, (given) => {
        const bytes = encodeNode(given, seal);
        expect(bytes.length).toBeLessThanOrEqual(MOST_NODE);
        expect(decodeNode(bytes)).toEqual({ node: given, sealDigest: seal });
      }),
    );
  });

  it("have one form: changed bytes are another node or none", () => {
    fc.assert(
      fc.property(node, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, where, flip) => {
        const bytes = encodeNode(given, seal);
        const at = where % bytes.length;
        bytes[at] = bytes[at]! ^ flip;
        const read = decodedOr(bytes);
        if (read === "STATE_MALFORMED") return;
        const { node: other, sealDigest } = read as ReturnType<typeof decodeNode>;
        expect({ node: other, sealDigest }).not.toEqual({ node: given, sealDigest: seal });
        expect(encodeNode(other, sealDigest)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it("of arbitrary bytes are refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        expect(decodedOr(noise)).toBe("STATE_MALFORMED");
      }),
    );
  });
});
