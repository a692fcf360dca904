/** Tables without a codec, and the program behind its gate as the enclave runs them. */
import { readFileSync } from "node:fs";
import { defaultPolicy, type Policy } from "../../../protocol/policy.ts";
import type { Json } from "../../../protocol/json.ts";
import type {
  Column,
  Kernels,
  Manifest,
  MemberTable,
  Program,
  ProgramContext,
  Table,
} from "../../../protocol/program.ts";
import program from "../../../programs/location-analytics/main.ts";
import { callOf, noState } from "../../../scripts/bare-call.ts";
import { release } from "../../../worker/enclave/gate/release.ts";

export const manifest = JSON.parse(
  readFileSync(
    new URL("../../../programs/location-analytics/manifest.json", import.meta.url),
    "utf8",
  ),
) as Manifest;

export type Tables = Readonly<Record<string, readonly MemberTable[]>>;
/** Degrees; a label and a hold-out flag for training rows. */
export type Row = readonly [latitude: number, longitude: number, label?: string, test?: boolean];

export function policy(overrides: Partial<Policy> = {}): Policy {
  return { ...defaultPolicy, requests: [{ function: "cluster" }], ...overrides };
}

/** A policy under which nobody is protected, to look at the numbers. */
export const open = policy({ minParties: 1, minCohort: 1, maxShare: 1 });

/** A table of rows; columns `label` and `test` when the first row has them. */
export function table(rows: readonly Row[]): Table {
  const columns: Record<string, Column> = {
    latitude: { type: "fixed", values: Int32Array.from(rows, ([value]) => micro(value)) },
    longitude: { type: "fixed", values: Int32Array.from(rows, ([, value]) => micro(value)) },
  };
  if (rows[0]?.[2] !== undefined) {
    const dictionary = [...new Set(rows.map(([, , label]) => label!))];
    const values = Uint32Array.from(rows, ([, , label]) => dictionary.indexOf(label!));
    columns["label"] = { type: "string", values, dictionary };
  }
  if (rows[0]?.[3] !== undefined)
    columns["test"] = { type: "boolean", values: Uint8Array.from(rows, ([, , , test]) => +test!) };
  return { rows: rows.length, columns };
}

export function memberTable(member: number, rows: readonly Row[]): MemberTable {
  return { member, ...table(rows) };
}

function micro(degrees: number): number {
  return Math.round(degrees * 1e6);
}

export interface Call {
  readonly params: Json;
  readonly tables: Tables;
  readonly privateTable?: Table;
  readonly policy?: Policy;
  readonly seed?: Uint8Array;
  readonly caller?: number;
  readonly recipients?: number;
  readonly code?: Program;
}

/** Runs a function and gates its proposal: the parsed output, or the reason of the refusal. */
export function ask(functionName: string, call: Call): Json {
  const { params, tables, privateTable, seed = new Uint8Array(32).fill(7), caller = 0 } = call;
  const code: Program = call.code ?? program;
  const { facts } = callOf(new Uint8Array(0), { caller, params, tables, seed });
  const context: ProgramContext = {
    ...facts,
    ...(privateTable && { privateTable }),
    state: noState,
    // This program uses none.
    kernels: {} as Kernels,
  };
  return gate(functionName, call, code[functionName]!(context));
}

/** Gates a proposal as {@link ask} does. */
export function gate(functionName: string, call: Call, proposal: unknown): Json {
  const outcome = release({
    manifest,
    functionName,
    policy: call.policy ?? open,
    proposal,
    tables: call.tables,
    privateTable: call.privateTable,
    recipients: call.recipients ?? 1,
    requester: call.caller ?? 0,
    contributors: 0b111,
  });
  return outcome.ok
    ? (JSON.parse(new TextDecoder().decode(outcome.output)) as Json)
    : outcome.reason;
}

/** The two telcos of the article's proof of concept; the same points are locations and training. */
export function proofOfConcept(): Tables {
  const telcos: readonly (readonly Row[])[] = [
    [
      [51.507221, -0.1276, "0"],
      [51.5319, -0.106272, "0"],
      [51.507877, -0.087732, "0"],
      [53.480759, -2.242631, "0"],
      [53.489761, -2.27254, "0"],
      [53.48117, -2.23597, "0"],
    ],
    [
      [52.370216, 4.895168, "1"],
      [52.377892, 4.89973, "1"],
      [52.32443, 4.93076, "1"],
      [52.34472, 4.88006, "1"],
    ],
  ];
  return {
    locations: telcos.map((rows, member) =>
      memberTable(
        member,
        rows.map(([latitude, longitude]): Row => [latitude, longitude]),
      ),
    ),
    training: telcos.map((rows, member) => memberTable(member, rows)),
  };
}
