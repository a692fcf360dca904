/** One program under trial: what the chain would keep of a secret contract, version, root and contributors, is kept here. @module */
import {
  fromUtf8,
  toHex,
  utf8,
  ZERO_HASH,
  type Address,
  type Hex,
} from "../../../protocol/bytes.ts";
import { decodeDataset } from "../../../protocol/codec/dataset.ts";
import { sha256 } from "../../../protocol/hash.ts";
import { parseCanonicalJson, type Json } from "../../../protocol/json.ts";
import { functionOf, parseManifest, tableOf } from "../../../protocol/manifest.ts";
import type { Manifest, MemberTable, Table, TableSpec } from "../../../protocol/program.ts";
import { allAbilities, maskOf } from "../../../protocol/schema.ts";
import type { TrialAnswer, TrialCall, TrialTerms } from "../../../protocol/trial.ts";
import { answerCall } from "../answer.ts";
import type { CallFacts, Guest } from "../runtime/outcome.ts";
import { NodeCache } from "../state/cache.ts";
import { openState } from "../state/open-state.ts";
import { RunState } from "../state/run-state.ts";
import type { StateNodes } from "../state/nodes.ts";
import { trialLimits, type TrialGuests } from "./guests.ts";

/** Stands for the members' shares: nothing here is secret, and the same calls give the same answers. */
const SECRET = new Uint8Array(32);
const CACHE_BYTES = 64 * 2 ** 20;

export class Trial {
  readonly #terms: TrialTerms;
  readonly #manifest: Manifest;
  readonly #module: Uint8Array;
  readonly #guests: TrialGuests;
  readonly #nodes: StateNodes;
  readonly #kept: Map<Hex, Uint8Array>;
  #root: Hex = ZERO_HASH;
  #version = 0;
  #contributors = 0;
  #calls = 0;

  private constructor(
    terms: TrialTerms,
    guests: TrialGuests,
    nodes: StateNodes,
    kept: Map<Hex, Uint8Array>,
  ) {
    this.#terms = terms;
    this.#manifest = parseManifest(utf8(terms.manifest));
    this.#module = new Uint8Array(Buffer.from(terms.module, "base64"));
    this.#guests = guests;
    this.#nodes = nodes;
    this.#kept = kept;
  }

  static async open(terms: TrialTerms, guests: TrialGuests): Promise<Trial> {
    const kept = new Map<Hex, Uint8Array>();
    const source = {
      cache: new NodeCache(CACHE_BYTES),
      host: { node: async (id: Hex) => kept.get(id) },
    };
    const { nodes } = await openState(SECRET, source, { version: 0, root: ZERO_HASH }, undefined);
    return new Trial(terms, guests, nodes, kept);
  }

  /** @throws ProtocolError FUNCTION_UNKNOWN, TABLE_UNKNOWN, TABLE_MALFORMED */
  async call(call: TrialCall): Promise<TrialAnswer> {
    const { changesState } = functionOf(this.#manifest, call.functionName);
    const id = toHex(await sha256(utf8(`trial ${++this.#calls}`)));
    const facts = await this.#factsOf(call, id);
    const contributors = this.#contributorsOf(call, changesState);
    const asked = { manifest: this.#manifest, module: this.#module, facts, contributors };
    const untouched = () => new RunState(this.#nodes, this.#root, changesState);
    const state = untouched();
    let trace: string | undefined;
    const guest: Guest = async (...run) => {
      const outcome = await this.#guests.strict(...run);
      if (outcome.kind !== "proposal")
        trace = await this.#guests.traceOf(outcome.reason, run[0], untouched());
      return outcome;
    };
    const answer = await answerCall(asked, state, guest, trialLimits.seconds);
    if (answer.kind !== "output")
      return { refused: answer.reason, ...(trace !== undefined && { trace }) };
    if (changesState) {
      const tree = await state.commit(id);
      if (!tree) return { refused: "STATE_TOO_LARGE" };
      for (const { id: node, bytes } of tree.written) this.#kept.set(node, bytes);
      this.#root = tree.root;
      this.#version += 1;
      this.#contributors = contributors;
    }
    return { output: parseCanonicalJson(fromUtf8(answer.output, "output")) };
  }

  /** As `contributorsOf` of `protocol/verify.ts` counts them for a task. */
  #contributorsOf(call: TrialCall, changesState: boolean): number {
    const members = call.inputs.map(({ member }) => member);
    if (call.privateTable !== undefined || changesState) members.push(call.caller);
    return (maskOf(members) | this.#contributors) >>> 0;
  }

  async #factsOf(call: TrialCall, id: Hex): Promise<CallFacts> {
    const { functionName, caller, recipients, params, sealedAt } = call;
    const tables: Record<string, MemberTable[]> = Object.fromEntries(
      this.#manifest.tables.map(({ name }) => [name, []]),
    );
    for (const { member, table, plaintext } of call.inputs) {
      const opened = await open(tableOf(this.#manifest, table).spec, plaintext);
      tables[table]!.push({ ...opened, member });
    }
    const spec = functionOf(this.#manifest, functionName).privateTable;
    const rows = call.privateTable;
    return {
      caller,
      members: Array.from({ length: this.#terms.members }, (_, member) => ({
        account: accountOf(member),
        abilities: allAbilities,
      })),
      task: {
        id,
        terms: ZERO_HASH,
        functionName,
        recipients,
        sealedBlock: this.#calls,
        sealedAt,
        version: this.#version,
      },
      policy: this.#terms.policy,
      params: params as Json,
      tables,
      ...(spec && rows !== undefined && { privateTable: await open(spec, rows) }),
      seed: await sha256(utf8(`seed of ${id}`)),
    };
  }
}

/** As the enclave decodes what it has decrypted. */
function open(spec: TableSpec, plaintext: string): Promise<Table> {
  const { maxRows } = trialLimits;
  return decodeDataset(spec, once(new Uint8Array(Buffer.from(plaintext, "base64"))), { maxRows });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const accountOf = (member: number): Address =>
  `0x${(member + 1).toString(16).padStart(40, "0")}` as Address;
