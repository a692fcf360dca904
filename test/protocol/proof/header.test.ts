/** Headers: which are believed when some hashes are trusted. */
import fc from "fast-check";
import { encodeRlp, keccak256, toBeArray, zeroPadValue } from "ethers";
import { describe, expect, it } from "vitest";
import { toHex, ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { anchorsOf, parseHeader, trustChain } from "../../../protocol/proof/header.ts";

const hash = (n: number) => zeroPadValue(toHex(Uint8Array.of(n + 1)), 32);
/** As many fields as before London: the least there is. */
function header(number: number, parentHash: string = ZERO_HASH): Hex {
  const fields = [parentHash, hash(1), hash(2).slice(0, 42), hash(3), hash(4), hash(5), "0x"];
  const rest = [
    "0x",
    toBeArray(number),
    "0x01",
    "0x01",
    toBeArray(number * 12),
    "0x",
    hash(6),
    "0x",
  ];
  return encodeRlp([...fields, ...rest]) as Hex;
}
/** Headers in a row, each the child of the one before. */
function row(from: number, length: number): Hex[] {
  const all: Hex[] = [];
  for (let i = 0; i < length; i++) all.push(header(from + i, keccak256(all.at(-1) ?? "0x")));
  return all;
}
const hashOf = (rlp: Hex) => keccak256(rlp) as Hex;
const invalid = expect.objectContaining({ code: "PROOF_INVALID" });

describe("headers", () => {
  it("reads what proofs need", () => {
    expect(parseHeader(header(7))).toEqual({
      hash: hashOf(header(7)),
      parentHash: ZERO_HASH,
      stateRoot: hash(3),
      receiptsRoot: hash(5),
      number: 7,
      timestamp: 84,
    });
  });

  it("believes a trusted block and its ancestors, not its children", () => {
    const all = row(10, 5);
    const chain = trustChain(all, [hashOf(all[3]!)]);
    for (const block of [10, 11, 12, 13]) expect(chain.header(block).number).toBe(block);
    expect(() => chain.header(14)).toThrow(
      expect.objectContaining({
        code: "BLOCK_NOT_TRUSTED",
        facts: { block: 14, hash: hashOf(all[4]!) },
      }),
    );
    expect(() => chain.header(9)).toThrow(invalid);
  });

  it("believes nothing across a gap or a wrong parent", () => {
    const old = row(1, 2);
    const late = row(10, 2);
    const headers = [...old, ...late];
    const chain = trustChain(headers, [hashOf(late[1]!)]);
    expect(chain.header(10).number).toBe(10);
    expect(() => chain.header(2)).toThrow(expect.objectContaining({ code: "BLOCK_NOT_TRUSTED" }));
    expect(anchorsOf(headers).map(({ number }) => number)).toEqual([2, 11]);
    const all = trustChain(headers, [late[1]!, old[1]!].map(hashOf));
    expect(all.header(1).number).toBe(1);
  });

  it("refuses headers out of order, twice, and of another form", () => {
    const [a, b] = row(3, 2) as [Hex, Hex];
    expect(() => trustChain([b, a], [])).toThrow(invalid);
    expect(() => trustChain([a, a], [])).toThrow(invalid);
    expect(() => parseHeader("0x80")).toThrow(invalid);
    expect(() => parseHeader("0xc0")).toThrow(invalid);
    expect(() => parseHeader("0xff")).toThrow(invalid);
  });

  it("never believes a header with a flipped bit, nor its ancestors", () => {
    const all = row(1, 4);
    const trusted = [hashOf(all[3]!)];
    fc.assert(
      fc.property(fc.nat(3), fc.nat(), fc.nat(7), (which, at, bit) => {
        const bytes = Buffer.from(all[which]!.slice(2), "hex");
        bytes[at % bytes.length]! ^= 1 << bit;
        const forged = all.with(which, toHex(bytes));
        expect(() => trustChain(forged, trusted).header(1)).toThrow(
          expect.objectContaining({
            code: expect.stringMatching(/^(PROOF_INVALID|BLOCK_NOT_TRUSTED)$/),
          }),
        );
      }),
    );
  });
});
