/** The file a secret contract is written in. @module */
import { Type, type Static } from "typebox";
import type { Address, Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { defaultPolicy, type Policy } from "../../protocol/policy.ts";
import { Bytes32, Member, type CommitteeWorker } from "../../protocol/schema.ts";
import type { ContractDraft } from "../sdk/contract.ts";
import type { RegisteredWorker } from "../sdk/worker.ts";

const strict = { additionalProperties: false } as const;

export const DraftFile = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    program: Bytes32,
    /** As `party member --json` prints them, in the order that numbers them. */
    members: Type.Array(Member, { minItems: 1, maxItems: 32 }),
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
export type DraftFile = Static<typeof DraftFile>;

/** The draft with its workers found in the registry. @throws ProtocolError NOT_FOUND */
export function draftFrom(file: DraftFile, registered: readonly RegisteredWorker[]): ContractDraft {
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

function workerCalled(name: string, registered: readonly RegisteredWorker[]): CommitteeWorker {
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
