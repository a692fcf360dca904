/**
 * The exact bytes of the protocol. TypeScript and Solidity must both reproduce `test/vectors`; a changed vector is another version
 * of the protocol, never a fix of a test.
 */
import { AbiCoder, Contract, TypedDataEncoder, concat, keccak256, type BaseContract } from "ethers";
import { network } from "hardhat";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex, toHex, utf8, type Hex } from "../../protocol/bytes.ts";
import { blocksOf, decodeDataset, encodeDataset } from "../../protocol/codec/dataset.ts";
import {
  commitKey,
  decodeHeader,
  encodeHeader,
  hashHeader,
} from "../../protocol/envelope/header.ts";
import { hashDataset } from "../../protocol/envelope/package.ts";
import { openStream, sealStream } from "../../protocol/envelope/stream.ts";
import { commitShare, shareContext } from "../../protocol/envelope/wrap.ts";
import { simulatedEvidence, SIMULATED_ROOT, verifyEvidence } from "../../protocol/evidence.ts";
import { sha256 } from "../../protocol/hash.ts";
import {
  hashBinding,
  hashModule,
  hashParams,
  hashProgram,
  hashRelease,
  hashSchema,
  hashSeal,
  hashWorker,
  inputsRoot,
} from "../../protocol/identity.ts";
import type { Table } from "../../protocol/program.ts";
import type { Result, Task, Terms } from "../../protocol/schema.ts";
import {
  commitOutput,
  contractSecret,
  guestSeed,
  outputSalt,
  taskSecret,
} from "../../protocol/secrets.ts";
import { committeeHash, digestOf, typedData } from "../../protocol/typed-data.ts";
import { factoryOf } from "../../scripts/deploy.ts";
import { readVectors } from "../vectors/read.ts";

const typed = readVectors("typed-data");
const identity = readVectors("identity");

type Harness = BaseContract & Record<string, (...args: unknown[]) => Promise<string>>;
let connection: Awaited<ReturnType<typeof network.create>>;
let solidity: Harness;

beforeAll(async () => {
  connection = await network.create({ network: "local" });
  const [signer] = await connection.ethers.getSigners();
  const factory = await factoryOf("test/VectorHarness", signer!);
  const deployed = await factory.deploy();
  solidity = new Contract(
    await deployed.getAddress(),
    factory.interface,
    signer,
  ) as BaseContract as Harness;
});
afterAll(async () => {
  await connection.close();
});

const ask = (name: string, ...args: unknown[]): Promise<string> => solidity[name]!(...args);

describe("typed data", () => {
  const { contracts } = typed.deployment;
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

  it.each(kinds)("TypeScript hashes %s", (kind) => {
    expect(digestOf(typed.deployment, kind, typed[kind].value as never)).toBe(typed[kind].digest);
  });

  it("TypeScript hashes a committee", () => {
    expect(committeeHash(typed.Committee.value)).toBe(typed.Committee.structHash);
  });

  it("EIP-712's own words give the digest of Erasure, which no contract knows", () => {
    const { terms, member, dataset, sealingKey } = typed.Erasure.value;
    const type = "Erasure(bytes32 terms,uint8 member,bytes32 dataset,bytes sealingKey)";
    const struct = keccak256(
      AbiCoder.defaultAbiCoder().encode(
        ["bytes32", "bytes32", "uint8", "bytes32", "bytes32"],
        [keccak256(utf8(type)), terms, member, dataset, keccak256(sealingKey)],
      ),
    );
    const { domain } = typedData(typed.deployment, "Erasure", typed.Erasure.value);
    const digest = keccak256(concat(["0x1901", TypedDataEncoder.hashDomain(domain), struct]));
    expect(digest).toBe(typed.Erasure.digest);
  });

  it("Solidity hashes the same of all others", async () => {
    const terms: Terms = typed.Terms.value;
    const task: Task = typed.Task.value;
    const result: Result = typed.Result.value;
    const change = typed.CommitteeChange.value;
    const join = typed.Join.value;
    const wrap = typed.KeyWrap.value;
    const ready = typed.Ready.value;
    expect(await ask("terms", contracts, terms)).toBe(typed.Terms.digest);
    expect(await ask("committee", typed.Committee.value)).toBe(typed.Committee.structHash);
    expect(await ask("committeeChange", contracts, change.terms, change.committee)).toBe(
      typed.CommitteeChange.digest,
    );
    expect(
      await ask(
        "join",
        contracts,
        await ask("termsStruct", join.terms),
        join.member,
        join.committeeVersion,
        join.shareCommitment,
        join.wraps,
      ),
    ).toBe(typed.Join.digest);
    expect(await ask("task", contracts, task)).toBe(typed.Task.digest);
    expect(await ask("ready", contracts, ready.taskId, ready.committee)).toBe(typed.Ready.digest);
    expect(await ask("result", contracts, result)).toBe(typed.Result.digest);
    expect(await ask("keyWrap", contracts, wrap.dataset, wrap.sealingKey, wrap.wrapHash)).toBe(
      typed.KeyWrap.digest,
    );
  });
});

