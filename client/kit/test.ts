/**
 * `cloister/test`: a program under test, in the enclave's own isolate and behind its own gate, without a chain. What a call answers
 * here is what members would read, byte for byte but for randomness, and what it refuses is refused there.
 * @module
 */
import { ProtocolError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import { functionOf, parseManifest, tableOf } from "../../protocol/manifest.ts";
import { defaultPolicy, type Policy } from "../../protocol/policy.ts";
import type { Manifest, TableSpec } from "../../protocol/program.ts";
import { fromUtf8 } from "../../protocol/bytes.ts";
import { maskOf } from "../../protocol/schema.ts";
import type { TrialAnswer, TrialCall } from "../../protocol/trial.ts";
import { buildProgram } from "./build.ts";
import { mockRows } from "./mock.ts";
import { plaintextOf, type Row } from "./records.ts";
import { trialProcess } from "./trial-process.ts";

export type { Row } from "./records.ts";

export interface ContractOptions {
  /** Number of members; 3 when absent. */
  readonly members?: number;
  /** Over a policy that lets any number of parties ask for everything: a test says what it wants to see refused. */
  readonly policy?: Partial<Policy>;
}
export interface CallOptions {
  /** Index of the asking member; 0 when absent. */
  readonly caller?: number;
  readonly params?: Json;
  /** Indices of the members that receive the output; the caller when absent. */
  readonly recipients?: readonly number[];
  /** Rows of the caller's private parameters. */
  readonly privateRows?: readonly Row[];
  /** Datasets by table, in the order of members. */
  readonly tables?: Readonly<
    Record<string, readonly { readonly member: number; readonly rows: readonly Row[] }[]>
  >;
  /** Unix seconds of the seal, which is all the time a program knows. */
  readonly sealedAt?: number;
}

/** 2030-01-01, where nothing else is said. */
const SEALED_AT = 1_893_456_000;

/** A secret contract under test. Its state lasts from call to call. */
export class Contract {
  readonly manifest: Manifest;
  /** Number of members. */
  readonly members: number;
  readonly #call: (call: TrialCall) => Promise<TrialAnswer>;

  constructor(
    manifest: Manifest,
    members: number,
    call: (call: TrialCall) => Promise<TrialAnswer>,
  ) {
    this.manifest = manifest;
    this.members = members;
    this.#call = call;
  }

  /**
   * Calls a function and gives what its recipients would read.
   * @throws ProtocolError TRIAL_REFUSED with the reason, and the program's stack trace if it threw; FUNCTION_UNKNOWN, TABLE_UNKNOWN,
   * NOT_FOUND for a member that is none; those of rows
   */
  async call(functionName: string, options: CallOptions = {}): Promise<Json> {
    const answer = await this.#call(await this.#callOf(functionName, options));
    if ("refused" in answer) {
      const { refused: reason, ...trace } = answer;
      throw new ProtocolError("TRIAL_REFUSED", { function: functionName, reason, ...trace });
    }
    if (!("output" in answer)) throw new ProtocolError("INTERNAL", { what: "no answer to a call" });
    return answer.output as Json;
  }

  /** Made-up rows of one of the program's tables, the same for the same seed. @throws ProtocolError TABLE_UNKNOWN */
  mock(table: string, rows: number, seed?: string): Row[] {
    return mockRows(tableOf(this.manifest, table).spec, rows, seed);
  }

  async #callOf(functionName: string, options: CallOptions): Promise<TrialCall> {
    const { caller = 0, params = {}, recipients = [caller], privateRows, tables = {} } = options;
    const datasets = Object.entries(tables).flatMap(([table, sets]) =>
      sets.map((set) => ({ ...set, table })),
    );
    this.#expectMembers([caller, ...recipients, ...datasets.map(({ member }) => member)]);
    const inputs = datasets.map(async ({ member, table, rows }) => {
      const plaintext = await encoded(tableOf(this.manifest, table).spec, rows);
      return { member, table, plaintext };
    });
    const { privateTable } = functionOf(this.manifest, functionName);
    if (privateRows && !privateTable)
      throw new ProtocolError("TABLE_UNKNOWN", { name: "privateRows", known: [] });
    return {
      functionName,
      params,
      caller,
      recipients: maskOf(recipients),
      sealedAt: options.sealedAt ?? SEALED_AT,
      inputs: await Promise.all(inputs),
      ...(privateTable &&
        privateRows && { privateTable: await encoded(privateTable, privateRows) }),
    };
  }

  #expectMembers(indices: readonly number[]): void {
    const isMember = (index: number) =>
      Number.isInteger(index) && index >= 0 && index < this.members;
    const stranger = indices.find((index) => !isMember(index));
    if (stranger !== undefined)
      throw new ProtocolError("NOT_FOUND", { what: "member", name: String(stranger) });
  }
}

const encoded = async (spec: TableSpec, rows: readonly Row[]): Promise<string> =>
  Buffer.from(await plaintextOf(spec, rows)).toString("base64");

/**
 * Builds the program of a folder and opens a secret contract over it.
 * @throws ProtocolError those of {@link buildProgram}
 */
export async function openContract(
  folder: string,
  { members = 3, policy = {} }: ContractOptions = {},
): Promise<Contract> {
  const built = await buildProgram(folder);
  const manifest = parseManifest(built.manifest);
  const requests = Object.keys(manifest.functions).map((name) => ({ function: name }));
  const trials = trialProcess();
  const number = await trials.open({
    module: Buffer.from(built.module).toString("base64"),
    manifest: fromUtf8(built.manifest, "manifest"),
    members,
    policy: { ...defaultPolicy, minParties: 1, minCohort: 1, maxShare: 1, requests, ...policy },
  });
  return new Contract(manifest, members, (call) => trials.call(number, call));
}
