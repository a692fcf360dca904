/** What workers answer over HTTP, as workers write it and clients read it. @module */
import { Type, type Static } from "typebox";
import {
  AddressHex,
  Bytes32,
  BytesHex,
  CommitteeWorker,
  Signed,
  SignatureHex,
  taskStates,
  type TaskState,
} from "./schema.ts";
import { StateRecord } from "./state/record.ts";

const strict = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0 });

/** `GET /v1/datasets/:hash`: how far an upload got; the next one starts at chunk `held`. */
export const DatasetStatus = Type.Object(
  { dataset: Bytes32, held: Count, of: Count, complete: Type.Boolean() },
  strict,
);

/** A task that names a dataset and is under way, so that the dataset stays: until a block time in Unix seconds at the latest. */
export const Pin = Type.Object(
  {
    task: Bytes32,
    state: Type.Unsafe<TaskState>(Type.Union(taskStates.map((state) => Type.Literal(state)))),
    until: Count,
  },
  strict,
);

/** `GET /v1/datasets/:hash/erasure`: how far a worker is with the erasure of a member's dataset. */
export const ErasureStatus = Type.Object(
  {
    dataset: Bytes32,
    /** `kept`: as far as this worker has read the chain, it is not withdrawn. */
    state: Type.Union([Type.Literal("kept"), Type.Literal("pending"), Type.Literal("erased")]),
    /** While pending: the tasks it waits for; without any, it is being done. */
    pins: Type.Array(Pin, { maxItems: 100 }),
    /** On `Erasure`, by the enclave's signing key; once erased. */
    signature: Type.Optional(SignatureHex),
  },
  strict,
);

/** `PUT` and `GET /v1/programs/:hash`. */
export const ProgramBundle = Type.Object(
  {
    /** Base64 of the ES module. */
    module: Type.String({ maxLength: 14_000_000 }),
    /** Canonical JSON. */
    manifest: Type.String({ minLength: 2, maxLength: 262_144 }),
  },
  strict,
);

/** `POST /v1/tasks/:id/consents`; also the file a member may pass on by any other way. */
export const ConsentFile = Type.Object(
  {
    task: Bytes32,
    member: Type.Integer({ minimum: 0, maximum: 31 }),
    signature: Type.Unsafe<`0x${string}`>(Type.String({ pattern: "^0x[0-9a-f]{130}$" })),
  },
  strict,
);

/** `GET /v1/tasks/:id/consents`: the mailbox of signatures that sealing needs. */
export const Mailbox = Type.Object(
  { consents: Type.Array(Signed), readies: Type.Array(Signed) },
  strict,
);

/** `GET /v1/attestation`. */
export const Attestation = Type.Object(
  {
    worker: Bytes32,
    keys: CommitteeWorker,
    operator: AddressHex,
    registry: AddressHex,
    epoch: Count,
    kind: Count,
    evidence: BytesHex,
    protection: Type.String(),
  },
  strict,
);

/** What a worker owes: to seal a task, or to have its result on chain, until a block time in Unix seconds. */
export const Due = Type.Object(
  {
    task: Bytes32,
    what: Type.Union([Type.Literal("seal"), Type.Literal("result")]),
    by: Count,
  },
  strict,
);

/** `GET /v1/states/:root`: whose state it is, and what the root stands for, which only its committee's enclaves can check. */
export const StateAnswer = Type.Object({ terms: Bytes32, record: StateRecord }, strict);

/** How long the evidence is good, in block time; `next` names the command once it should be renewed. */
export const Expiry = Type.Object(
  { validUntil: Count, secondsLeft: Type.Integer(), next: Type.Optional(Type.String()) },
  strict,
);

/** `GET /v1/status`. */
export const WorkerStatus = Type.Object(
  {
    version: Type.String(),
    worker: Bytes32,
    operator: AddressHex,
    protection: Type.String(),
    measurement: Bytes32,
    chain: Type.Object(
      { chainId: Count, contracts: AddressHex, block: Count, head: Count },
      strict,
    ),
    jobs: Type.Record(Type.String(), Count),
    datasets: Type.Object({ count: Count, bytes: Count }, strict),
    /** True: it finishes what it promised and takes no new task. */
    draining: Type.Optional(Type.Boolean()),
    /** Absent while it is not registered. */
    evidence: Type.Optional(Expiry),
    /** The soonest first. */
    due: Type.Optional(Type.Array(Due, { maxItems: 100 })),
  },
  strict,
);

/** Every refusal: the code and facts of `errors.ts`. */
export const Problem = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    facts: Type.Record(Type.String(), Type.Unknown()),
  },
  strict,
);

export type DatasetStatus = Static<typeof DatasetStatus>;
export type Pin = Static<typeof Pin>;
export type ErasureStatus = Static<typeof ErasureStatus>;
export type ProgramBundle = Static<typeof ProgramBundle>;
export type ConsentFile = Static<typeof ConsentFile>;
export type Mailbox = Static<typeof Mailbox>;
export type Attestation = Static<typeof Attestation>;
export type StateAnswer = Static<typeof StateAnswer>;
export type Due = Static<typeof Due>;
export type Expiry = Static<typeof Expiry>;
export type WorkerStatus = Static<typeof WorkerStatus>;
export type Problem = Static<typeof Problem>;
