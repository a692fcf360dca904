/** Release rule `classes`: how many rows fall into each class, and how far to trust that. @module */
import type { ReleaseRule } from "../../../protocol/program.ts";
import { countRows } from "../../../programs/kernels/positions.ts";
import { pooledTraining } from "../../../programs/kernels/training.ts";
import { datasetsOf, isSame, readCodes, type Fields } from "./form.ts";
import { measure } from "./hold-out.ts";
import { nameableLabels, refuseLabels } from "./labels.ts";
import { countCodes, mergeSmall } from "./merging.ts";
import { ownersOf, standing, tooFewParties, tooLargeShare } from "./parties.ts";
import type { Decision, ReleaseRequest } from "./request.ts";

/**
 * `{ rows, classes: [{ label, rows }], other, holdout: { rows, accuracy, labels, matrix } }`.
 *
 * `other` counts the rows of all classes too small to be named. It is a field beside the list, so that a real label
 * "other" stays what it is. Parties and shares are judged over all rows, not per class: a class of one member's
 * customers is what competitors with different customers look like, and its count is all that leaves.
 */
export function releaseClasses(
  rule: Extract<ReleaseRule, { kind: "classes" }>,
  fields: Fields,
  { policy, tables: all }: ReleaseRequest,
): Decision {
  const tables = datasetsOf(all, rule.table);
  const trainingTables = datasetsOf(all, rule.training);
  if (tables.length === 0 || trainingTables.length === 0)
    return { ok: false, reason: "TABLE_MISSING" };

  const training = pooledTraining(trainingTables);
  const { labels, heldOut } = training;
  const reason = refuseLabels(training, fields, policy);
  if (reason) return { ok: false, reason };
  const classes = readCodes(fields.get("assignment"), countRows(tables), labels.length);
  const predicted = readCodes(fields.get("predicted"), heldOut.length, labels.length);
  // What the held-out rows are is a fact of the tables; the program only shows that it read them alike.
  const actual = Uint32Array.from(heldOut, (row) => training.codes[row]!);
  if (!classes || !predicted || !isSame(fields.get("actual"), actual))
    return { ok: false, reason: "RELEASE_MALFORMED" };

  const counts = countCodes(classes, labels.length);
  const { named, rest } = mergeSmall(counts, nameableLabels(training, policy), policy.minCohort);
  if (named.length === 0 || heldOut.length < policy.minCohort)
    return { ok: false, reason: "COHORT_TOO_SMALL" };

  // Both sets of rows that numbers come from: the counted and the held out.
  const owners = ownersOf(trainingTables);
  const groups = [standing(ownersOf(tables)), standing(heldOut.map((row) => owners[row]!))];
  if (groups.some((group) => tooFewParties(group, policy)))
    return { ok: false, reason: "PARTIES_TOO_FEW" };
  if (groups.some((group) => tooLargeShare(group, policy)))
    return { ok: false, reason: "PARTY_SHARE_TOO_LARGE" };

  return {
    ok: true,
    value: {
      rows: classes.length,
      classes: named.map((code) => ({ label: labels[code]!, rows: counts[code]! })),
      other: rest,
      holdout: measure(labels, actual, predicted, policy.minCohort),
    },
  };
}
