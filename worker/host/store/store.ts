/** The journal: all that must survive a crash, one typed table for each noun. @module */
import { Type, type Static } from "typebox";
import {
  Bytes32,
  BytesHex,
  DatasetName,
  Result,
  Signed,
  SignatureHex,
} from "../../../protocol/schema.ts";
import type { Service } from "../services.ts";
import { Database } from "./database.ts";
import { EventStore } from "./events.ts";
import { StateStore } from "./states.ts";
import { blobTable, table, type BlobTable, type Table } from "./table.ts";

const strict = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0 });

/** What this worker did for a task it still has to do with; what the chain says about it is in the events. */
export const JobRecord = Type.Object(
  {
    /** Own `Ready`, given for the committee of this hash. */
    ready: Type.Optional(
      Type.Object({ by: Count, signature: SignatureHex, committee: Bytes32 }, strict),
    ),
    /** The input that did not open, with the hash of the preamble that failed. */
    blocked: Type.Optional(
      Type.Object(
        { dataset: Bytes32, member: Count, code: Type.String(), preamble: Bytes32 },
        strict,
      ),
    ),
    /** First block at which everything needed for sealing was seen together. */
    sealableSince: Type.Optional(Count),
    /** Failures in a row; 0 after a step forward. */
    failures: Count,
    /** Unix milliseconds before which nothing is tried again. */
    notBefore: Count,
  },
  strict,
);

/** A signed result, kept under its seal digest before anything is submitted. */
export const OutputRecord = Type.Object(
  {
    task: Bytes32,
    by: Count,
    result: Result,
    signature: SignatureHex,
    /** Runs so far that ended in an abstention. */
    abstentions: Count,
    /** Unix milliseconds before which an abstention is not followed by another run. */
    retryAt: Count,
  },
  strict,
);

export const UploadRecord = Type.Object(
  {
    kind: Type.Union([Type.Literal("dataset"), Type.Literal("params")]),
    terms: Bytes32,
    member: Count,
    /** Whose quota it counts against. */
    account: Type.String(),
    chunks: Count,
    /** Chunks that are on disk, checked and synced. */
    held: Count,
    /** Bytes of ciphertext: at most so many while it comes in, exactly so many when complete. */
    bytes: Count,
  },
  strict,
);

/** A dataset that its member withdrew and the enclave has not signed an erasure of yet. */
export const WithdrawalRecord = Type.Object(
  {
    ...DatasetName.properties,
    /** Whether nothing of it is held any more. */
    deleted: Type.Boolean(),
  },
  strict,
);

/** The enclave's signature on `Erasure`. */
export const ErasureRecord = Type.Object({ signature: SignatureHex }, strict);

export const MailboxRecord = Type.Object(
  {
    consents: Type.Array(Signed),
    readies: Type.Array(Type.Object({ ...Signed.properties, committee: Bytes32 }, strict)),
  },
  strict,
);

export const ProgramRecord = Type.Object({ moduleHash: Bytes32, manifest: Type.String() }, strict);

/** A transaction this worker means to see on chain. */
export const IntentRecord = Type.Object(
  {
    nonce: Count,
    /** Signed bytes, newest last: a replacement has the same nonce and a higher fee. */
    signed: Type.Array(Type.Object({ hash: Bytes32, raw: BytesHex }, strict), { minItems: 1 }),
    /** Unix milliseconds at which the newest was sent. */
    sentAt: Count,
  },
  strict,
);

export type JobRecord = Static<typeof JobRecord>;
export type OutputRecord = Static<typeof OutputRecord>;
export type UploadRecord = Static<typeof UploadRecord>;
export type WithdrawalRecord = Static<typeof WithdrawalRecord>;
export type ErasureRecord = Static<typeof ErasureRecord>;
export type MailboxRecord = Static<typeof MailboxRecord>;
export type ProgramRecord = Static<typeof ProgramRecord>;
export type IntentRecord = Static<typeof IntentRecord>;

/** A dataset as one member's: the same hash, committed by another, is not theirs to withdraw. */
export const withdrawalKey = ({ terms, member, dataset }: DatasetName): string =>
  `${terms}/${member}/${dataset}`;

export class Store implements Service {
  readonly #database: Database;
  readonly events: EventStore;
  readonly states: StateStore;
  /** By task. */
  readonly jobs: Table<JobRecord>;
  /** By seal digest. */
  readonly outputs: Table<OutputRecord>;
  /** Outputs sealed by the enclave to itself, by seal digest. */
  readonly held: BlobTable;
  /** Packages for recipients, by `<seal digest>/<member>`. */
  readonly releases: BlobTable;
  /** By dataset hash. */
  readonly uploads: Table<UploadRecord>;
  /** By dataset hash. */
  readonly preambles: BlobTable;
  /** By {@link withdrawalKey}. */
  readonly withdrawals: Table<WithdrawalRecord>;
  /** By {@link withdrawalKey}. */
  readonly erasures: Table<ErasureRecord>;
  /** By task. */
  readonly mailbox: Table<MailboxRecord>;
  /** By program hash. */
  readonly programs: Table<ProgramRecord>;
  /** By program hash. */
  readonly modules: BlobTable;
  /** By what they are for. */
  readonly intents: Table<IntentRecord>;

  /** @param path file, or ":memory:" */
  constructor(path: string) {
    this.#database = new Database(path);
    this.events = new EventStore(this.#database);
    this.states = new StateStore(this.#database);
    this.jobs = table(this.#database, "job", JobRecord);
    this.outputs = table(this.#database, "output", OutputRecord);
    this.held = blobTable(this.#database, "held");
    this.releases = blobTable(this.#database, "release");
    this.uploads = table(this.#database, "upload", UploadRecord);
    this.preambles = blobTable(this.#database, "preamble");
    this.withdrawals = table(this.#database, "withdrawal", WithdrawalRecord);
    this.erasures = table(this.#database, "erasure", ErasureRecord);
    this.mailbox = table(this.#database, "mailbox", MailboxRecord);
    this.programs = table(this.#database, "program", ProgramRecord);
    this.modules = blobTable(this.#database, "module");
    this.intents = table(this.#database, "intent", IntentRecord);
  }

  /** All of it or nothing. */
  transaction<T>(act: () => T): T {
    return this.#database.transaction(act);
  }

  close(): void {
    this.#database.close();
  }
}
