/** Numbers that only the gate computes, and whether the policy lets them leave. @module */
import type { Json } from "../../../protocol/json.ts";
import type { Policy } from "../../../protocol/policy.ts";
import type { Aggregate, Manifest, MemberTable } from "../../../protocol/program.ts";
import type { FailureReason } from "../../../protocol/reasons.ts";
import {
  frequencies,
  gridCells,
  rowsByMember,
  sharedValues,
  sumOf,
  tablesWith,
} from "../../../programs/kernels/aggregates.ts";
import { roundDivide } from "../../../programs/kernels/integers.ts";
import { compareUtf8 } from "../../../programs/kernels/labels.ts";
import { stepOf } from "./aggregate.ts";
import { mergeGroups } from "./merging.ts";
import { standingOf, tooFewParties, tooLargeShare, tooSmallCohort } from "./parties.ts";

const MICRO_DEGREES = 1_000_000;
/** Sums to this size are decimals of at most 15 digits, which a double holds and prints as they are. */
const MAX_SUM = 10n ** 15n;

/** One aggregate under the policy. Whether it is refused is looked at over all of them, reason by reason. */
export interface Measure {
  readonly refused: ReadonlySet<FailureReason>;
  /** Undefined where no number holds it. Only for what is not refused. */
  readonly value: () => Json | undefined;
}

/** @param tables the task's datasets of the aggregate's table */
export function measure(
  aggregate: Aggregate,
  all: readonly MemberTable[],
  manifest: Manifest,
  policy: Policy,
): Measure {
  const tables = "column" in aggregate ? tablesWith(all, aggregate.column) : all;
  const group = standingOf(rowsByMember(tables));
  if (group.rows === 0) return { refused: new Set(["TABLE_MISSING"]), value: () => undefined };
  const refused = new Set<FailureReason>();
  if (tooFewParties(group, policy)) refused.add("PARTIES_TOO_FEW");
  if (aggregate.aggregate === "shared") {
    // Two members hold each of the values, so that no single one can bring a cohort about by rows it made up.
    const shared = sharedValues(tables, aggregate.column);
    if (shared < policy.minCohort) refused.add("COHORT_TOO_SMALL");
    return { refused, value: () => shared };
  }
  if (tooSmallCohort(group, policy)) refused.add("COHORT_TOO_SMALL");
  if (tooLargeShare(group, policy)) refused.add("PARTY_SHARE_TOO_LARGE");
  if (aggregate.aggregate === "frequencies") {
    const groups = frequencies(tables, aggregate.column);
    if (groups.size > policy.maxClasses) refused.add("TOO_MANY_CLASSES");
    return { refused, value: () => listed(groups, policy) };
  }
  if (aggregate.aggregate === "grid")
    return { refused, value: () => cells(tables, stepOf(aggregate.degrees, policy)!, policy) };
  if (aggregate.aggregate === "rows") return { refused, value: () => group.rows };
  const divisor = aggregate.aggregate === "mean" ? BigInt(group.rows) : 1n;
  const unit = 10 ** scaleOf(aggregate, manifest);
  return {
    refused,
    value: () => inUnits(roundDivide(sumOf(tables, aggregate.column), divisor), unit),
  };
}

function scaleOf(
  { table, column }: { table: string; column: string },
  { tables }: Manifest,
): number {
  const columns = tables.find(({ name }) => name === table)?.columns;
  return columns?.find(({ name }) => name === column)?.scale ?? 0;
}

function inUnits(scaled: bigint, unit: number): number | undefined {
  return scaled > -MAX_SUM && scaled < MAX_SUM ? Number(scaled) / unit : undefined;
}

/** `{ values: [{ value, rows }], other }`, most frequent first, then by UTF-8 bytes. */
function listed(groups: ReturnType<typeof frequencies>, policy: Policy): Json {
  const sorted = [...groups]
    .map(([value, rows]) => ({ value, rows, total: standingOf(rows).rows }))
    .toSorted((a, b) => b.total - a.total || compareUtf8(a.value, b.value));
  const { named, rest } = mergeGroups(sorted, policy);
  return { values: named.map(({ value, total }) => ({ value, rows: total })), other: rest };
}

/** `{ cells: [{ latitude, longitude, rows }], other }`, fullest first, then by latitude and longitude. */
function cells(tables: readonly MemberTable[], step: number, policy: Policy): Json {
  const sorted = gridCells(tables, step)
    .map((cell) => ({ ...cell, total: standingOf(cell.rows).rows }))
    .toSorted((a, b) => b.total - a.total || a.latitude - b.latitude || a.longitude - b.longitude);
  const { named, rest } = mergeGroups(sorted, policy);
  return {
    cells: named.map(({ latitude, longitude, total }) => ({
      latitude: latitude / MICRO_DEGREES,
      longitude: longitude / MICRO_DEGREES,
      rows: total,
    })),
    other: rest,
  };
}
