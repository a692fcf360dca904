/**
 * Labels are data too, and the one place where text leaves.
 *
 * The gate takes them from the training rows and demands that the program's list is the same, to the byte and in
 * order: a list of its own choosing could carry a message. A name leaves only when at least `minCohort` training rows
 * carry it: "Ann Smith" on one row is a record, not a class.
 * @module
 */
import type { Policy } from "../../../protocol/policy.ts";
import type { FailureReason } from "../../../protocol/reasons.ts";
import { utf8Length, type PooledLabels } from "../../../programs/kernels/labels.ts";
import { isSame, type Fields } from "./form.ts";
import { countCodes } from "./merging.ts";

const MAX_LABEL_BYTES = 64;

/** Why the labels of a proposal cannot be used, if so. */
export function refuseLabels(
  { labels }: PooledLabels,
  fields: Fields,
  { maxClasses }: Policy,
): FailureReason | undefined {
  if (labels.length > maxClasses) return "TOO_MANY_CLASSES";
  if (!isSame(fields.get("labels"), labels)) return "RELEASE_MALFORMED";
  return labels.every(isLabel) ? undefined : "RELEASE_MALFORMED";
}

function isLabel(label: string): boolean {
  const bytes = utf8Length(label);
  return label.isWellFormed() && bytes >= 1 && bytes <= MAX_LABEL_BYTES;
}

/** Whether enough training rows carry a label for its name to leave. */
export function nameableLabels(
  { labels, codes }: PooledLabels,
  { minCohort }: Policy,
): (code: number) => boolean {
  const carried = countCodes(codes, labels.length);
  return (code) => carried[code]! >= minCohort;
}
