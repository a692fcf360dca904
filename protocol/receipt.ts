/**
 * The portable proof of one task: everything that was signed, and by whom. Workers check its first part before they run,
 * auditors the whole of it afterwards, with the same functions.
 * @module
 */
import { Type, type Static } from "typebox";
import {
  AddressHex,
  Bytes32,
  BytesHex,
  Committee,
  InputRef,
  Join,
  Result,
  Seal,
  Signed,
  SignatureHex,
  Task,
  Terms,
  taskStates,
  type TaskState,
} from "./schema.ts";

const strict = { additionalProperties: false } as const;
const chainFields = {
  chainId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  contracts: AddressHex,
};

/** Who works together, on what terms: the part that is the same for every task of a secret contract. */
export const Collaboration = Type.Object(
  {
    deployment: Type.Object(chainFields, strict),
    terms: Terms,
    joins: Type.Array(Join, { minItems: 1, maxItems: 32 }),
    /** The committee in force; its change, when not the first, is signed by every member. */
    committee: Committee,
    committeeSignatures: Type.Array(SignatureHex, { maxItems: 32 }),
    moduleHash: Bytes32,
    /** Canonical JSON. */
    manifest: Type.String({ minLength: 2, maxLength: 262_144 }),
  },
  strict,
);

/** What is asked, over which data, and who agreed. */
export const Question = Type.Object(
  {
    task: Task,
    inputs: Type.Array(InputRef, { maxItems: 64 }),
    /** Canonical JSON. */
    params: Type.String({ minLength: 1, maxLength: 16_384 }),
    consents: Type.Array(Signed, { maxItems: 32 }),
    /** Members whose data entered the state the task reads: they must consent too. */
    stateContributors: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
  },
  strict,
);

/** What sealing fixed, with the `Ready` signatures it stands on. */
export const Sealing = Type.Object(
  { seal: Seal, readies: Type.Array(Signed, { minItems: 1, maxItems: 7 }) },
  strict,
);

export const SignedResult = Type.Object(
  { by: Type.Integer({ minimum: 0, maximum: 6 }), result: Result, signature: SignatureHex },
  strict,
);

/** Evidence of one Ready worker's registration. */
export const WorkerEvidence = Type.Object(
  {
    /** Index of the worker in the committee. */
    by: Type.Integer({ minimum: 0, maximum: 6 }),
    registry: AddressHex,
    operator: AddressHex,
    epoch: Type.Integer({ minimum: 0 }),
    kind: Type.Integer({ minimum: 0, maximum: 65_535 }),
    evidence: BytesHex,
  },
  strict,
);

export const Receipt = Type.Object(
  {
    version: Type.Literal(1),
    collaboration: Collaboration,
    question: Question,
    sealing: Type.Optional(Sealing),
    /** Of every worker that was Ready. */
    evidence: Type.Array(WorkerEvidence, { maxItems: 7 }),
    results: Type.Array(SignedResult, { maxItems: 64 }),
    state: Type.Unsafe<TaskState>(Type.Union(taskStates.map((state) => Type.Literal(state)))),
  },
  strict,
);

export type Collaboration = Static<typeof Collaboration>;
export type Question = Static<typeof Question>;
export type Sealing = Static<typeof Sealing>;
export type SignedResult = Static<typeof SignedResult>;
export type WorkerEvidence = Static<typeof WorkerEvidence>;
export type Receipt = Static<typeof Receipt>;
