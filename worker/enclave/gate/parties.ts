/**
 * Who stands behind a group of rows.
 *
 * A member can subtract its own rows from any aggregate. What is left must be the aggregate of several others
 * (`minParties`; with 2 each reads the other's aggregate exactly, which the terms say), and a member must not be able to
 * reach the cohort size alone with rows it made up and so isolate a stranger's record (`maxShare`).
 * @module
 */
import type { Policy } from "../../../protocol/policy.ts";
import type { MemberTable } from "../../../protocol/program.ts";
import type { RowsByMember } from "../../../programs/kernels/aggregates.ts";

/** One group of pooled rows: how many, of how many members, and how many the largest of these gave. */
export interface Standing {
  readonly rows: number;
  readonly parties: number;
  readonly largest: number;
}

/** Member of each pooled row. */
export function ownersOf(tables: readonly MemberTable[]): Uint32Array {
  const owners = new Uint32Array(tables.reduce((rows, table) => rows + table.rows, 0));
  let offset = 0;
  for (const { member, rows } of tables) owners.fill(member, offset, (offset += rows));
  return owners;
}

/**
 * Counts the groups of rows. Members are counted, not datasets: one member with five datasets is one party.
 * @param groups group of each row, 0 <= value < count
 */
export function standings(groups: Uint32Array, owners: Uint32Array, count: number): Standing[] {
  const byMember = Array.from({ length: count }, () => new Map<number, number>());
  for (const [row, group] of groups.entries()) {
    const members = byMember[group]!;
    members.set(owners[row]!, (members.get(owners[row]!) ?? 0) + 1);
  }
  return byMember.map(standingOf);
}

/** The standing of a group by the rows that each member gave, at least one each. */
export function standingOf(members: RowsByMember): Standing {
  const counts = [...members.values()];
  return {
    rows: counts.reduce((sum, rows) => sum + rows, 0),
    parties: counts.length,
    largest: Math.max(0, ...counts),
  };
}

/** The rows as one group. */
export function standing(owners: Uint32Array): Standing {
  return standings(new Uint32Array(owners.length), owners, 1)[0]!;
}

export function tooFewParties({ parties }: Standing, { minParties }: Policy): boolean {
  return parties < minParties;
}

/** Divides instead of multiplying: 8 of 10 is then the same double as a `maxShare` of .8, and allowed. */
export function tooLargeShare({ largest, rows }: Standing, { maxShare }: Policy): boolean {
  return largest / rows > maxShare;
}

/**
 * A group is large enough when it is without its largest member too: minCohort 10 and maxShare .8 alone let a member plant 8
 * rows and read the mean of 2 strangers' rows. Where the policy takes groups of one party, there are no others to protect.
 */
export function tooSmallCohort({ rows, largest }: Standing, policy: Policy): boolean {
  return (policy.minParties > 1 ? rows - largest : rows) < policy.minCohort;
}
