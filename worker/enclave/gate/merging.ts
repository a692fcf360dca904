/**
 * Classes too small to be named.
 *
 * Leaving a small class out is not enough: the total minus the released classes is its size. Small classes go into one
 * nameless rest; when the rest itself is small, the smallest released class joins it, until it is large enough or
 * nothing is left to name.
 * @module
 */

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

/** How many rows carry each code. */
export function countCodes(codes: Iterable<number>, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const code of codes) counts[code]!++;
  return counts;
}
