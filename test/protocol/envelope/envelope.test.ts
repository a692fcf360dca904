import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex, ZERO_HASH, type Address } from "../../../protocol/bytes.ts";
import {
  CHUNK_SIZE,
  commitKey,
  decodeHeader,
  encodeHeader,
  hashHeader,
  TAG_SIZE,
  type Header,
} from "../../../protocol/envelope/header.ts";
import {
  decodePreamble,
  encodePreamble,
  hashDataset,
  readPackage,
} from "../../../protocol/envelope/package.ts";
import { newDataKey, openStream, sealStream } from "../../../protocol/envelope/stream.ts";
import {
  expectKeyWrap,
  makeKeyWrap,
  sealingKeyOf,
  unwrapSecret,
  wrapSecret,
} from "../../../protocol/envelope/wrap.ts";
import { sha256 } from "../../../protocol/hash.ts";
import { addressOf } from "../../../protocol/typed-data.ts";

const dataKey = new Uint8Array(32).fill(9);
const header: Header = {
  kind: "dataset",
  chainId: 31337,
  contracts: `0x${"c1".repeat(20)}` as Address,
  terms: `0x${"11".repeat(32)}`,
  member: 2,
  table: 1,
  epoch: 7,
  schema: `0x${"22".repeat(32)}`,
  context: ZERO_HASH,
  chunkSize: CHUNK_SIZE,
  noncePrefix: "0x01020304050607",
  keyCommitment: commitKey(dataKey),
};
const deployment = { chainId: header.chainId, contracts: header.contracts };

async function* stream(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
}
async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of source) parts.push(part.slice());
  return parts;
}
const seal = (plain: Uint8Array[], key: Uint8Array = dataKey, on = header) =>
  collect(sealStream(key, on, stream(plain)));
const open = (chunks: Uint8Array[], key: Uint8Array = dataKey, on = header) =>
  collect(openStream(key, on, stream(chunks)));
const refused = { code: "CANNOT_OPEN" };

describe("sealed stream", () => {
  it("opens to what was sealed, whatever its length and cut", async () => {
    const size = fc.oneof(
      fc.nat(100),
      fc.integer({ min: CHUNK_SIZE - 2, max: CHUNK_SIZE + 2 }),
      fc.constant(3 * CHUNK_SIZE),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 2 }), async (sizes) => {
        const plain = sizes.map((length, i) => new Uint8Array(length).fill(i + 1));
        const chunks = await seal(plain);
        expect(Buffer.concat(await open(chunks)).equals(Buffer.concat(plain))).toBe(true);
        expect(chunks.slice(0, -1).every((chunk) => chunk.length === CHUNK_SIZE + TAG_SIZE)).toBe(
          true,
        );
      }),
      { numRuns: 20 },
    );
  });

  it("does not open when chunks are dropped, swapped, repeated, cut or changed", async () => {
    const chunks = await seal([new Uint8Array(2 * CHUNK_SIZE + 5)]);
    const [a, b, c] = chunks as [Uint8Array, Uint8Array, Uint8Array];
    const flipped = b.slice();
    flipped[17]! ^= 1;
    const attacks = [
      [a, b],
      [a, c],
      [b, a, c],
      [a, a, b, c],
      [a, b, c, c],
      [a, b, c.subarray(0, -1)],
      [a, flipped, c],
      [a, b, new Uint8Array(3)],
      [],
    ];
    for (const attack of attacks) await expect(open(attack)).rejects.toMatchObject(refused);
  });

  it.each(Object.keys(header) as (keyof Header)[])(
    "does not open under another %s",
    async (field) => {
      const chunks = await seal([new Uint8Array(10)]);
      const other = {
        kind: "params",
        chainId: 1,
        contracts: `0x${"c2".repeat(20)}`,
        terms: ZERO_HASH,
        member: 3,
        table: 0,
        epoch: 8,
        schema: ZERO_HASH,
        context: `0x${"33".repeat(32)}`,
        chunkSize: CHUNK_SIZE / 2,
        noncePrefix: "0x01020304050608",
        keyCommitment: ZERO_HASH,
      }[field];
      await expect(open(chunks, dataKey, { ...header, [field]: other })).rejects.toMatchObject(
        refused,
      );
    },
  );

  it("does not open under another key, even when the header commits to it", async () => {
    const chunks = await seal([new Uint8Array(10)]);
    const other = newDataKey();
    await expect(open(chunks, other)).rejects.toMatchObject(refused);
    const keyCommitment = commitKey(other);
    await expect(open(chunks, other, { ...header, keyCommitment })).rejects.toMatchObject(refused);
  });
});

