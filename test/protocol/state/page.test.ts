/** Pages come from other workers: no bytes may do more than be refused. */
import fc from "fast-check";
import { id } from "ethers";
import { describe, expect, it } from "vitest";
import { concat, fromHex, u8, u32, ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { decodePage, encodePage, MOST_PAGE } from "../../../protocol/state/page.ts";
import { MOST_SEALED } from "../../../protocol/state/seal.ts";

const change = fc.record(
  {
    id: fc.nat().map((n) => id(`node ${n}`) as Hex),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 50 }),
  },
  { requiredKeys: ["id"] },
);
const changes = fc
  .uniqueArray(change, { selector: (one) => one.id, maxLength: 20 })
  .map((list) => list.toSorted((a, b) => (a.id < b.id ? -1 : 1)));

/** A page written again, without its first byte; of what is refused, the noise itself. */
function rereadOr(noise: Uint8Array): Uint8Array {
  try {
    return encodePage(decodePage(noise).changes).subarray(1);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "STATE_MALFORMED")
      return noise.subarray(1);
    throw error;
  }
}

describe("pages", () => {
  it("come out as they went in", () => {
    fc.assert(
      fc.property(changes, (given) => {
        expect(decodePage(encodePage(given))).toEqual({ changes: given, more: false });
      }),
    );
  });

  it("end where they are full, and say so", () => {
    const bytes = new Uint8Array(MOST_SEALED);
    const ids = Array.from({ length: 200 }, (_, i) => id(`node ${i}`) as Hex).toSorted();
    const first = encodePage(ids.map((one) => ({ id: one, bytes })));
    expect(first.length).toBeLessThanOrEqual(MOST_PAGE);
    const page = decodePage(first);
    expect(page.more).toBe(true);
    const after = page.changes.at(-1)!.id;
    const rest = ids.filter((one) => one > after).map((one) => ({ id: one, bytes }));
    expect(page.changes.length + rest.length).toBe(200);
    expect(() => decodePage(encodePage(rest), ids.at(-1))).toThrow(ProtocolError);
  });

  it("that bring nothing and promise more are refused: nobody asks for ever", () => {
    expect(() => decodePage(u8(1))).toThrow(expect.objectContaining({ code: "STATE_MALFORMED" }));
    expect(() => decodePage(u8(2))).toThrow(expect.objectContaining({ code: "STATE_MALFORMED" }));
    const twice = concat(fromHex(id("a")), u32(0));
    expect(() => decodePage(concat(u8(0), twice, twice))).toThrow(ProtocolError);
    expect(() => decodePage(concat(u8(0), fromHex(ZERO_HASH), u32(0)))).toThrow(ProtocolError);
  });

  it("of arbitrary bytes are pages or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(rereadOr(noise)).toEqual(noise.subarray(1));
      }),
    );
  });
});
