/** Frames and preambles are read from whoever writes them: no bytes may do more than be refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, u32 } from "../../protocol/bytes.ts";
import { CHUNK_SIZE, type Header } from "../../protocol/envelope/header.ts";
import {
  decodePreamble,
  encodePreamble,
  hashDataset,
  readPackage,
  type Preamble,
} from "../../protocol/envelope/package.ts";
import { WRAP_SIZE } from "../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { toHex, type Address } from "../../protocol/bytes.ts";
import { collect } from "./host/support/collect.ts";
import { MAX_ATTACHMENT, encodeFrame, readFrames, type Frame } from "../../worker/frames.ts";

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[i % sizes.length] as number);
    yield bytes.subarray(at, (at += size));
  }
}
async function framesOf(source: AsyncIterable<Uint8Array>): Promise<Frame[]> {
  return collect(readFrames(source));
}
/** The frames before the fault, and what it is. */
async function endOf(source: AsyncIterable<Frame>): Promise<{ frames: Frame[]; fault?: unknown }> {
  const frames: Frame[] = [];
  try {
    for await (const frame of source) frames.push(frame);
    return { frames };
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== "FRAME_INVALID") throw error;
    return { frames, fault: (error.facts as { what: string }).what };
  }
}
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const pieces = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });

describe("frames", () => {
  it("come out as they went in, however the pipe cuts them", async () => {
    const frame = fc.record({ json: fc.jsonValue(), attachment: bytes(300) });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 5 }), pieces, async (frames, sizes) => {
        const sent = concat(...frames.map((one) => encodeFrame(one)));
        const read = await framesOf(inPieces(sent, sizes));
        expect(read.map(({ attachment }) => [...attachment])).toEqual(
          frames.map(({ attachment }) => [...attachment]),
        );
        expect(JSON.stringify(read.map(({ json }) => json))).toBe(
          JSON.stringify(frames.map(({ json }) => json)),
        );
      }),
    );
  });

  it("are refused when they end early", async () => {
    const whole = encodeFrame({ json: { name: "describe" }, attachment: Uint8Array.of(1, 2, 3) });
    for (let length = 1; length < whole.length; length++)
      await expect(framesOf(inPieces(whole.subarray(0, length), [7]))).rejects.toMatchObject({
        code: "FRAME_INVALID",
      });
  });

  it("are refused by their lengths, before anybody waits for so many bytes", async () => {
    for (const lengths of [
      [0xffffffff, 0],
      [0, MAX_ATTACHMENT + 1],
    ] as const) {
      const head = concat(u32(lengths[0]), u32(lengths[1]));
      await expect(framesOf(inPieces(head, [8]))).rejects.toMatchObject({ code: "FRAME_INVALID" });
    }
  });

  it("take no more memory than their limits, whatever their lengths say", async () => {
    const limits = { json: 40, attachment: 200 };
    const length = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat(300));
    await fc.assert(
      fc.asyncProperty(
        length,
        length,
        bytes(400),
        pieces,
        async (json, attachment, rest, sizes) => {
          const sent = concat(u32(json), u32(attachment), rest);
          const { frames, fault } = await endOf(readFrames(inPieces(sent, sizes), limits));
          const tooLong = json > limits.json || attachment > limits.attachment;
          expect(tooLong && (fault !== "too long" || frames.length > 0)).toBe(false);
          const kept = frames.map((frame) => frame.attachment.buffer.byteLength);
          expect(Math.max(0, ...kept)).toBeLessThanOrEqual(limits.attachment);
        },
      ),
    );
  });

  it("of arbitrary bytes are refused, in one way", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        pieces,
        async (noise, sizes) => {
          const { fault } = await endOf(readFrames(inPieces(noise, sizes)));
          expect(["too long", "not JSON", "it ends inside a frame"]).toContain(fault);
        },
      ),
    );
  });
});

const hex = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map(toHex);
const header: fc.Arbitrary<Header> = fc.record({
  kind: fc.constantFrom("dataset" as const, "params" as const, "output" as const),
  chainId: fc.integer({ min: 1, max: 2 ** 40 }),
  contracts: hex(20).map((text) => text as Address),
  terms: hex(32),
  member: fc.integer({ min: 0, max: 31 }),
  table: fc.integer({ min: 0, max: 255 }),
  epoch: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  schema: hex(32),
  context: hex(32),
  chunkSize: fc.constant(CHUNK_SIZE),
  noncePrefix: hex(7),
  keyCommitment: hex(32),
});
const preamble: fc.Arbitrary<Preamble> = fc.record({
  header,
  leaves: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 9 }),
  wraps: fc.array(fc.record({ sealingKey: hex(33), wrap: hex(WRAP_SIZE), signature: hex(65) }), {
    maxLength: 8,
  }),
});

/** A preamble, or the refusal of it. */
function decodedOr(body: Uint8Array): Preamble | ProtocolError {
  try {
    return decodePreamble(body);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

describe("preambles", () => {
  it("come out as they went in, with the chunks behind them", async () => {
    await fc.assert(
      fc.asyncProperty(preamble, bytes(400), pieces, async (given, tail, sizes) => {
        const source = inPieces(concat(encodePreamble(given), tail), sizes);
        const { preamble: read, chunks } = await readPackage(source);
        expect(read).toEqual(given);
        expect(hashDataset(read.header, read.leaves)).toBe(hashDataset(given.header, given.leaves));
        expect(concat(...(await collect(chunks)))).toEqual(tail);
      }),
    );
  });

  it("with one byte changed read as something else or not at all", () => {
    fc.assert(
      fc.property(preamble, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, where, flip) => {
        const body = encodePreamble(given).slice(4);
        const at = where % body.length;
        body[at] = (body[at] as number) ^ flip;
        expect(decodedOr(body)).not.toEqual(given);
      }),
    );
  });

  it("of arbitrary bytes are refused", async () => {
    await fc.assert(
      fc.asyncProperty(bytes(400), pieces, async (noise, sizes) => {
        await expect(readPackage(inPieces(noise, sizes))).rejects.toBeInstanceOf(ProtocolError);
      }),
    );
  });
});