describe("package", () => {
  const packageOf = async () => {
    const chunks = await seal([new Uint8Array(CHUNK_SIZE + 5)]);
    const leaves = await Promise.all(chunks.map(sha256));
    const dataset = hashDataset(header, leaves);
    const reader = new Uint8Array(32).fill(5);
    const wrap = makeKeyWrap(
      deployment,
      dataset,
      hashHeader(encodeHeader(header)),
      dataKey,
      sealingKeyOf(reader),
      new Uint8Array(32).fill(6),
    );
    return { preamble: { header, leaves, wraps: [wrap] }, chunks, dataset, reader };
  };

  it("can be read back from a stream cut anywhere", async () => {
    const { preamble, chunks } = await packageOf();
    const whole = Buffer.concat([encodePreamble(preamble), ...chunks]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1000, max: 300_000 }), async (size) => {
        const parts = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
          Uint8Array.from(whole.subarray(i * size, (i + 1) * size)),
        );
        const read = await readPackage(stream(parts));
        expect(read.preamble).toEqual(preamble);
        expect(Buffer.concat(await collect(read.chunks)).equals(Buffer.concat(chunks))).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it("hashes header, number and every byte of the chunks, not the wraps", async () => {
    const { preamble, dataset } = await packageOf();
    const leaves = preamble.leaves.map((leaf) => leaf.slice());
    expect(hashDataset({ ...header, epoch: 8 }, leaves)).not.toBe(dataset);
    expect(hashDataset(header, leaves.slice(0, 1))).not.toBe(dataset);
    leaves[1]![0]! ^= 1;
    expect(hashDataset(header, leaves)).not.toBe(dataset);
  });

  it("survives junk", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (junk) => {
        expect(() => decodePreamble(junk)).toThrow(
          expect.objectContaining({ code: expect.any(String) as string }),
        );
        expect(() => decodeHeader(junk)).toThrow(
          expect.objectContaining({ code: expect.any(String) as string }),
        );
      }),
    );
  });

  it("round-trips every header", () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
    fc.assert(
      fc.property(
        hash,
        hash,
        fc.nat(31),
        fc.nat(255),
        fc.nat(),
        fc.nat(),
        (terms, schema, member, table, epoch, chainId) => {
          const any = { ...header, terms, schema, member, table, epoch, chainId };
          expect(decodeHeader(encodeHeader(any))).toEqual(any);
        },
      ),
    );
  });
});

describe("key wraps", () => {
  const owner = new Uint8Array(32).fill(6);
  const reader = new Uint8Array(32).fill(5);
  const context = hashHeader(encodeHeader(header));
  const dataset = `0x${"44".repeat(32)}` as const;
  const wrap = makeKeyWrap(deployment, dataset, context, dataKey, sealingKeyOf(reader), owner);

  it("open for their reader in their context only", () => {
    const bytes = wrapSecret(sealingKeyOf(reader), dataKey, context);
    expect(unwrapSecret(reader, bytes, context, "key")).toEqual(dataKey);
    expect(() => unwrapSecret(owner, bytes, context, "key")).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => unwrapSecret(reader, bytes, ZERO_HASH, "key")).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => unwrapSecret(reader, bytes.with(100, 1), context, "key")).toThrow(
      expect.objectContaining(refused),
    );
  });

  it("are refused unsigned, signed by another, or moved to another dataset, reader or deployment", () => {
    const key = addressOf(owner);
    expect(() => expectKeyWrap(deployment, dataset, wrap, key)).not.toThrow();
    const forged = makeKeyWrap(deployment, dataset, context, dataKey, sealingKeyOf(reader), reader);
    const attacks: [typeof deployment, typeof dataset, typeof wrap][] = [
      [deployment, dataset, { ...wrap, signature: `0x${"00".repeat(65)}` }],
      [deployment, dataset, forged],
      [deployment, `0x${"45".repeat(32)}`, wrap],
      [deployment, dataset, { ...wrap, sealingKey: sealingKeyOf(owner) }],
      [deployment, dataset, { ...wrap, wrap: forged.wrap }],
      [{ ...deployment, chainId: 1 }, dataset, wrap],
    ];
    for (const [on, name, attack] of attacks)
      expect(() => expectKeyWrap(on, name, attack, key)).toThrow(
        expect.objectContaining({ code: "SIGNATURE_INVALID" }),
      );
  });
});
