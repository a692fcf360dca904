/** Requests under the release rule `value`, made by hand as a hostile program would. */
import type { ClosedSchema } from "../../../../protocol/closed-schema/dialect.ts";
import type { Json } from "../../../../protocol/json.ts";
import type { Column, Manifest, MemberTable, ReleaseRule } from "../../../../protocol/program.ts";
import type { ReleaseRequest } from "../../../../worker/enclave/gate/request.ts";
import { ask } from "./support.ts";

/** A row of the table `sales`: amount in units, item, where. */
export interface Sale {
  readonly amount?: number;
  readonly item?: string;
  readonly place?: readonly [latitude: number, longitude: number];
}

const coordinate = (name: string) => ({ name, type: "fixed", scale: 6 }) as const;
const manifestFor = (release: ReleaseRule): Manifest => ({
  name: "value",
  version: "1.0.0",
  runtime: 1,
  rows: false,
  tables: [
    {
      name: "sales",
      columns: [
        { name: "amount", type: "fixed", scale: 2 },
        { name: "item", type: "string" },
        coordinate("latitude"),
        coordinate("longitude"),
        { name: "discount", type: "fixed", scale: 0, optional: true },
      ],
    },
    { name: "secrets", columns: [{ name: "amount", type: "fixed" }] },
  ],
  functions: {
    ask: {
      params: { type: "object", additionalProperties: false },
      reads: ["sales"],
      changesState: false,
      release,
    },
  },
});

export function sales(member: number, rows: readonly Sale[]): MemberTable {
  const dictionary = [...new Set(rows.map(({ item = "tea" }) => item))];
  const fixed = (of: (row: Sale) => number): Column => ({
    type: "fixed",
    values: Int32Array.from(rows, (row) => Math.round(of(row))),
  });
  return {
    member,
    rows: rows.length,
    columns: {
      amount: fixed(({ amount = 1 }) => amount * 100),
      item: {
        type: "string",
        values: Uint32Array.from(rows, ({ item = "tea" }) => dictionary.indexOf(item)),
        dictionary,
      },
      latitude: fixed(({ place = [0, 0] }) => place[0] * 1e6),
      longitude: fixed(({ place = [0, 0] }) => place[1] * 1e6),
    },
  };
}

/** So many equal rows. */
export const times = (count: number, row: Sale = {}): Sale[] =>
  Array.from({ length: count }, () => row);

/** Ten rows of each of three members. */
export const three = [0, 1, 2].map((member) => sales(member, times(10)));

export const integer = { type: "integer", minimum: 0, maximum: 1_000_000 } as const;
export const amount = {
  type: "number",
  minimum: -1e12,
  maximum: 1e12,
  multipleOf: 0.01,
} as const;

/** Rule and request beside the proposal. */
export interface Setting extends Partial<ReleaseRequest> {
  readonly schema?: ClosedSchema;
  readonly to?: "caller";
}

/** The output for a proposed value, or the reason of the refusal. */
export function askValue(value: unknown, { schema = integer, to, ...request }: Setting = {}): Json {
  const rule = { kind: "value", schema, ...(to && { to }) } as const;
  return ask("ask", {
    manifest: manifestFor(rule),
    proposal: { kind: "value", value },
    tables: { sales: three, secrets: three },
    ...request,
  });
}
