/**
 * `docs/protocol.md` must not rot: every hex value in it is recomputed, and nothing of the protocol may be missing from it.
 */
import { TypedDataEncoder, keccak256 } from "ethers";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex, u32, u64, u8, utf8, type Hex } from "../../protocol/bytes.ts";
import { blocksOf, encodeDataset } from "../../protocol/codec/dataset.ts";
import { commitKey, encodeHeader, hashHeader } from "../../protocol/envelope/header.ts";
import { hashDataset } from "../../protocol/envelope/package.ts";
import { sealStream } from "../../protocol/envelope/stream.ts";
import { commitShare } from "../../protocol/envelope/wrap.ts";
import { SIMULATED_ROOT, simulatedEvidence } from "../../protocol/evidence.ts";
import { encodeTagged, sha256, taggedHash, type Tag } from "../../protocol/hash.ts";
import {
  hashProgram,
  hashRelease,
  hashSeal,
  hashWorker,
  inputsRoot,
} from "../../protocol/identity.ts";
import { canonicalJson } from "../../protocol/json.ts";
import { defaultPolicy, ExactPolicy } from "../../protocol/policy.ts";
import type { Table } from "../../protocol/program.ts";
import { abstentionReasons, failureReasons } from "../../protocol/reasons.ts";
import {
  Collaboration,
  Question,
  Receipt,
  Sealing,
  WorkerEvidence,
} from "../../protocol/receipt.ts";
import {
  Committee,
  CommitteeWorker,
  InputRef,
  Join,
  Member,
  Result,
  Seal,
  Task,
  taskStates,
  Terms,
} from "../../protocol/schema.ts";
import {
  commitOutput,
  contractSecret,
  guestSeed,
  outputSalt,
  stateKey,
  taskSecret,
} from "../../protocol/secrets.ts";
import { encodeNode } from "../../protocol/state/node.ts";
import { StateSealer } from "../../protocol/state/seal.ts";
import { committeeHash, digestOf, typedData } from "../../protocol/typed-data.ts";
import { handleKinds } from "../../programs/kernels/kernels.ts";
import { readVectors } from "../vectors/read.ts";
import { document, names, section, source, tableRows, vectorBlocks } from "./support.ts";

const typed = readVectors("typed-data");
const identity = readVectors("identity");
const envelope = readVectors("envelope");
const secrets = readVectors("secrets");
const state = readVectors("state");

const markdown = document("protocol");
const blocks = vectorBlocks(markdown);
const tagged = (tag: Tag, ...fields: Uint8Array[]): Hex => toHex(encodeTagged(tag, fields));
const task = typedData(typed.deployment, "Task", typed.Task.value);
const { value: inputs, hash: root } = identity.inputsRoots.at(-1)!;
const leaves = inputs.map((input): Hex =>
  taggedHash("input", u8(input.member), u8(input.table), fromHex(input.dataset)),
);
const [leaf0, leaf1, leaf2] = leaves as [Hex, Hex, Hex];
const dataKey = fromHex(envelope.dataKey);
const noncePrefix = fromHex(envelope.header.noncePrefix);

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return concat(...parts);
}

async function plaintext(): Promise<Uint8Array> {
  const { latitude, longitude, label } = envelope.columns;
  const dictionary = [...new Set(label)];
  const table: Table = {
    rows: label.length,
    columns: {
      latitude: { type: "fixed", values: Int32Array.from(latitude) },
      longitude: { type: "fixed", values: Int32Array.from(longitude) },
      label: {
        type: "string",
        values: Uint32Array.from(label, (text) => dictionary.indexOf(text)),
        dictionary,
      },
    },
  };
  return bytesOf(encodeDataset(envelope.spec, blocksOf(table)));
}

async function sealed(): Promise<Uint8Array> {
  const plain = fromHex(envelope.plaintext);
  const stream = (async function* () {
    yield plain;
  })();
  return bytesOf(sealStream(dataKey, envelope.header, stream));
}

