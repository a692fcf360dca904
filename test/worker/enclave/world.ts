/**
 * A collaboration without a chain: real keys, real signatures, real envelopes, with the facts that sealing would fix chosen by the
 * test. What the chain adds is tested where there is one.
 */
import { id } from "ethers";
import { toHex, utf8, ZERO_HASH, type Address, type Hex } from "../../../protocol/bytes.ts";
import { blocksOf, encodeDataset } from "../../../protocol/codec/dataset.ts";
import {
  CHUNK_SIZE,
  commitKey,
  encodeHeader,
  hashHeader,
  type Header,
} from "../../../protocol/envelope/header.ts";
import { encodePreamble, hashDataset } from "../../../protocol/envelope/package.ts";
import { newDataKey, sealStream } from "../../../protocol/envelope/stream.ts";
import {
  commitShare,
  makeKeyWrap,
  sealingKeyOf,
  shareContext,
  wrapSecret,
  type KeyWrap,
} from "../../../protocol/envelope/wrap.ts";
import { sha256 } from "../../../protocol/hash.ts";
import {
  compareInputs,
  hashManifest,
  hashModule,
  hashParams,
  hashProgram,
  hashRelease,
  hashSchema,
  inputsRoot,
} from "../../../protocol/identity.ts";
import { canonicalJson, type Json } from "../../../protocol/json.ts";
import { defaultPolicy, type Policy } from "../../../protocol/policy.ts";
import type { Manifest, Table } from "../../../protocol/program.ts";
import type { Collaboration, Question, Sealing, SignedResult } from "../../../protocol/receipt.ts";
import {
  allAbilities,
  indicesOf,
  type CommitteeWorker,
  type InputRef,
  type Signed,
  type Terms,
} from "../../../protocol/schema.ts";
import {
  addressOf,
  committeeHash,
  digestOf,
  hashTask,
  hashTerms,
  signDigest,
  type Deployment,
} from "../../../protocol/typed-data.ts";
import { contributorsOf } from "../../../protocol/verify.ts";
import { buildProgram } from "../../../client/kit/build.ts";
import type { EnclaveProcess } from "./process.ts";

export const deployment: Deployment = {
  chainId: 31337,
  contracts: `0x${"c1".repeat(20)}` as Address,
};

export interface MemberKeys {
  readonly consentKey: Uint8Array;
  readonly sealingKey: Uint8Array;
}
/** Keys that are the same in every run of the tests. */
export const memberKeys = (name: string): MemberKeys => ({
  consentKey: Uint8Array.from(Buffer.from(id(`consent ${name}`).slice(2), "hex")),
  sealingKey: Uint8Array.from(Buffer.from(id(`sealing ${name}`).slice(2), "hex")),
});

/** One sealed dataset or private table. */
export interface SealedInput {
  readonly ref: InputRef;
  readonly header: Header;
  readonly leaves: Uint8Array[];
  readonly chunks: Uint8Array[];
  readonly wraps: KeyWrap[];
  readonly dataKey: Uint8Array;
}

let program: Promise<{ module: Uint8Array; manifest: Uint8Array }> | undefined;
export const locationAnalytics = () =>
  (program ??= buildProgram(
    new URL("../../../programs/location-analytics", import.meta.url).pathname,
  ));

export class World {
  readonly members: MemberKeys[];
  readonly collaboration: Collaboration;
  readonly module: Uint8Array;
  readonly terms: Hex;

  private constructor(members: MemberKeys[], collaboration: Collaboration, module: Uint8Array) {
    this.members = members;
    this.collaboration = collaboration;
    this.module = module;
    this.terms = hashTerms(collaboration.deployment, collaboration.terms);
  }

