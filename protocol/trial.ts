/**
 * What an author's tests say to a trial: the enclave's own runtime and gate on one program, without a chain, keys or members. One JSON
 * object a line, in and out, answered in order. Data in a trial are mock data: it tells stack traces.
 * @module
 */
import { Type, type Static } from "typebox";
import { ExactPolicy } from "./policy.ts";

const strict = { additionalProperties: false } as const;
const Base64 = Type.String();
const MemberIndex = Type.Integer({ minimum: 0, maximum: 31 });

/** First line: the program, and terms as far as a program can notice them. */
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

/** Every other line. Datasets are plaintexts as they would be sealed (`protocol/codec`). */
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

/** What came of a call. `refused` is a reason of `protocol/reasons.ts`; `fault` an error as in `protocol/errors.ts`. */
export const TrialAnswer = Type.Union([
  Type.Object({ output: Type.Unknown() }, strict),
  Type.Object({ refused: Type.String(), trace: Type.Optional(Type.String()) }, strict),
  Type.Object(
    { fault: Type.Object({ code: Type.String(), message: Type.String() }, strict) },
    strict,
  ),
]);

export type TrialTerms = Static<typeof TrialTerms>;
export type TrialCall = Static<typeof TrialCall>;
export type TrialAnswer = Static<typeof TrialAnswer>;