const secret = (hex: Hex) => fromHex(hex, 32);
const sealedNode = async () =>
  (await StateSealer.from(secret(state.stateKey))).seal(fromHex(state.nodes[0]!.plain));

/** What each block must hold, recomputed by the protocol's own functions. */
const expected: Readonly<Record<string, () => Hex | Promise<Hex>>> = {
  "params-preimage": () => tagged("params", utf8(identity.params.value)),
  "params-hash": () => taggedHash("params", utf8(identity.params.value)),
  "program-preimage": () => {
    const { moduleHash, manifestHash } = identity.program.value;
    return tagged("program", fromHex(moduleHash), fromHex(manifestHash));
  },
  "program-hash": () => {
    const { moduleHash, manifestHash } = identity.program.value;
    return hashProgram(moduleHash, manifestHash);
  },
  "worker-preimage": () => {
    const { signer, sealingKey, measurement } = identity.worker.value;
    return tagged("worker", fromHex(signer), fromHex(sealingKey), fromHex(measurement));
  },
  "worker-id": () => hashWorker(identity.worker.value),
  "domain-separator": () => TypedDataEncoder.hashDomain(task.domain) as Hex,
  "terms-hash": () => digestOf(typed.deployment, "Terms", typed.Terms.value),
  "committee-hash": () => committeeHash(typed.Committee.value),
  "input-leaf-preimage": () => {
    const { member, table, dataset } = inputs[0] as InputRef;
    return tagged("input", u8(member), u8(table), fromHex(dataset));
  },
  "input-leaf-0": () => leaf0,
  "input-leaf-1": () => leaf1,
  "input-leaf-2": () => leaf2,
  "inputs-root-preimage": () =>
    tagged("node", fromHex(taggedHash("node", fromHex(leaf0), fromHex(leaf1))), fromHex(leaf2)),
  "inputs-root": () => inputsRoot(inputs),
  "release-id": () => hashRelease(identity.release.value),
  "task-digest-preimage": () => TypedDataEncoder.encode(task.domain, task.types, task.value) as Hex,
  "task-id": () => digestOf(typed.deployment, "Task", typed.Task.value),
  plaintext: async () => toHex(await plaintext()),
  "data-key": () => envelope.dataKey,
  "key-commitment-preimage": () => tagged("key-commitment", dataKey),
  header: () => toHex(encodeHeader(envelope.header)),
  "header-hash": () => hashHeader(encodeHeader(envelope.header)),
  nonce: () => toHex(concat(noncePrefix, u32(0), u8(1))),
  chunk: async () => toHex(await sealed()),
  leaf: async () => toHex(await sha256(await sealed())),
  "dataset-preimage": () =>
    tagged(
      "dataset",
      fromHex(hashHeader(encodeHeader(envelope.header))),
      u32(1),
      fromHex(envelope.leaves[0] as Hex),
    ),
  "dataset-hash": () =>
    hashDataset(
      envelope.header,
      envelope.leaves.map((leaf) => fromHex(leaf)),
    ),
  "seal-preimage": () => preimageOfSeal(identity.seal.value),
  "seal-digest": () => hashSeal(identity.seal.value),
  "result-digest": () => digestOf(typed.deployment, "Result", typed.Result.value),
  "share-0": () => secrets.shares[0],
  "share-1": () => secrets.shares[1],
  "share-commitment-preimage": () =>
    tagged("share", fromHex(secrets.terms), u8(0), fromHex(secrets.shares[0])),
  "share-commitment-0": () => commitShare(secrets.terms, 0, secret(secrets.shares[0])),
  "contract-secret": async () =>
    toHex(await contractSecret(secrets.terms, secrets.shares.map(secret))),
  "task-secret": async () => {
    const keys = secrets.dataKeys.map(secret);
    return toHex(await taskSecret(secret(secrets.contractSecret), keys, secrets.sealDigest));
  },
  "guest-seed": async () => toHex(await guestSeed(secret(secrets.taskSecret))),
  "output-salt": async () => toHex(await outputSalt(secret(secrets.taskSecret))),
  "output-preimage": () => tagged("output", fromHex(secrets.outputSalt), utf8(secrets.output)),
  "output-commitment": () => commitOutput(fromHex(secrets.outputSalt), utf8(secrets.output)),
  "state-key": async () => toHex(await stateKey(secret(secrets.contractSecret))),
  "state-leaf": () => toHex(encodeNode(state.nodes[0]!.node, state.sealDigest)),
  "state-node-preimage": () => tagged("state-node", fromHex(state.nodes[0]!.plain)),
  "state-node-id": async () => (await sealedNode()).id,
  "state-node-sealed": async () => toHex((await sealedNode()).bytes),
  "state-root-preimage": () => {
    const { version, contributors, node } = state.record;
    return tagged("state-root", u64(version), u32(contributors), fromHex(node));
  },
  "state-root": async () => (await StateSealer.from(secret(state.stateKey))).root(state.record),
  evidence: () => simulatedEvidence(identity.evidence.value),
  "simulated-root": () => SIMULATED_ROOT,
};

