/** Release rule `value`: a value of the program's own making, in a form that members have read. @module */
import { isConstant, largestOutput } from "../../../protocol/closed-schema/bound.ts";
import { MAX_DEPTH } from "../../../protocol/closed-schema/dialect.ts";
import { faultIn } from "../../../protocol/closed-schema/fit.ts";
import { canonicalJson, type Json } from "../../../protocol/json.ts";
import { functionOf } from "../../../protocol/manifest.ts";
import type { Aggregate, ReleaseRule } from "../../../protocol/program.ts";
import type { FailureReason } from "../../../protocol/reasons.ts";
import { indicesOf } from "../../../protocol/schema.ts";
import { isOnePartition, readAggregate } from "./aggregate.ts";
import { datasetsOf, type Fields } from "./form.ts";
import { measure } from "./measure.ts";
import { fillIn, readValue, requestsIn, type AggregateRequest } from "./proposed-value.ts";
import type { Decision, ReleaseRequest } from "./request.ts";

/** In which order aggregates are refused: each reason over all of them before the next. */
const reasons: readonly FailureReason[] = [
  "TABLE_MISSING",
  "PARTIES_TOO_FEW",
  "COHORT_TOO_SMALL",
  "PARTY_SHARE_TOO_LARGE",
  "TOO_MANY_CLASSES",
];

/**
 * The value, with the gate's numbers where the program asked for them.
 *
 * What the value means, the gate cannot tell. A program that sees no rows (`rows: false`) can put into it only such numbers, the
 * state, and parameters; one that sees rows can put rows into it, bit by bit, as far as the form allows: its members read it first.
 */
export function releaseValue(
  rule: Extract<ReleaseRule, { kind: "value" }>,
  fields: Fields,
  request: ReleaseRequest,
): Decision {
  const { manifest, policy, recipients, requester, contributors, tables } = request;
  if (rule.to === "caller" && recipients !== 2 ** requester)
    return { ok: false, reason: "RECIPIENTS_NOT_ALLOWED" };
  // Nobody's data, or one word that was known before: there is nothing to hide among others.
  const parties = indicesOf(contributors).length;
  if (parties > 0 && parties < policy.minParties && !isConstant(rule.schema))
    return { ok: false, reason: "PARTIES_TOO_FEW" };

  const value = readValue(fields.get("value"), largestOutput(rule.schema), MAX_DEPTH);
  if (value === undefined) return { ok: false, reason: "RELEASE_MALFORMED" };
  const requests = requestsIn(value);
  const spec = functionOf(manifest, request.functionName);
  const aggregates = requests.map((one) => readAggregate(one, spec, manifest, policy));
  if (!aggregates.every(isAggregate) || !isOnePartition(aggregates))
    return { ok: false, reason: "RELEASE_MALFORMED" };

  // Each once, however often it is asked for: a list of a million sums must not take a million passes over the rows.
  const different = new Map(aggregates.map((one) => [canonicalJson(one), one]));
  const measures = [...different].map(([name, one]) => ({
    name,
    ...measure(one, datasetsOf(tables, one.table), manifest, policy),
  }));
  const reason = reasons.find((one) => measures.some(({ refused }) => refused.has(one)));
  if (reason) return { ok: false, reason };
  const numbers = new Map(measures.map(({ name, value: compute }) => [name, compute()]));
  const answers = new Map<AggregateRequest, Json>();
  for (const [i, one] of aggregates.entries()) {
    const number = numbers.get(canonicalJson(one));
    if (number === undefined) return { ok: false, reason: "RELEASE_MALFORMED" };
    answers.set(requests[i]!, number);
  }
  const filled = fillIn(value, answers);
  return faultIn(rule.schema, filled)
    ? { ok: false, reason: "RELEASE_MALFORMED" }
    : { ok: true, value: filled };
}

const isAggregate = (one: Aggregate | undefined): one is Aggregate => one !== undefined;
