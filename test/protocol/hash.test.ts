import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex, utf8 } from "../../protocol/bytes.ts";
import { decodeTagged, encodeTagged, hkdf, merkleRoot, taggedHash } from "../../protocol/hash.ts";

const bytes = fc.uint8Array({ maxLength: 40 });

describe("tagged hashes", () => {
  it("can be read back, and only under their own tag and number of fields", () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (fields) => {
        const encoded = encodeTagged("header", fields);
        expect(decodeTagged("header", fields.length, encoded)).toEqual(fields);
        const malformed = expect.objectContaining({ code: "ENVELOPE_MALFORMED" });
        expect(() => decodeTagged("package", fields.length, encoded)).toThrow(malformed);
        expect(() => decodeTagged("header", fields.length + 1, encoded)).toThrow(malformed);
        expect(() => decodeTagged("header", fields.length, encoded.subarray(0, -1))).toThrow(
          malformed,
        );
        const longer = Uint8Array.from([...encoded, 0]);
        expect(() => decodeTagged("header", fields.length, longer)).toThrow(malformed);
      }),
    );
  });

  it("differ when the same bytes are cut otherwise", () => {
    fc.assert(
      fc.property(bytes, bytes, fc.nat(40), (a, b, cut) => {
        const whole = Uint8Array.from([...a, ...b]);
        const at = Math.min(cut, whole.length);
        fc.pre(at !== a.length);
        expect(taggedHash("node", a, b)).not.toBe(
          taggedHash("node", whole.subarray(0, at), whole.subarray(at)),
        );
      }),
    );
  });

  it("refuse foreign bytes with their code", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (junk) => {
        const malformed = expect.objectContaining({ code: "ENVELOPE_MALFORMED" }) as Error;
        expect(() => decodeTagged("header", 12, junk)).toThrow(malformed);
      }),
    );
  });
});

describe("merkleRoot", () => {
  const leaf = (i: number) => utf8(String(i).padStart(32, "0"));

  it("depends on every leaf and its place", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), fc.nat(), (count, i, j) => {
        const leaves = Array.from({ length: count }, (_, n) => leaf(n));
        const [a, b] = [i % count, j % count];
        fc.pre(a !== b);
        const swapped = leaves.with(a, leaves[b]!).with(b, leaves[a]!);
        expect(toHex(merkleRoot(swapped))).not.toBe(toHex(merkleRoot(leaves)));
      }),
    );
  });

  it("is zero without leaves and the leaf itself with one", () => {
    expect(merkleRoot([])).toEqual(new Uint8Array(32));
    expect(merkleRoot([leaf(1)])).toEqual(leaf(1));
  });
});

describe("hkdf", () => {
  it("gives another key for another purpose or salt", async () => {
    const secret = new Uint8Array(32).fill(7);
    const keys = await Promise.all([
      hkdf(secret, new Uint8Array(0), "guest"),
      hkdf(secret, new Uint8Array(0), "output"),
      hkdf(secret, Uint8Array.of(1), "guest"),
    ]);
    expect(new Set(keys.map(toHex)).size).toBe(3);
  });
});
