/**
 * The only place where host and enclave meet: frames on the enclave's stdin and stdout, and the small set of messages they
 * carry. The enclave distrusts every request; the host can only refuse to deliver.
 *
 *   frame = u32 JSON length, u32 attachment length, JSON, attachment
 *
 * Requests are answered in order, one at a time.
 * @module
 */
import { Type, type Static, type TSchema } from "typebox";
import { concat, fromUtf8, readUint, u32, utf8 } from "../protocol/bytes.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { Collaboration, Question, Sealing, SignedResult } from "../protocol/receipt.ts";
import {
  AddressHex,
  Bytes32,
  BytesHex,
  SealingKey,
  SignatureHex,
  Result,
} from "../protocol/schema.ts";

/** Chunks are 1 MiB, program modules and outputs are bounded to less than this. */
export const MAX_ATTACHMENT = 16 << 20;
const MAX_JSON = 4 << 20;
const strict = { additionalProperties: false } as const;
const Uint48 = Type.Integer({ minimum: 0, maximum: 2 ** 48 - 1 });

/** Requests (host to enclave) by name. `in` and `out` are the JSON parts; attachments are said in the comment. */
export const messages = {
  /** Who the enclave is. */
  describe: {
    in: Type.Object({}, strict),
    out: Type.Object(
      { signer: AddressHex, sealingKey: SealingKey, measurement: Bytes32, kind: Type.Integer() },
      strict,
    ),
  },
  /** Evidence for a registration, made fresh from a recent block. */
  attest: {
    in: Type.Object(
      {
        chainId: Uint48,
        registry: AddressHex,
        operator: AddressHex,
        epoch: Uint48,
        blockNumber: Uint48,
        blockHash: Bytes32,
      },
      strict,
    ),
    out: Type.Object({ kind: Type.Integer(), evidence: BytesHex }, strict),
  },
  /** Takes a program module (attachment) and keeps it in memory by its hash. */
  program: { in: Type.Object({}, strict), out: Type.Object({ moduleHash: Bytes32 }, strict) },
  /** Begins to open one input: attachment is its preamble, without the length. Chunks follow, then `loaded`. */
  load: {
    in: Type.Object(
      {
        collaboration: Collaboration,
        /** Table's index in the manifest, or the function whose private parameters these are. */
        table: Type.Union([Type.Integer({ minimum: 0, maximum: 255 }), Type.String()]),
        member: Type.Integer({ minimum: 0, maximum: 31 }),
        dataset: Bytes32,
      },
      strict,
    ),
    out: Type.Object({ held: Type.Boolean() }, strict),
  },
  /** One ciphertext chunk (attachment) of the input being loaded. */
  chunk: { in: Type.Object({}, strict), out: Type.Object({}, strict) },
  /** Ends the input being loaded; from now on the enclave holds its rows. How many is not for the host: padding hides it. */
  loaded: { in: Type.Object({}, strict), out: Type.Object({}, strict) },
  /** Forgets an input. */
  forget: { in: Type.Object({ dataset: Bytes32 }, strict), out: Type.Object({}, strict) },
  /** Signs `Ready`, when every input is held and everything that can be checked before sealing is right. */
  ready: {
    in: Type.Object({ collaboration: Collaboration, question: Question }, strict),
    out: Type.Object({ by: Type.Integer(), signature: SignatureHex }, strict),
  },
  /** Runs a sealed task, gates its output, signs the result. The attachment of the answer is for the host to keep: the output, sealed by the enclave to itself. */
  run: {
    in: Type.Object({ collaboration: Collaboration, question: Question, sealing: Sealing }, strict),
    out: Type.Object({ by: Type.Integer(), result: Result, signature: SignatureHex }, strict),
  },
  /**
   * Signs that this worker cannot answer, when an input it had opened before `Ready` does not load any more: a signed abstention is
   * unpaid and unslashed, silence is slashed.
   */
  abstain: {
    in: Type.Object(
      {
        collaboration: Collaboration,
        question: Question,
        sealing: Sealing,
        reason: Type.Union([Type.Literal("CANNOT_OPEN"), Type.Literal("INTERNAL")]),
      },
      strict,
    ),
    out: Type.Object({ by: Type.Integer(), result: Result, signature: SignatureHex }, strict),
  },
  /** Seals a kept output (attachment) to one recipient, against m signatures on one result. The answer's attachment is an envelope package. */
  release: {
    in: Type.Object(
      {
        collaboration: Collaboration,
        question: Question,
        sealing: Sealing,
        results: Type.Array(SignedResult, { maxItems: 64 }),
        recipient: Type.Integer({ minimum: 0, maximum: 31 }),
      },
      strict,
    ),
    out: Type.Object({}, strict),
  },
} as const satisfies Record<string, { in: TSchema; out: TSchema }>;

export type MessageName = keyof typeof messages;
export type MessageIn<N extends MessageName> = Static<(typeof messages)[N]["in"]>;
export type MessageOut<N extends MessageName> = Static<(typeof messages)[N]["out"]>;

/** What crosses the pipe. */
export interface Frame {
  readonly json: unknown;
  readonly attachment: Uint8Array;
}

export function encodeFrame(frame: Frame): Uint8Array {
  const json = utf8(JSON.stringify(frame.json));
  return concat(u32(json.length), u32(frame.attachment.length), json, frame.attachment);
}

/**
 * Frames off a byte stream.
 * @throws ProtocolError FRAME_INVALID for lengths over the bounds or a stream that ends inside a frame
 */
export async function* readFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let parts: Uint8Array[] = [];
  let have = 0;
  let need = 8;
  let lengths: [number, number] | undefined;
  for await (const part of source) {
    parts.push(part);
    have += part.length;
    while (have >= need) {
      const bytes = concat(...parts);
      if (!lengths) {
        lengths = [readUint(bytes.subarray(0, 4)), readUint(bytes.subarray(4, 8))];
        if (lengths[0] > MAX_JSON || lengths[1] > MAX_ATTACHMENT)
          throw new ProtocolError("FRAME_INVALID", { what: "too long" });
        need = 8 + lengths[0] + lengths[1];
        parts = [bytes];
        continue;
      }
      const attachmentAt = 8 + lengths[0];
      yield {
        json: parseJson(bytes.subarray(8, attachmentAt)),
        attachment: bytes.subarray(attachmentAt, need),
      };
      parts = [bytes.subarray(need)];
      have -= need;
      need = 8;
      lengths = undefined;
    }
  }
  if (have > 0) throw new ProtocolError("FRAME_INVALID", { what: "it ends inside a frame" });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(bytes, "frame"));
  } catch (cause) {
    throw new ProtocolError("FRAME_INVALID", { what: "not JSON" }, { cause });
  }
}
