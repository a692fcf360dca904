/**
 * The only place where host and enclave meet: the small set of messages that the frames on the enclave's stdin and stdout carry.
 * The enclave distrusts every request; the host can only refuse to deliver.
 *
 * Requests are answered in order, one at a time. Before it answers, the enclave may ask its host for what it lacks ({@link asks}).
 * @module
 */
import { Type, type Static, type TSchema } from "typebox";
import { Collaboration, Question, Sealing, SignedResult } from "../protocol/receipt.ts";
import {
  AddressHex,
  Bytes32,
  BytesHex,
  DatasetName,
  SealingKey,
  SignatureHex,
  Result,
} from "../protocol/schema.ts";
import { StateRecord } from "../protocol/state/record.ts";
import { MAX_ATTACHMENT } from "./frames.ts";

const strict = { additionalProperties: false } as const;
const Uint48 = Type.Integer({ minimum: 0, maximum: 2 ** 48 - 1 });

/** Requests (host to enclave) by name. `in` and `out` are the JSON parts; attachments are said in the comment. */
export const messages = {
  /** Who the enclave is, and what the system around it offers to confine its guests. */
  describe: {
    in: Type.Object({}, strict),
    out: Type.Object(
      {
        signer: AddressHex,
        sealingKey: SealingKey,
        measurement: Bytes32,
        kind: Type.Integer(),
        confinement: Type.Array(Type.String()),
      },
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
  /**
   * Forgets a member's dataset for good and signs `Erasure`: from then on `load` refuses it, also in a later life of this enclave. The
   * enclave cannot see the chain: that the dataset was withdrawn, that no task is sealed over it and that the ciphertext is gone is
   * the host's part.
   */
  erase: {
    in: Type.Object(
      {
        deployment: Collaboration.properties.deployment,
        ...DatasetName.properties,
      },
      strict,
    ),
    out: Type.Object({ signature: SignatureHex }, strict),
  },
  /** Checks what a host was told about a state by another worker: that this record is what the root on chain stands for. */
  state: {
    in: Type.Object({ collaboration: Collaboration, root: Bytes32, record: StateRecord }, strict),
    out: Type.Object({}, strict),
  },
  /**
   * Signs `Ready`, when every input is held and everything that can be checked before sealing is right. `state` is the state in
   * force, when there is any: it must open.
   */
  ready: {
    in: Type.Object(
      {
        collaboration: Collaboration,
        question: Question,
        state: Type.Optional(Type.Object({ root: Bytes32, record: StateRecord }, strict)),
      },
      strict,
    ),
    out: Type.Object({ by: Type.Integer(), signature: SignatureHex }, strict),
  },
  /**
   * Runs a sealed task, gates its output, signs the result. The attachment of the answer is for the host to keep: the output, sealed
   * by the enclave to itself. `state` is what the seal's root stands for; the answer's is what the result's stands for, with the
   * nodes that the task took out of the tree. Those it put in were brought by `keep` before.
   */
  run: {
    in: Type.Object(
      {
        collaboration: Collaboration,
        question: Question,
        sealing: Sealing,
        state: Type.Optional(StateRecord),
      },
      strict,
    ),
    out: Type.Object(
      {
        by: Type.Integer(),
        result: Result,
        signature: SignatureHex,
        state: Type.Optional(
          Type.Object({ record: StateRecord, dropped: Type.Array(Bytes32) }, strict),
        ),
      },
      strict,
    ),
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

/**
 * What the enclave asks its host for while it answers a request: a frame `{ ask: { name, message } }`, answered by one frame. Only
 * the state is asked for: everything else is brought before, but which nodes a program touches shows when it runs.
 */
export const asks = {
  /** A sealed node (attachment of the answer). `tries`: how many answers to this question did not open. */
  node: {
    in: Type.Object({ id: Bytes32, tries: Type.Integer({ minimum: 0, maximum: 64 }) }, strict),
    out: Type.Object({ held: Type.Boolean() }, strict),
  },
  /** Sealed nodes for the host to keep, one after the other in the attachment. */
  keep: {
    in: Type.Object(
      {
        nodes: Type.Array(
          Type.Object(
            { id: Bytes32, size: Type.Integer({ minimum: 1, maximum: MAX_ATTACHMENT }) },
            strict,
          ),
        ),
      },
      strict,
    ),
    out: Type.Object({}, strict),
  },
} as const satisfies Record<string, { in: TSchema; out: TSchema }>;

export type AskName = keyof typeof asks;
export type AskIn<N extends AskName> = Static<(typeof asks)[N]["in"]>;
export type AskOut<N extends AskName> = Static<(typeof asks)[N]["out"]>;
