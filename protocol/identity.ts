/** Tagged hashes that name things: programs, workers, inputs, parameters, seals. @module */
import {
  fromHex,
  toHex,
  u256,
  u32,
  u64,
  u8,
  utf8,
  type Address,
  type Hash,
  type Hex,
} from "./bytes.ts";
import { merkleRoot, taggedHash } from "./hash.ts";
import { canonicalJson, type Json } from "./json.ts";
import type { ReleaseRule, TableSpec } from "./program.ts";
import type { CommitteeWorker, InputRef, Seal } from "./schema.ts";

export const hashModule = (module: Uint8Array): Hash<"module"> => taggedHash("module", module);
/** @param manifest canonical JSON */
export const hashManifest = (manifest: Uint8Array): Hash<"manifest"> =>
  taggedHash("manifest", manifest);
export const hashProgram = (moduleHash: Hex, manifestHash: Hex): Hash<"program"> =>
  taggedHash("program", fromHex(moduleHash, 32), fromHex(manifestHash, 32));

/** Public parameters as they stand in the `TaskProposed` event. */
export const hashParams = (params: Uint8Array): Hash<"params"> => taggedHash("params", params);
export const hashSchema = (spec: TableSpec): Hash<"schema"> =>
  taggedHash("schema", utf8(canonicalJson(spec)));

/** Who a worker is and what code it runs. */
export const hashWorker = (keys: CommitteeWorker): Hash<"worker"> =>
  taggedHash(
    "worker",
    fromHex(keys.signer, 20),
    fromHex(keys.sealingKey, 33),
    fromHex(keys.measurement, 32),
  );

/** What evidence must bind, so that it fits one operator's one registration on one chain. */
export function hashBinding(facts: {
  chainId: number;
  registry: Address;
  operator: Address;
  signer: Address;
  sealingKey: Hex;
  epoch: number;
}): Hash<"worker-binding"> {
  return taggedHash(
    "worker-binding",
    u256(facts.chainId),
    fromHex(facts.registry, 20),
    fromHex(facts.operator, 20),
    fromHex(facts.signer, 20),
    fromHex(facts.sealingKey, 33),
    u64(facts.epoch),
  );
}

/** Order of inputs: member, table, dataset hash, strictly ascending. */
export function compareInputs(a: InputRef, b: InputRef): number {
  return (
    a.member - b.member ||
    a.table - b.table ||
    (a.dataset < b.dataset ? -1 : +(a.dataset > b.dataset))
  );
}

/** Merkle root over (member, table, dataset hash). */
export function inputsRoot(inputs: readonly InputRef[]): Hash<"input"> {
  const leaves = inputs.map((input) =>
    fromHex(taggedHash("input", u8(input.member), u8(input.table), fromHex(input.dataset, 32))),
  );
  return toHex(merkleRoot(leaves)) as Hash<"input">;
}

/** Facts fixed at sealing; every result names this digest. */
export const hashSeal = (seal: Seal): Hash<"seal"> =>
  taggedHash(
    "seal",
    fromHex(seal.taskId, 32),
    fromHex(seal.terms, 32),
    u32(seal.committeeVersion),
    fromHex(seal.committee, 32),
    u64(seal.version),
    fromHex(seal.stateRoot, 32),
    u64(seal.blockNumber),
    u64(seal.time),
    u8(seal.protection),
  );

/**
 * Identity of what is released: the same question over the same data is one release, however often it is asked.
 * Parameters that only post-process are not in it; in exact mode every parameter is part of the question.
 */
export function hashRelease(facts: {
  program: Hex;
  policy: string;
  functionName: string;
  rule: ReleaseRule;
  params: Json;
  privateParams: Hex;
  epsilon: number;
  inputs: readonly InputRef[];
}): Hash<"release"> {
  return taggedHash(
    "release",
    fromHex(facts.program, 32),
    utf8(facts.policy),
    utf8(facts.functionName),
    utf8(canonicalJson(facts.rule)),
    utf8(canonicalJson(facts.params)),
    fromHex(facts.privateParams, 32),
    u64(facts.epsilon),
    fromHex(inputsRoot(facts.inputs), 32),
  );
}
