/** The file a secret contract is written in. @module */
import { dirname, resolve } from "node:path";
import { Type, type Static } from "typebox";
import type { Address, Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { defaultPolicy, type Policy } from "../../protocol/policy.ts";
import { Bytes32, Member, type CommitteeWorker } from "../../protocol/schema.ts";
import type { ContractDraft } from "../sdk/contract.ts";
import type { RegisteredWorker } from "../sdk/worker.ts";
import { readJson } from "./home.ts";

const strict = { additionalProperties: false } as const;

const DraftFile = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    program: Bytes32,
    /** In the order that numbers them; a text is the name of a file that `party member --json` made, beside this one. */
    members: Type.Array(Type.Union([Member, Type.String({ minLength: 1 })]), {
      minItems: 1,
      maxItems: 32,
    }),
    /** Ids, or endpoints. */
    workers: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 7 }),
    threshold: Type.Integer({ minimum: 1, maximum: 7 }),
    minProtection: Type.Optional(Type.Union([Type.Literal("simulated"), Type.Literal("hardware")])),
    vetoBlocks: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Block time in Unix seconds. */
    joinBy: Type.Optional(Type.Integer({ minimum: 1 })),
    /** What is left out has the default; the questions have none. */
    policy: Type.Unsafe<Pick<Policy, "requests"> & Partial<Policy>>(
      Type.Object({ requests: Type.Array(Type.Unknown(), { minItems: 1 }) }),
    ),
  },
  strict,
);
type DraftFile = Static<typeof DraftFile>;

/** The part of what `party member --json` prints that terms name. */
const MemberFile = Type.Object({ member: Member });

/** A draft with all its members. */
type Draft = Omit<DraftFile, "members"> & { readonly members: readonly Member[] };

/** Reads a draft and the files it names. @throws ProtocolError FILE_UNREADABLE, CONFIG_INVALID */
export function readDraft(file: string): Draft {
  const draft = readJson(file, DraftFile);
  const members = draft.members.map((member) =>
    typeof member === "string"
      ? readJson(resolve(dirname(file), member), MemberFile).member
      : member,
  );
  return { ...draft, members };
}

/** The draft with its workers found in the registry. @throws ProtocolError NOT_FOUND */
export function draftFrom(file: Draft, registered: readonly RegisteredWorker[]): ContractDraft {
  const { name, program, members, threshold, minProtection, vetoBlocks, joinBy } = file;
  return {
    name,
    program,
    members,
    threshold,
    workers: file.workers.map((worker) => workerCalled(worker, registered)),
    policy: { ...defaultPolicy, ...file.policy },
    ...(minProtection && { minProtection }),
    ...(vetoBlocks !== undefined && { vetoBlocks }),
    ...(joinBy !== undefined && { joinBy }),
  };
}

const plain = (text: string): string => text.toLowerCase().replace(/\/$/, "");

/** The keys of a registered worker, by id or endpoint. @throws ProtocolError NOT_FOUND */
export function workerCalled(
  name: string,
  registered: readonly RegisteredWorker[],
): CommitteeWorker {
  const found = registered.findLast(
    ({ id, endpoint }) => plain(id) === plain(name) || plain(endpoint) === plain(name),
  );
  if (!found) throw new ProtocolError("NOT_FOUND", { what: "registered worker", name });
  return found.keys;
}

const hex = (digits: string, bytes: number): Hex => `0x${digits.repeat(bytes)}`;
const exampleMember = (digits: string): Member => ({
  account: hex(digits, 20) as Address,
  consentKey: hex(digits, 20) as Address,
  sealingKey: `0x02${digits.repeat(32)}`,
  abilities: 15,
});

/** What `contract create --example` prints. */
export const exampleDraft: DraftFile = {
  name: "where to build towers",
  program: hex("ab", 32),
  members: [exampleMember("11"), exampleMember("22"), exampleMember("33")],
  workers: ["http://127.0.0.1:8700", "http://127.0.0.1:8701", hex("cd", 32)],
  threshold: 2,
  minProtection: "simulated",
  vetoBlocks: 1,
  policy: {
    ...defaultPolicy,
    requests: [{ function: "cluster", params: { k: 5 } }, { function: "classify" }],
  },
};
