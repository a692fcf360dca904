/**
 * The exact-mode release gate: between the program, which may be hostile, and everyone else.
 *
 * A program proposes who belongs together; the gate computes each number that leaves, itself, from the tables. What a
 * program can say is therefore bounded in form and size, not in meaning: who counts with whom is its choice, and counts
 * are exact, so that a hostile program could still spell out a record bit by bit in them. Members of an exact contract
 * read the program (`rows: true`); private mode is for everyone else.
 *
 * A refusal is a release of one word. All checks of one kind run before the next kind in a fixed order, so that the
 * word says which rule failed, never where: no index, no count, no name.
 * @module
 */
import { largestOutput } from "../../../protocol/closed-schema/bound.ts";
import { canonicalJson } from "../../../protocol/json.ts";
import { releaseClasses } from "./classes.ts";
import { releaseClusters } from "./clusters.ts";
import { readProposal } from "./form.ts";
import { releasePredictions } from "./predictions.ts";
import type { ReleaseRule } from "../../../protocol/program.ts";
import type { Decision, ReleaseOutcome, ReleaseRequest } from "./request.ts";
import { releaseValue } from "./value.ts";

/** Decides what leaves. Deterministic; never throws for any proposal. */
export function release(request: ReleaseRequest): ReleaseOutcome {
  const { functions, limits } = request.manifest;
  const called = Object.hasOwn(functions, request.functionName)
    ? functions[request.functionName]
    : undefined;
  if (!called) return { ok: false, reason: "FUNCTION_UNKNOWN" };
  const decision = decide(called.release, request);
  if (!decision.ok) return decision;
  const output = new TextEncoder().encode(canonicalJson(decision.value));
  if (output.length > Math.min(limits?.outputBytes ?? Infinity, largestOf(called.release)))
    return { ok: false, reason: "RELEASE_MALFORMED" };
  return { ok: true, output };
}

function decide(rule: ReleaseRule, request: ReleaseRequest): Decision {
  const fields = readProposal(request.proposal);
  if (fields?.get("kind") !== rule.kind) return { ok: false, reason: "RELEASE_MALFORMED" };
  if (rule.kind === "clusters") return releaseClusters(rule, fields, request);
  if (rule.kind === "classes") return releaseClasses(rule, fields, request);
  if (rule.kind === "predictions") return releasePredictions(rule, fields, request);
  return releaseValue(rule, fields, request);
}

/** What members were told; a value that fits its schema is no larger, and this does not rest on that. */
const largestOf = (rule: ReleaseRule): number =>
  rule.kind === "value" ? largestOutput(rule.schema) : Infinity;
