/** What may leave a secret contract: the policy inside the terms. @module */
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { ProtocolError } from "./errors.ts";
import { canonicalJson, parseCanonicalJson, type Json } from "./json.ts";

const Request = Type.Object(
  {
    function: Type.String({ minLength: 1, maxLength: 64 }),
    /** Exact public parameters; absent: any that the program's schema takes. */
    params: Type.Optional(Type.Unsafe<Json>(Type.Unknown())),
  },
  { additionalProperties: false },
);

/**
 * Exact mode: aggregates as they are, for groups that trust each other with aggregates. Not differentially private.
 * `maxShare` is a fraction of rows; `decimals` are degrees of released centres (3 is about 100 m).
 */
export const ExactPolicy = Type.Object(
  {
    mode: Type.Literal("exact"),
    minParties: Type.Integer({ minimum: 1, maximum: 32 }),
    /** Rows in each released group; in a cluster, when minParties > 1, of others than its largest member. */
    minCohort: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    maxShare: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    decimals: Type.Integer({ minimum: 0, maximum: 5 }),
    maxClusters: Type.Integer({ minimum: 1, maximum: 1000 }),
    maxClasses: Type.Integer({ minimum: 2, maximum: 1000 }),
    /** Rows of private points one task may classify. */
    maxPredictions: Type.Integer({ minimum: 0, maximum: 10_000 }),
    /** The questions that may be asked at all. */
    requests: Type.Array(Request, { minItems: 1, maxItems: 64 }),
  },
  { additionalProperties: false },
);
export type Policy = Static<typeof ExactPolicy>;

/** Defaults of `docs/protocol.md`; the questions must be named by whoever writes the terms. */
export const defaultPolicy = {
  mode: "exact",
  minParties: 3,
  minCohort: 10,
  maxShare: 0.8,
  decimals: 3,
  maxClusters: 50,
  maxClasses: 100,
  maxPredictions: 100,
} as const satisfies Omit<Policy, "requests">;

/**
 * Reads the policy of terms.
 * @throws ProtocolError JSON_INVALID, POLICY_INVALID with the path of the first fault
 */
export function parsePolicy(text: string): Policy {
  const value = parseCanonicalJson(text);
  const [fault] = Value.Errors(ExactPolicy, value);
  if (fault) throw new ProtocolError("POLICY_INVALID", { at: fault.instancePath || "/" });
  return value as unknown as Policy;
}

/** Whether the policy lets members ask this at all. */
export function allowsRequest(policy: Policy, functionName: string, params: Json): boolean {
  const asked = canonicalJson(params);
  return policy.requests.some(
    (request) =>
      request.function === functionName &&
      (request.params === undefined || canonicalJson(request.params) === asked),
  );
}