  static async create(options: {
    readonly members: number;
    readonly workers: readonly CommitteeWorker[];
    readonly threshold: number;
    readonly policy?: Partial<Policy>;
    readonly terms?: Partial<Terms>;
    readonly deployment?: Deployment;
    /** Default: `location-analytics`. */
    readonly program?: { readonly module: Uint8Array; readonly manifest: Uint8Array };
  }): Promise<World> {
    const { module, manifest } = options.program ?? (await locationAnalytics());
    const members = Array.from({ length: options.members }, (_, i) => memberKeys(`member ${i}`));
    const policy = {
      ...defaultPolicy,
      requests: [{ function: "cluster" }, { function: "classify" }, { function: "predict" }],
      ...options.policy,
    };
    const moduleHash = hashModule(module);
    const terms: Terms = {
      name: "test",
      program: hashProgram(moduleHash, hashManifest(manifest)),
      members: members.map((keys, i) => ({
        account: `0x${(i + 1).toString(16).padStart(40, "0")}` as Address,
        consentKey: addressOf(keys.consentKey),
        sealingKey: sealingKeyOf(keys.sealingKey),
        abilities: allAbilities,
      })),
      committee: { version: 1, threshold: options.threshold, workers: [...options.workers] },
      policy: canonicalJson(policy),
      minProtection: 1,
      vetoBlocks: 1,
      joinBy: 2_000_000_000,
      salt: ZERO_HASH,
      ...options.terms,
    };
    const on = options.deployment ?? deployment;
    const name = hashTerms(on, terms);
    const joins = members.map((keys, member) => {
      const share = Uint8Array.from(Buffer.from(id(`share ${member}`).slice(2), "hex"));
      const readers = [
        ...terms.committee.workers.map((w) => w.sealingKey),
        sealingKeyOf(keys.sealingKey),
      ];
      const join = {
        member,
        committeeVersion: 1,
        shareCommitment: commitShare(name, member, share) as Hex,
        wraps: readers.map((key) => toHex(wrapSecret(key, share, shareContext(name, member)))),
      };
      const signature = signDigest(keys.consentKey, digestOf(on, "Join", { ...join, terms }));
      return { ...join, signature };
    });
    const collaboration: Collaboration = {
      deployment: { ...on },
      terms,
      joins,
      committee: terms.committee,
      committeeSignatures: [],
      moduleHash,
      manifest: Buffer.from(manifest).toString(),
    };
    return new World(members, collaboration, module);
  }

  get manifest(): Manifest {
    return JSON.parse(this.collaboration.manifest) as Manifest;
  }

  /** Seals a table as member `member` for the whole committee. @param dataKey fixed where a test needs the same result each time */
  async seal(
    member: number,
    tableName: string,
    table: Table,
    options: { dataKey?: Uint8Array; header?: Partial<Header>; readers?: Hex[] } = {},
  ): Promise<SealedInput> {
    const { functions, tables } = this.manifest;
    const index = tables.findIndex(({ name }) => name === tableName);
    const spec = tables[index] ?? functions[tableName]!.privateTable!;
    const dataKey = options.dataKey ?? newDataKey();
    const header: Header = {
      kind: index < 0 ? "params" : "dataset",
      ...this.collaboration.deployment,
      terms: this.terms,
      member,
      table: Math.max(0, index),
      epoch: 0,
      schema: hashSchema(spec),
      context: ZERO_HASH,
      chunkSize: CHUNK_SIZE,
      noncePrefix: "0x00000000000000",
      keyCommitment: commitKey(dataKey),
      ...options.header,
    };
    const chunks: Uint8Array[] = [];
    const plain = encodeDataset(spec, blocksOf(table));
    for await (const chunk of sealStream(dataKey, header, plain)) chunks.push(chunk);
    const leaves = await Promise.all(chunks.map(sha256));
    const dataset = hashDataset(header, leaves) as Hex;
    const readers =
      options.readers ?? this.collaboration.committee.workers.map((worker) => worker.sealingKey);
    const headerHash = hashHeader(encodeHeader(header));
    const wraps = readers.map((reader) =>
      makeKeyWrap(
        this.collaboration.deployment,
        dataset,
        headerHash,
        dataKey,
        reader,
        this.members[member]!.consentKey,
      ),
    );
    return {
      ref: { member, table: header.table, dataset },
      header,
      leaves,
      chunks,
      wraps,
      dataKey,
    };
  }