describe("identities", () => {
  const { program, worker, binding, evidence, params, inputsRoots, seal, release, module } =
    identity;

  it("TypeScript reproduces them", () => {
    expect(hashProgram(program.value.moduleHash, program.value.manifestHash)).toBe(program.hash);
    expect(hashModule(fromHex(module.value))).toBe(module.hash);
    expect(hashWorker(worker.value)).toBe(worker.hash);
    expect(hashBinding(binding.value)).toBe(binding.hash);
    expect(simulatedEvidence(evidence.value)).toBe(evidence.bytes);
    expect(verifyEvidence(1, evidence.bytes)).toEqual({
      ...evidence.value,
      protection: "simulated",
    });
    expect(SIMULATED_ROOT).toBe(evidence.root);
    expect(hashParams(utf8(params.value))).toBe(params.hash);
    for (const { value, hash } of inputsRoots) expect(inputsRoot(value)).toBe(hash);
    expect(hashSeal(seal.value)).toBe(seal.hash);
    expect(hashRelease(release.value)).toBe(release.hash);
  });

  it("Solidity reproduces those it uses", async () => {
    expect(await ask("program", program.value.moduleHash, program.value.manifestHash)).toBe(
      program.hash,
    );
    expect(await ask("worker", worker.value)).toBe(worker.hash);
    const { registry, operator, epoch } = binding.value;
    expect(await ask("workerBinding", registry, operator, worker.value, epoch)).toBe(binding.hash);
    expect(await ask("params", utf8(params.value))).toBe(params.hash);
    for (const { value, hash } of inputsRoots) expect(await ask("inputsRoot", value)).toBe(hash);
    expect(await ask("seal", seal.value)).toBe(seal.hash);
  });
});

describe("envelope", () => {
  const vector = readVectors("envelope");
  const { latitude, longitude, label } = vector.columns;
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
  async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  async function collect(source: AsyncIterable<Uint8Array>): Promise<Hex> {
    const parts: Uint8Array[] = [];
    for await (const part of source) parts.push(part);
    return toHex(Buffer.concat(parts));
  }

  it("encodes and decodes the plaintext", async () => {
    expect(await collect(encodeDataset(vector.spec, blocksOf(table)))).toBe(vector.plaintext);
    expect(
      await decodeDataset(vector.spec, only(fromHex(vector.plaintext)), { maxRows: 3 }),
    ).toEqual(table);
  });

  it("encodes and decodes the header", () => {
    expect(vector.header.schema).toBe(hashSchema(vector.spec));
    expect(vector.header.keyCommitment).toBe(commitKey(fromHex(vector.dataKey)));
    expect(toHex(encodeHeader(vector.header))).toBe(vector.headerBytes);
    expect(decodeHeader(fromHex(vector.headerBytes))).toEqual(vector.header);
    expect(hashHeader(fromHex(vector.headerBytes))).toBe(vector.headerHash);
  });

  it("seals, opens and names the payload", async () => {
    const dataKey = fromHex(vector.dataKey);
    const sealed = sealStream(dataKey, vector.header, only(fromHex(vector.plaintext)));
    expect(await collect(sealed)).toBe(vector.chunks.join(""));
    const chunks = vector.chunks.map((chunk) => fromHex(chunk));
    const opened = openStream(
      dataKey,
      vector.header,
      (async function* () {
        yield* chunks;
      })(),
    );
    expect(await collect(opened)).toBe(vector.plaintext);
    const leaves = await Promise.all(chunks.map(sha256));
    expect(leaves.map(toHex)).toEqual(vector.leaves);
    expect(hashDataset(vector.header, leaves)).toBe(vector.dataset);
  });
});

it("secrets follow from shares, data keys and seal", async () => {
  const vector = readVectors("secrets");
  const shares = vector.shares.map((share) => fromHex(share));
  expect(shares.map((share, i) => commitShare(vector.terms, i, share))).toEqual(
    vector.shareCommitments,
  );
  expect(shares.map((_, i) => shareContext(vector.terms, i))).toEqual(vector.shareContexts);
  const contract = await contractSecret(vector.terms, shares);
  expect(toHex(contract)).toBe(vector.contractSecret);
  const dataKeys = vector.dataKeys.map((key) => fromHex(key));
  const task = await taskSecret(contract, dataKeys, vector.sealDigest);
  expect(toHex(task)).toBe(vector.taskSecret);
  expect(toHex(await guestSeed(task))).toBe(vector.guestSeed);
  const salt = await outputSalt(task);
  expect(toHex(salt)).toBe(vector.outputSalt);
  expect(commitOutput(salt, utf8(vector.output))).toBe(vector.outputCommitment);
});
