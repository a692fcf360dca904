/** Requests to the gate, made by hand as a hostile program would. */
import type { Json } from "../../../../protocol/json.ts";
import type { MemberTable } from "../../../../protocol/program.ts";
import { release } from "../../../../worker/enclave/gate/release.ts";
import type { ReleaseRequest } from "../../../../worker/enclave/gate/request.ts";
import {
  manifest,
  memberTable,
  policy,
  type Row,
} from "../../../programs/location-analytics/support.ts";

/** Rows per member: `[3, 2]` is three rows of member 0 and two of member 1, no two at the same place. */
export function spread(counts: readonly number[], label?: string): MemberTable[] {
  return counts.map((count, member) =>
    memberTable(
      member,
      Array.from({ length: count }, (_, i): Row => {
        const place = [member + i * 0.013 + i * i * 0.001, i * 0.017] as const;
        return label === undefined ? place : [...place, label];
      }),
    ),
  );
}

/** Labelled rows of three members in turn: `{ a: 4 }` is four rows labelled a, of members 0, 1, 2, 0. */
export function labelled(counts: Readonly<Record<string, number>>, test?: boolean): MemberTable[] {
  const rows = Object.entries(counts).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, i): Row => {
      const row = [i * 0.01, i * 0.02, label] as const;
      return test === undefined ? row : [...row, test];
    }),
  );
  return [0, 1, 2]
    .map((member) => rows.filter((_, i) => i % 3 === member))
    .flatMap((shard, member) => (shard.length > 0 ? [memberTable(member, shard)] : []));
}

export const codes = (...values: number[]): Uint32Array => Uint32Array.from(values);

/** `times(3, 7)`: seven codes 3. */
export const times = (code: number, count: number): number[] =>
  Array.from({ length: count }, () => code);

/** The parsed output, or the reason of the refusal. */
export function ask(functionName: string, request: Partial<ReleaseRequest>): Json {
  const outcome = release({
    manifest,
    functionName,
    policy: policy(),
    proposal: undefined,
    tables: {},
    recipients: 1,
    requester: 0,
    contributors: 0b111,
    ...request,
  });
  return outcome.ok
    ? (JSON.parse(new TextDecoder().decode(outcome.output)) as Json)
    : outcome.reason;
}

/** A `clusters` proposal over these locations. */
export function askClusters(
  locations: readonly MemberTable[],
  assignment: unknown,
  k: unknown = 1,
  rules: ReturnType<typeof policy> = policy(),
): Json {
  const proposal = { kind: "clusters", assignment, k };
  return ask("cluster", { proposal, tables: { locations }, policy: rules });
}