  /** A task with the consents of all contributors. */
  ask(
    functionName: string,
    params: Json,
    inputs: readonly SealedInput[],
    options: {
      requester?: number;
      recipients?: number;
      privateInput?: SealedInput;
      stateContributors?: number;
      salt?: Hex;
    } = {},
  ): Question {
    const refs = inputs.map(({ ref }) => ref).toSorted(compareInputs);
    const text = canonicalJson(params);
    const requester = options.requester ?? 0;
    const spec = this.manifest.functions[functionName]!;
    const stateContributors = options.stateContributors ?? 0;
    const task = {
      terms: this.terms,
      requester,
      functionName,
      paramsHash: hashParams(utf8(text)),
      privateParams: options.privateInput?.ref.dataset ?? ZERO_HASH,
      inputsRoot: inputsRoot(refs),
      recipients: options.recipients ?? 2 ** this.members.length - 1,
      changesState: spec.changesState,
      epsilon: 0,
      releaseId: hashRelease({
        program: this.collaboration.terms.program,
        policy: this.collaboration.terms.policy,
        functionName,
        privateParams: options.privateInput?.ref.dataset ?? ZERO_HASH,
        rule: spec.release,
        params,
        epsilon: 0,
        inputs: refs,
      }),
      fee: "0",
      sealBy: 1_900_000_000,
      resultWindow: 3600,
      salt: options.salt ?? ZERO_HASH,
    };
    const taskId = hashTask(this.collaboration.deployment, task);
    const contributors = indicesOf(contributorsOf({ task, inputs: refs, stateContributors }));
    const consents = contributors.map((by) => ({
      by,
      signature: signDigest(this.members[by]!.consentKey, taskId),
    }));
    return { task, inputs: refs, params: text, consents, stateContributors };
  }

  /** What sealing would fix. @param state that is in force; default: none yet */
  sealing(
    question: Question,
    readies: readonly Signed[],
    state: { readonly version: number; readonly stateRoot: Hex } = {
      version: 0,
      stateRoot: ZERO_HASH,
    },
  ): Sealing {
    const seal = {
      taskId: hashTask(this.collaboration.deployment, question.task) as Hex,
      terms: this.terms,
      committeeVersion: 1,
      committee: committeeHash(this.collaboration.committee) as Hex,
      ...state,
      blockNumber: 100,
      time: 1_800_000_000,
      protection: 1,
    };
    return { seal, readies: [...readies] };
  }
}

/** The bytes of `load`'s attachment. */
export const preambleOf = (input: SealedInput): Uint8Array => encodePreamble(input).subarray(4);

/** Loads an input into an enclave. */
export async function load(
  enclave: EnclaveProcess,
  collaboration: Collaboration,
  input: SealedInput,
  table: number | string = input.ref.table,
): Promise<void> {
  const { member, dataset } = input.ref;
  const { json } = await enclave.ask(
    "load",
    { collaboration, table, member, dataset },
    preambleOf(input),
  );
  if (json.held) return;
  for (const chunk of input.chunks) await enclave.ask("chunk", {}, chunk);
  await enclave.ask("loaded", {});
}

/** Ready, seal, run on these enclaves, as their hosts would. */
export async function runOn(
  world: World,
  enclaves: readonly EnclaveProcess[],
  question: Question,
  inputs: readonly SealedInput[],
  privateInput?: SealedInput,
): Promise<{ sealing: Sealing; results: SignedResult[]; kept: Uint8Array[] }> {
  const { collaboration } = world;
  const readies: Signed[] = [];
  for (const enclave of enclaves) {
    await enclave.ask("program", {}, world.module);
    for (const input of inputs) await load(enclave, collaboration, input);
    if (privateInput) await load(enclave, collaboration, privateInput, question.task.functionName);
    const { json } = await enclave.ask("ready", { collaboration, question });
    readies.push(json);
  }
  const sealing = world.sealing(
    question,
    readies.map(({ by, signature }) => ({ by, signature })),
  );
  const results: SignedResult[] = [];
  const kept: Uint8Array[] = [];
  for (const enclave of enclaves) {
    const { json, attachment } = await enclave.ask("run", { collaboration, question, sealing });
    results.push(json);
    kept.push(attachment);
  }
  return { sealing, results, kept };
}
