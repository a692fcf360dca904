/** Shapes of the facts everyone signs and stores, checked wherever they come from outside. @module */
import { Type, type Static, type TSchema } from "typebox";
import { Value } from "typebox/value";
import { ProtocolError } from "./errors.ts";
import type { Address, Hex } from "./bytes.ts";

const strict = { additionalProperties: false } as const;

const hexOf = (bytes: number) =>
  Type.Unsafe<Hex>(Type.String({ pattern: `^0x[0-9a-f]{${2 * bytes}}$` }));
export const Bytes32 = hexOf(32);
export const SignatureHex = hexOf(65);
export const SealingKey = Type.Unsafe<Hex>(Type.String({ pattern: "^0x0[23][0-9a-f]{64}$" }));
/** Lower case: one account, one text. */
export const AddressHex = Type.Unsafe<Address>(Type.String({ pattern: "^0x[0-9a-f]{40}$" }));
export const BytesHex = Type.Unsafe<Hex>(Type.String({ pattern: "^0x(?:[0-9a-f]{2})*$" }));
const Uint = (maximum: number) => Type.Integer({ minimum: 0, maximum });
/** Unix seconds, block numbers and versions: 48 bits are enough and exact as a number. */
const Uint48 = Uint(2 ** 48 - 1);
/** Smallest units of the token as a decimal string (uint96). */
const Amount = Type.String({ pattern: "^(?:0|[1-9][0-9]{0,28})$" });

export const Member = Type.Object(
  {
    account: AddressHex,
    consentKey: AddressHex,
    sealingKey: SealingKey,
    abilities: Type.Integer({ minimum: 1, maximum: 15 }),
  },
  strict,
);
export const CommitteeWorker = Type.Object(
  { signer: AddressHex, sealingKey: SealingKey, measurement: Bytes32 },
  strict,
);
export const Committee = Type.Object(
  {
    version: Type.Integer({ minimum: 1, maximum: 2 ** 32 - 1 }),
    threshold: Type.Integer({ minimum: 1, maximum: 7 }),
    workers: Type.Array(CommitteeWorker, { minItems: 1, maxItems: 7 }),
  },
  strict,
);
export const Terms = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    program: Bytes32,
    members: Type.Array(Member, { minItems: 1, maxItems: 32 }),
    committee: Committee,
    policy: Type.String({ minLength: 2, maxLength: 16_384 }),
    minProtection: Type.Integer({ minimum: 1, maximum: 2 }),
    vetoBlocks: Type.Integer({ minimum: 1, maximum: 2 ** 32 - 1 }),
    joinBy: Uint48,
    salt: Bytes32,
  },
  strict,
);
export const Task = Type.Object(
  {
    terms: Bytes32,
    requester: Uint(31),
    functionName: Type.String({ minLength: 1, maxLength: 64 }),
    paramsHash: Bytes32,
    privateParams: Bytes32,
    inputsRoot: Bytes32,
    recipients: Uint(2 ** 32 - 1),
    changesState: Type.Boolean(),
    /** Millionths. */
    epsilon: Uint48,
    releaseId: Bytes32,
    fee: Amount,
    sealBy: Uint48,
    resultWindow: Uint(2 ** 32 - 1),
    salt: Bytes32,
  },
  strict,
);
/** A dataset as one member's under one secret contract: committed by another member, the same hash is another's. */
export const DatasetName = Type.Object(
  { terms: Bytes32, member: Uint(31), dataset: Bytes32 },
  strict,
);

export const InputRef = Type.Object(
  { member: Uint(31), table: Uint(255), dataset: Bytes32 },
  strict,
);
export const Signed = Type.Object({ by: Uint(31), signature: SignatureHex }, strict);
export const Seal = Type.Object(
  {
    taskId: Bytes32,
    terms: Bytes32,
    committeeVersion: Uint(2 ** 32 - 1),
    committee: Bytes32,
    version: Uint48,
    stateRoot: Bytes32,
    blockNumber: Uint48,
    time: Uint48,
    protection: Uint(255),
  },
  strict,
);
export const Result = Type.Object(
  {
    sealDigest: Bytes32,
    status: Type.Integer({ minimum: 1, maximum: 3 }),
    reason: Bytes32,
    nextStateRoot: Bytes32,
    outputCommitment: Bytes32,
    outputLength: Uint48,
  },
  strict,
);
/** A member's share, sealed to each committee worker in order, then to the member itself. */
export const Join = Type.Object(
  {
    member: Uint(31),
    committeeVersion: Uint(2 ** 32 - 1),
    shareCommitment: Bytes32,
    wraps: Type.Array(BytesHex, { minItems: 2, maxItems: 8 }),
    signature: SignatureHex,
  },
  strict,
);

export type Member = Static<typeof Member>;
export type CommitteeWorker = Static<typeof CommitteeWorker>;
export type Committee = Static<typeof Committee>;
export type Terms = Static<typeof Terms>;
export type Task = Static<typeof Task>;
export type DatasetName = Static<typeof DatasetName>;
export type InputRef = Static<typeof InputRef>;
export type Signed = Static<typeof Signed>;
export type Seal = Static<typeof Seal>;
export type Result = Static<typeof Result>;
export type Join = Static<typeof Join>;

/**
 * The value, when it has this shape.
 * @throws ProtocolError SHAPE_INVALID with the path of the first fault
 */
export function parseShape<S extends TSchema>(schema: S, value: unknown, what: string): Static<S> {
  if (Value.Check(schema, value)) return value;
  const [fault] = Value.Errors(schema, value);
  throw new ProtocolError("SHAPE_INVALID", { what, at: fault?.instancePath || "/" });
}

/** `Member.abilities` bits. */
export const abilities = { contribute: 1, request: 2, receive: 4, audit: 8 } as const;
export const allAbilities = 15;

/** Levels of protection of inputs from a worker's operator. */
export const protections = ["none", "simulated", "hardware"] as const;
export type Protection = (typeof protections)[number];
export const resultStatus = { success: 1, failure: 2, abstention: 3 } as const;
/** Indices of `TaskState` in the contract. */
export const taskStates = [
  "none",
  "proposed",
  "sealed",
  "finalized",
  "failed",
  "cancelled",
  "expired",
] as const;
export type TaskState = (typeof taskStates)[number];

/** Indices of the bits set in a mask, ascending. */
export function indicesOf(mask: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (mask >>> bit) & 1);
}
/** Mask with these bits, as an unsigned 32-bit number. */
export function maskOf(indices: Iterable<number>): number {
  let mask = 0;
  for (const bit of indices) mask |= 1 << bit;
  return mask >>> 0;
}
