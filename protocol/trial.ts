/**
 * What an author's tests say to a trial: the enclave's own runtime and gate on programs, without a chain, keys or members. One JSON
 * object a line, in and out, answered in order. Data in a trial are mock data: it tells stack traces.
 * @module
 */
import { Type, type Static } from "typebox";
import { ExactPolicy } from "./policy.ts";

const strict = { additionalProperties: false } as const;
const Base64 = Type.String();
const MemberIndex = Type.Integer({ minimum: 0, maximum: 31 });
const ContractNumber = Type.Integer({ minimum: 0 });

/** A program, and terms as far as a program can notice them. */
export const TrialTerms = Type.Object(
  {
    module: Base64,
    /** Canonical JSON. */
    manifest: Type.String(),
    members: Type.Integer({ minimum: 1, maximum: 32 }),
    policy: ExactPolicy,
  },
  strict,
);

/** One call. Datasets are plaintexts as they would be sealed (`protocol/codec`). */
export const TrialCall = Type.Object(
  {
    functionName: Type.String(),
    params: Type.Unknown(),
    caller: MemberIndex,
    /** Bit i: member i. */
    recipients: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
    /** Unix seconds of the seal. */
    sealedAt: Type.Integer({ minimum: 0, maximum: 2 ** 48 - 1 }),
    inputs: Type.Array(
      Type.Object({ member: MemberIndex, table: Type.String(), plaintext: Base64 }, strict),
      { maxItems: 64 },
    ),
    privateTable: Type.Optional(Base64),
  },
  strict,
);

/** A line in: opens a contract, or calls one that was opened. `contract` is a number that the tests choose. */
export const TrialRequest = Type.Union([
  Type.Object({ contract: ContractNumber, open: TrialTerms }, strict),
  Type.Object({ contract: ContractNumber, call: TrialCall }, strict),
]);

/**
 * A line out: what came of it. `refused` is a reason of `protocol/reasons.ts`, `trace` where the program threw; `fault` an error as in
 * `protocol/errors.ts`.
 */
export const TrialAnswer = Type.Union([
  Type.Object({ opened: Type.Literal(true) }, strict),
  Type.Object({ output: Type.Unknown() }, strict),
  Type.Object({ refused: Type.String(), trace: Type.Optional(Type.String()) }, strict),
  Type.Object(
    { fault: Type.Object({ code: Type.String(), message: Type.String() }, strict) },
    strict,
  ),
]);

export type TrialTerms = Static<typeof TrialTerms>;
export type TrialCall = Static<typeof TrialCall>;
export type TrialRequest = Static<typeof TrialRequest>;
export type TrialAnswer = Static<typeof TrialAnswer>;
