/**
 * Classes too small to be named.
 *
 * Leaving a small class out is not enough: the total minus the released classes is its size. Small classes go into one
 * nameless rest; when the rest itself is small, the smallest released class joins it, until it is large enough or
 * nothing is left to name.
 * @module
 */
import type { Policy } from "../../../protocol/policy.ts";
import type { RowsByMember } from "../../../programs/kernels/aggregates.ts";
import { standingOf, tooFewParties, tooLargeShare, tooSmallCohort } from "./parties.ts";

export interface Merged {
  /** Classes that keep their name, ascending. */
  readonly named: readonly number[];
  /** Rows of all others together: 0, or at least the cohort when any class is named. */
  readonly rest: number;
}

/**
 * @param counts rows of each class
 * @param nameable whether the class may be named at all
 * @param minCohort smallest count that may be told
 */
export function mergeSmall(
  counts: readonly number[],
  nameable: (code: number) => boolean,
  minCohort: number,
): Merged {
  const large = counts.map((count, code) => nameable(code) && count >= minCohort);
  // Smallest last; of equal ones the later label, so that the choice depends on public labels only.
  const named = [...counts.keys()]
    .filter((code) => large[code])
    .toSorted((a, b) => counts[b]! - counts[a]! || a - b);
  let rest = counts.reduce((sum, count, code) => (large[code] ? sum : sum + count), 0);
  while (rest > 0 && rest < minCohort && named.length > 0) rest += counts[named.pop()!]!;
  return { named: named.toSorted((a, b) => a - b), rest };
}

/** Groups that may be told one by one, and the rows of all others together. */
export interface Groups<G> {
  readonly named: readonly G[];
  /** 0, or rows that stand as a group of their own; all rows when no group does. */
  readonly rest: number;
}

/**
 * The same for groups of rows as members gave them: a group is told when it satisfies parties, cohort and share by itself.
 * @param groups in the order in which they leave, smallest last
 */
export function mergeGroups<G extends { readonly rows: RowsByMember }>(
  groups: readonly G[],
  policy: Policy,
): Groups<G> {
  const stands = (rows: RowsByMember): boolean => {
    const group = standingOf(rows);
    return !(
      tooFewParties(group, policy) ||
      tooSmallCohort(group, policy) ||
      tooLargeShare(group, policy)
    );
  };
  const rest = new Map<number, number>();
  const join = ({ rows }: G) => {
    for (const [member, count] of rows) rest.set(member, (rest.get(member) ?? 0) + count);
  };
  const named: G[] = [];
  for (const group of groups)
    if (stands(group.rows)) named.push(group);
    else join(group);
  while (rest.size > 0 && !stands(rest) && named.length > 0) join(named.pop()!);
  return { named, rest: standingOf(rest).rows };
}

/** How many rows carry each code. */
export function countCodes(codes: Iterable<number>, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const code of codes) counts[code]!++;
  return counts;
}
