/**
 * Frames on the pipes of a worker's processes, from host to enclave and from enclave to guest:
 *
 *   frame = u32 JSON length, u32 attachment length, JSON, attachment
 *
 * Apart from the messages, because a guest's process must not pay for loading what it never uses.
 * @module
 */
import { concat, fromUtf8, readUint, u32, utf8 } from "../protocol/bytes.ts";
import { ProtocolError } from "../protocol/errors.ts";

/** Bytes: chunks are 1 MiB, program modules and outputs are bounded to less than this. */
export const MAX_ATTACHMENT = 16 << 20;

/** What crosses the pipe. */
export interface Frame {
  readonly json: unknown;
  readonly attachment: Uint8Array;
}

export function encodeFrame(frame: Frame): Uint8Array {
  const json = utf8(JSON.stringify(frame.json));
  return concat(u32(json.length), u32(frame.attachment.length), json, frame.attachment);
}

/** Bytes that one frame may have. */
export interface FrameLimits {
  readonly json: number;
  readonly attachment: number;
}
/** Of frames between host and enclave. */
const boundaryLimits: FrameLimits = { json: 4 << 20, attachment: MAX_ATTACHMENT };

/**
 * Frames off a byte stream. An attachment lies at the start of its own buffer, so that typed arrays can look into it.
 * @throws ProtocolError FRAME_INVALID for lengths over the bounds or a stream that ends inside a frame
 */
export async function* readFrames(
  source: AsyncIterable<Uint8Array>,
  limits: FrameLimits = boundaryLimits,
): AsyncGenerator<Frame> {
  let frame = new PartialFrame(limits);
  for await (const part of source) {
    let rest = part;
    while (rest.length > 0) {
      rest = frame.take(rest);
      if (!frame.complete) continue;
      yield { json: parseJson(frame.json), attachment: frame.attachment };
      frame = new PartialFrame(limits);
    }
  }
  if (frame.begun) throw new ProtocolError("FRAME_INVALID", { what: "it ends inside a frame" });
}

/** A frame that is being read: each of its three parts is filled in turn, nothing is copied twice. */
class PartialFrame {
  readonly #limits: FrameLimits;
  readonly #parts: Uint8Array[] = [new Uint8Array(8)];
  #part = 0;
  #filled = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  get begun(): boolean {
    return this.#part > 0 || this.#filled > 0;
  }
  get complete(): boolean {
    return this.#part === 3;
  }
  get json(): Uint8Array {
    return this.#parts[1] as Uint8Array;
  }
  get attachment(): Uint8Array {
    return this.#parts[2] as Uint8Array;
  }

  /** Takes what belongs to this frame and gives the rest back. */
  take(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    while (!this.complete) {
      const part = this.#parts[this.#part] as Uint8Array;
      const piece = rest.subarray(0, part.length - this.#filled);
      part.set(piece, this.#filled);
      this.#filled += piece.length;
      rest = rest.subarray(piece.length);
      if (this.#filled < part.length) return rest;
      if (this.#part === 0) this.#allocate(part);
      this.#part += 1;
      this.#filled = 0;
    }
    return rest;
  }

  #allocate(lengths: Uint8Array): void {
    const json = readUint(lengths.subarray(0, 4));
    const attachment = readUint(lengths.subarray(4, 8));
    if (json > this.#limits.json || attachment > this.#limits.attachment)
      throw new ProtocolError("FRAME_INVALID", { what: "too long" });
    this.#parts.push(new Uint8Array(json), new Uint8Array(attachment));
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes, "frame"));
  } catch (cause) {
    throw new ProtocolError("FRAME_INVALID", { what: "not JSON" }, { cause });
  }
}
