/** Release rule `clusters`: mean position and size of groups of places. @module */
import type { Policy } from "../../../protocol/policy.ts";
import type { ReleaseRule } from "../../../protocol/program.ts";
import type { FailureReason } from "../../../protocol/reasons.ts";
import { inertia } from "../../../programs/kernels/inertia.ts";
import { roundDivide } from "../../../programs/kernels/integers.ts";
import { pooledPositions } from "../../../programs/kernels/positions.ts";
import { fitProjection, projectLongitude } from "../../../programs/kernels/projection.ts";
import { exactCentres, isRecord, roundCentre } from "./centres.ts";
import { datasetsOf, readCodes, type Fields } from "./form.ts";
import {
  ownersOf,
  standings,
  tooFewParties,
  tooLargeShare,
  tooSmallCohort,
  type Standing,
} from "./parties.ts";
import type { Decision, ReleaseRequest } from "./request.ts";

/** Square micro-degrees in a thousandth of a square degree. */
const MILLI_SQUARE_DEGREE = 1_000_000_000n;

/**
 * `{ k, rows, inertia, centres: [{ latitude, longitude, size }] }`, largest first, then by latitude and longitude, in
 * degrees; inertia in square degrees of the projection, 3 decimals. The order of clusters says nothing: the program's
 * numbering does not leave.
 */
export function releaseClusters(
  rule: Extract<ReleaseRule, { kind: "clusters" }>,
  fields: Fields,
  { policy, tables: all }: ReleaseRequest,
): Decision {
  const tables = datasetsOf(all, rule.table);
  if (tables.length === 0) return { ok: false, reason: "TABLE_MISSING" };

  const k = fields.get("k");
  if (typeof k !== "number" || !Number.isInteger(k) || k < 1)
    return { ok: false, reason: "RELEASE_MALFORMED" };
  // Before anything of size k is made.
  if (k > policy.maxClusters) return { ok: false, reason: "TOO_MANY_CLUSTERS" };
  const owners = ownersOf(tables);
  const groups = readCodes(fields.get("assignment"), owners.length, k);
  if (!groups) return { ok: false, reason: "RELEASE_MALFORMED" };

  const clusters = standings(groups, owners, k);
  const reason = refuse(clusters, policy);
  if (reason) return { ok: false, reason };

  const positions = pooledPositions(tables);
  const projection = fitProjection(positions.latitude, positions.longitude);
  const centres = exactCentres(positions, projection, groups, clusters);
  if (isRecord(positions, projection, groups, centres))
    return { ok: false, reason: "CENTRE_IS_RECORD" };

  const x = positions.longitude.map((value) => projectLongitude(projection, value));
  const squares = inertia([x, positions.latitude], groups, k);
  return {
    ok: true,
    value: {
      k,
      rows: owners.length,
      inertia: Number(roundDivide(squares, MILLI_SQUARE_DEGREE)) / 1000,
      centres: centres
        .map((centre) => roundCentre(centre, projection, policy.decimals))
        .toSorted(
          (a, b) => b.size - a.size || a.latitude - b.latitude || a.longitude - b.longitude,
        ),
    },
  };
}

/** Each rule over all clusters before the next rule: the word then says nothing about which cluster failed. */
function refuse(clusters: readonly Standing[], policy: Policy): FailureReason | undefined {
  // A cluster without rows has no mean; to say "empty" would be a free membership oracle for a hostile program.
  if (clusters.some(({ rows }) => rows === 0)) return "RELEASE_MALFORMED";
  if (clusters.some((cluster) => tooFewParties(cluster, policy))) return "PARTIES_PER_CLUSTER";
  if (clusters.some((cluster) => tooSmallCohort(cluster, policy))) return "COHORT_TOO_SMALL";
  if (clusters.some((cluster) => tooLargeShare(cluster, policy))) return "PARTY_SHARE_TOO_LARGE";
  return undefined;
}
