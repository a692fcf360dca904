/** Release rule `predictions`: one class per row of the asker's own private table. @module */
import type { ReleaseRule } from "../../../protocol/program.ts";
import { pooledTraining } from "../../../programs/kernels/training.ts";
import { datasetsOf, readCodes, type Fields } from "./form.ts";
import { nameableLabels, refuseLabels } from "./labels.ts";
import { ownersOf, standing, tooFewParties, tooLargeShare } from "./parties.ts";
import type { Decision, ReleaseRequest } from "./request.ts";

/**
 * `{ predictions: (string | null)[] }` in the order of the private rows; null where the class is too rare to be named.
 *
 * Each prediction asks the training rows a question at a place of the asker's choosing (3,000 such questions located 77
 * customers): the policy caps their number, the rows asked must be a cohort of several members, and the answers go to
 * the asker alone, since the points are its own.
 */
export function releasePredictions(
  rule: Extract<ReleaseRule, { kind: "predictions" }>,
  fields: Fields,
  { policy, tables: all, privateTable, recipients, requester }: ReleaseRequest,
): Decision {
  if (recipients !== 2 ** requester) return { ok: false, reason: "RECIPIENTS_NOT_ALLOWED" };
  const tables = datasetsOf(all, rule.training);
  if (tables.length === 0 || !privateTable) return { ok: false, reason: "TABLE_MISSING" };
  if (privateTable.rows > policy.maxPredictions)
    return { ok: false, reason: "TOO_MANY_PREDICTIONS" };

  const training = pooledTraining(tables);
  const { labels, learned } = training;
  const reason = refuseLabels(training, fields, policy);
  if (reason) return { ok: false, reason };
  const classes = readCodes(fields.get("assignment"), privateTable.rows, labels.length);
  if (!classes) return { ok: false, reason: "RELEASE_MALFORMED" };

  if (learned.length < policy.minCohort) return { ok: false, reason: "COHORT_TOO_SMALL" };
  const owners = ownersOf(tables);
  const group = standing(learned.map((row) => owners[row]!));
  if (tooFewParties(group, policy)) return { ok: false, reason: "PARTIES_TOO_FEW" };
  if (tooLargeShare(group, policy)) return { ok: false, reason: "PARTY_SHARE_TOO_LARGE" };

  const nameable = nameableLabels(training, policy);
  return {
    ok: true,
    value: {
      predictions: Array.from(classes, (code) => (nameable(code) ? labels[code]! : null)),
    },
  };
}