function preimageOfSeal(seal: Seal): Hex {
  const widths = { committeeVersion: 4, version: 8, blockNumber: 8, time: 8, protection: 1 };
  const fields = Object.entries(seal).map(([name, value]) =>
    typeof value === "number"
      ? fromHex(
          `0x${value.toString(16).padStart(2 * (widths as Record<string, number>)[name]!, "0")}`,
        )
      : fromHex(value),
  );
  return tagged("seal", ...fields);
}

describe("the worked example", () => {
  it("has one block for each value and no other", () => {
    expect([...blocks.keys()].toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it.each(Object.keys(expected))("%s is what the protocol computes", async (name) => {
    expect(blocks.get(name)).toBe(await expected[name]?.());
  });

  it.each<[string, Hex]>([
    ["params-preimage", identity.params.hash],
    ["program-preimage", identity.program.hash],
    ["worker-preimage", identity.worker.hash],
    ["inputs-root-preimage", root],
    ["task-digest-preimage", typed.Task.digest],
    ["key-commitment-preimage", envelope.header.keyCommitment],
    ["header", envelope.headerHash],
    ["dataset-preimage", envelope.dataset],
    ["seal-preimage", identity.seal.hash],
    ["share-commitment-preimage", secrets.shareCommitments[0]],
    ["output-preimage", secrets.outputCommitment],
  ])("%s hashes to the vector, by nothing but keccak256", (name, hash) => {
    expect(keccak256(blocks.get(name) ?? "0x")).toBe(hash);
  });

  it.each<[string, Hex]>([
    ["params-hash", identity.params.hash],
    ["terms-hash", typed.Terms.digest],
    ["committee-hash", typed.Committee.structHash],
    ["release-id", identity.release.hash],
    ["task-id", typed.Task.digest],
    ["plaintext", envelope.plaintext],
    ["header", envelope.headerBytes],
    ["chunk", envelope.chunks[0] as Hex],
    ["leaf", envelope.leaves[0] as Hex],
    ["dataset-hash", envelope.dataset],
    ["seal-digest", secrets.sealDigest],
    ["result-digest", typed.Result.digest],
    ["contract-secret", secrets.contractSecret],
    ["task-secret", secrets.taskSecret],
    ["guest-seed", secrets.guestSeed],
    ["output-salt", secrets.outputSalt],
    ["output-commitment", secrets.outputCommitment],
    ["state-key", state.stateKey],
    ["state-leaf", state.nodes[0]!.plain],
    ["state-node-id", state.nodes[0]!.id],
    ["state-node-sealed", state.nodes[0]!.sealed],
    ["state-root", state.root],
    ["evidence", identity.evidence.bytes],
    ["simulated-root", identity.evidence.root],
  ])("%s is the vector", (name, value) => {
    expect(blocks.get(name)).toBe(value);
  });

  it("says the data key's commitment and the schema's hash as they are in the header", () => {
    expect(commitKey(dataKey)).toBe(envelope.header.keyCommitment);
    expect(taggedHash("schema", utf8(canonicalJson(envelope.spec)))).toBe(envelope.header.schema);
  });

  it("has no hash outside of its checked blocks but the deployment's address", () => {
    const prose = markdown.replaceAll(/^```vector .*?^```$/gms, "");
    const found = names(prose, /\b(0x[0-9a-f]{16,})\b/g);
    expect(new Set(found)).toEqual(new Set([typed.deployment.contracts]));
  });
});

/** The document says it as code: `name`. */
const says = (text: string, name: string) => text.includes(`\`${name}\``);

describe("nothing is left out", () => {
  const tags = names(source("protocol/hash.ts"), /^ {2}\| "([a-z-]+)"/gm);
  const headerFields = Object.keys(envelope.header);

  it("reads what it checks", () => {
    expect(tags.length).toBeGreaterThan(20);
    expect(headerFields).toHaveLength(12);
  });

  it.each(tags)("tag %s is a row of the table of tags", (tag) => {
    const rows = tableRows(section(markdown, "## 2. Tagged hashes"));
    expect(rows.filter(([name]) => name === `\`${tag}\``)).toHaveLength(1);
  });

  it("has no row for a tag that is none", () => {
    const [, table = ""] = section(markdown, "## 2. Tagged hashes").split("`*` is any length.");
    const said = tableRows(table).flatMap(([name]) => names(name ?? "", /^`([a-z-]+)`$/g));
    expect(said.toSorted()).toEqual(tags.toSorted());
  });

  it("numbers the header's fields as they are encoded", () => {
    const rows = tableRows(section(markdown, "### 6.1 Header"));
    const fields = rows.flatMap(([number = "", name = ""]) =>
      /^\d+$/.test(number) ? [name.replaceAll("`", "")] : [],
    );
    expect(fields).toEqual(headerFields);
  });

  it.each<[string, { properties: object }, string]>([
    ["terms", Terms, "### 4.1 Terms"],
    ["member", Member, "### 4.1 Terms"],
    ["committee", Committee, "### 4.1 Terms"],
    ["committee worker", CommitteeWorker, "### 4.1 Terms"],
    ["join", Join, "### 4.2 Join"],
    ["task", Task, "### 4.3 Task"],
    ["input", InputRef, "### 4.3 Task"],
    ["seal", Seal, "### 4.5 Seal"],
    ["result", Result, "### 4.6 Result"],
    ["policy", ExactPolicy, "### 10.1 Policy"],
    ["receipt", Receipt, "## 12. Receipt"],
    ["collaboration", Collaboration, "## 12. Receipt"],
    ["question", Question, "## 12. Receipt"],
    ["sealing", Sealing, "## 12. Receipt"],
    ["evidence", WorkerEvidence, "## 12. Receipt"],
  ])("every field of %s is said", (_, shape, heading) => {
    const text = section(markdown, heading);
    expect(Object.keys(shape.properties).filter((field) => !says(text, field))).toEqual([]);
  });

  it("says every reason of a result", () => {
    const text = section(markdown, "### 10.3");
    const reasons = [...failureReasons, ...abstentionReasons];
    expect(reasons.filter((reason) => !says(text, reason))).toEqual([]);
    const said = names(text, /`([A-Z]+(?:_[A-Z]+)+)`/g);
    expect(said.filter((code) => !(reasons as readonly string[]).includes(code))).toEqual([]);
  });

  it("says every field of a manifest, every form of schema, every aggregate and every kernel", () => {
    const fields = names(
      source("protocol/manifest.ts"),
      /^ {4,10}([a-zA-Z]+): (?:Type\.|Whole|Plain|Name|Rule|TableSpecShape|FunctionSpecShape)/gm,
    );
    expect(fields.length).toBeGreaterThan(20);
    const rules = section(markdown, "## 10.");
    expect(fields.filter((field) => !says(rules, field))).toEqual([]);

    const forms = names(source("protocol/closed-schema/dialect.ts"), /^ {2}([a-zA-Z]+): \[/gm);
    const said = tableRows(section(markdown, "### 10.5")).map(([name]) => name);
    expect(forms.length).toBe(10);
    for (const form of forms)
      expect(said.some((name) => name === `\`${form}\`` || name === `\`"type": "${form}"\``)).toBe(
        true,
      );

    const aggregates = names(source("worker/enclave/gate/aggregate.ts"), /^ {2}([a-z]+): \[/gm);
    const requests = tableRows(section(markdown, "### 10.6")).map(([name]) => name);
    expect(requests.filter((name) => name !== "`aggregate`" && !/^-+$/.test(name ?? ""))).toEqual(
      aggregates.map((name) => `\`${name}\``),
    );

    const kernels = tableRows(section(markdown, "### 10.7"));
    for (const [name, handle] of Object.entries(handleKinds))
      expect(kernels.find(([first]) => first === `\`${name}\``)?.[2]).toBe(`\`${handle}\``);
  });

  it("says the defaults of the policy", () => {
    const rows = tableRows(section(markdown, "### 10.1 Policy"));
    const defaults = new Map(rows.map(([field, value]) => [field, value?.replaceAll("`", "")]));
    for (const [field, value] of Object.entries(defaultPolicy))
      expect([field, defaults.get(`\`${field}\``)]).toEqual([field, String(value)]);
  });

  it("says every EIP-712 type as it is hashed", () => {
    const kinds = [
      "Terms",
      "CommitteeChange",
      "Join",
      "Task",
      "Ready",
      "Result",
      "KeyWrap",
      "Erasure",
    ] as const;
    for (const kind of kinds) {
      const { types } = typedData(typed.deployment, kind, typed[kind].value as never);
      const encoded = TypedDataEncoder.from(types).encodeType(kind);
      for (const type of encoded.match(/\w+\([^)]*\)/g) ?? [])
        expect(markdown.split("\n")).toContain(type);
    }
  });

  it("says every state, every check of the audit, every route and every derivation", () => {
    const states = section(markdown, "## 11.");
    expect(taskStates.filter((name) => !says(states, name))).toEqual([]);

    const audit = section(markdown, "## 12.");
    const [, table = ""] = audit.split("Its checks, in order:");
    const [ofTask = "", ofContract = ""] = table.split("### 12.2");
    const checks = (text: string) =>
      tableRows(text).flatMap(([name]) => names(name ?? "", /^`([a-z ]+)`$/g));
    expect(checks(ofTask)).toEqual(names(source("protocol/audit.ts"), /check\("([a-z]+)"/g));
    const whole = names(source("protocol/contract-audit.ts"), /checked\("([a-z ]+)"/g);
    expect(checks(ofContract)).toEqual(whole);

    const derivations = section(markdown, "## 7.");
    const files = ["protocol/secrets.ts", "protocol/envelope/stream.ts"];
    files.push("worker/enclave/custody/keys.ts", "worker/enclave/custody/platform.ts");
    for (const file of files)
      for (const purpose of names(source(file), /hkdf\([^;]*?"([a-z]+)",?\s*\)/g))
        expect(says(derivations, `cloister/v1/${purpose}`)).toBe(true);

    const http = section(markdown, "## 13.");
    const routes = ["datasets", "programs", "results", "states", "tasks", "worker"].flatMap(
      (name) => {
        const text = source(`worker/host/http/routes/${name}.ts`);
        return [...text.matchAll(/app\.(get|put|post)\(\s*"([^"]+)"/g)].map(
          ([, method = "", path = ""]) => `${method.toUpperCase()} ${path}`,
        );
      },
    );
    expect(routes.length).toBeGreaterThan(10);
    expect(routes.filter((route) => !says(http, route))).toEqual([]);
  });
});
