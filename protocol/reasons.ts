/**
 * The closed list of reasons a signed result may carry. A reason is a release: it says one word and nothing else.
 * @module
 */

/** Deterministic: every honest worker of the committee gives the same. */
export const failureReasons = [
  "FUNCTION_UNKNOWN",
  "PARAMETER_INVALID",
  "REQUEST_NOT_ALLOWED",
  "RECIPIENTS_NOT_ALLOWED",
  "TABLE_MISSING",
  "TABLE_TOO_SMALL",
  "PROGRAM_THREW",
  "STATE_TOO_LARGE",
  "RELEASE_MALFORMED",
  "PARTIES_PER_CLUSTER",
  "PARTIES_TOO_FEW",
  "COHORT_TOO_SMALL",
  "PARTY_SHARE_TOO_LARGE",
  "CENTRE_IS_RECORD",
  "TOO_MANY_CLUSTERS",
  "TOO_MANY_CLASSES",
  "TOO_MANY_PREDICTIONS",
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** This worker could not; another may. */
export const abstentionReasons = [
  "CANNOT_OPEN",
  "LIMIT_CPU",
  "LIMIT_MEMORY",
  "LIMIT_OUTPUT",
  "INTERNAL",
] as const;
export type AbstentionReason = (typeof abstentionReasons)[number];
