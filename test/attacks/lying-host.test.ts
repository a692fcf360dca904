/**
 * The host of a worker is untrusted. Each test lets it lie about one thing to a real enclave process and expects the code with
 * which the enclave refuses. Every row starts from the same honest task, which runs (first test), so that a refusal is due to the lie.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toHex, ZERO_HASH, type Address, type Hex } from "../../protocol/bytes.ts";
import { commitKey } from "../../protocol/envelope/header.ts";
import {
  makeKeyWrap,
  sealingKeyOf,
  wrapSecret,
  shareContext,
} from "../../protocol/envelope/wrap.ts";
import { encodeHeader, hashHeader } from "../../protocol/envelope/header.ts";
import { canonicalJson } from "../../protocol/json.ts";
import type { Collaboration, Question, Sealing, SignedResult } from "../../protocol/receipt.ts";
import type { CommitteeWorker } from "../../protocol/schema.ts";
import { addressOf, digestOf, hashTask, hashTerms, signDigest } from "../../protocol/typed-data.ts";
import { EnclaveProcess, removeScratch } from "../worker/enclave/process.ts";
import { locations, telco1, telco2 } from "../worker/enclave/proof-of-concept.ts";
import {
  deployment,
  load,
  memberKeys,
  preambleOf,
  runOn,
  World,
  type SealedInput,
} from "../worker/enclave/world.ts";

const policy = { minParties: 1, minCohort: 3, maxShare: 1 };
let enclaves: EnclaveProcess[];
let workers: CommitteeWorker[];
let world: World;
let inputs: SealedInput[];
let question: Question;
let sealing: Sealing;
let results: SignedResult[];
let kept: Uint8Array[];
let victim: EnclaveProcess;

const createWorld = (options: Partial<Parameters<typeof World.create>[0]> = {}): Promise<World> =>
  World.create({ members: 2, workers, threshold: 2, policy, ...options });
const sealAll = (on: World): Promise<SealedInput[]> =>
  Promise.all([
    on.seal(0, "locations", locations(telco1)),
    on.seal(1, "locations", locations(telco2)),
  ]);

beforeAll(async () => {
  enclaves = await Promise.all([1, 2, 3].map(() => EnclaveProcess.start()));
  victim = enclaves[0]!;
  workers = await Promise.all(
    enclaves.map(async (enclave) => {
      const { signer, sealingKey, measurement } = await enclave.keys();
      return { signer: signer as Address, sealingKey, measurement };
    }),
  );
  world = await createWorld();
  inputs = await sealAll(world);
  question = world.ask("cluster", { k: 3 }, inputs);
  ({ sealing, results, kept } = await runOn(world, enclaves, question, inputs));
});
afterAll(async () => {
  await Promise.all(enclaves.map((enclave) => enclave.stop()));
  removeScratch();
});

const refusedWith = (code: string) => expect.objectContaining({ code }) as Error;
const outsider = memberKeys("outsider");

it("runs the honest task that every attack starts from", () => {
  expect(results.map(({ result }) => result.status)).toEqual([1, 1, 1]);
});

describe("ciphertexts", () => {
  /** Loads bytes that are not what their member sealed, under the name they claim. */
  async function attack(
    claim: { member?: number; dataset?: Hex; on?: World },
    input: SealedInput,
  ): Promise<void> {
    const fresh = await EnclaveProcess.start(victim.home);
    const { collaboration } = claim.on ?? world;
    const { member, table, dataset } = { ...input.ref, ...claim };
    try {
      await fresh.ask("load", { collaboration, table, member, dataset }, preambleOf(input));
      for (const chunk of input.chunks) await fresh.ask("chunk", {}, chunk);
      await fresh.ask("loaded", {});
    } finally {
      await fresh.stop();
    }
  }
  const mine = () => inputs[0]!;

  it("open when nobody lies", async () => {
    await expect(attack({}, mine())).resolves.toBeUndefined();
  });

  it.each<[string, string, () => Promise<void>]>([
    [
      "truncated",
      "HASH_MISMATCH",
      () => attack({}, { ...mine(), chunks: mine().chunks.map((chunk) => chunk.subarray(0, -1)) }),
    ],
    ["without its last chunk", "CANNOT_OPEN", () => attack({}, { ...mine(), chunks: [] })],
    [
      "with one bit flipped",
      "HASH_MISMATCH",
      () =>
        attack(
          {},
          { ...mine(), chunks: mine().chunks.map((chunk) => chunk.with(7, chunk[7]! ^ 1)) },
        ),
    ],
    [
      "with one bit flipped and the hash adapted",
      "HASH_MISMATCH",
      () =>
        attack({}, { ...mine(), leaves: mine().leaves.map((leaf) => leaf.with(7, leaf[7]! ^ 1)) }),
    ],
    ["copied from another party", "ENVELOPE_FOREIGN", () => attack({ member: 1 }, mine())],
    [
      "under another dataset's name",
      "HASH_MISMATCH",
      () => attack({ dataset: inputs[1]!.ref.dataset }, mine()),
    ],
  ])("do not open %s: %s", async (_, code, run) => {
    await expect(run()).rejects.toThrow(refusedWith(code));
  });

  it.each<[string, Partial<Parameters<typeof World.create>[0]>]>([
    ["contract", { terms: { salt: `0x${"01".repeat(32)}` } }],
    ["chain", { deployment: { ...deployment, chainId: 1 } }],
    ["deployment", { deployment: { ...deployment, contracts: `0x${"c2".repeat(20)}` as Address } }],
  ])("do not open when copied from another %s", async (_, options) => {
    const other = await createWorld(options);
    const [copied] = await sealAll(other);
    await expect(attack({}, copied!)).rejects.toThrow(refusedWith("ENVELOPE_FOREIGN"));
    await expect(attack({ on: other }, mine())).rejects.toThrow(refusedWith("ENVELOPE_FOREIGN"));
  });

  it("do not open when sealed to another worker only", async () => {
    const readers = [workers[1]!.sealingKey];
    const input = await world.seal(0, "locations", locations(telco1), { readers });
    await expect(attack({}, input)).rejects.toThrow(refusedWith("CANNOT_OPEN"));
  });

  it("do not open with a wrap that is unsigned, swapped, or made for another worker", async () => {
    const input = mine();
    const [own, others] = input.wraps as [SealedInput["wraps"][0], SealedInput["wraps"][0]];
    const context = hashHeader(encodeHeader(input.header));
    const key = own.sealingKey;
    const hosts = makeKeyWrap(
      deployment,
      input.ref.dataset,
      context,
      input.dataKey,
      key,
      outsider.consentKey,
    );
    const attacks: [string, SealedInput["wraps"][0]][] = [
      ["SIGNATURE_INVALID", { ...own, signature: `0x${"00".repeat(65)}` }],
      ["SIGNATURE_INVALID", hosts],
      ["SIGNATURE_INVALID", { ...others, sealingKey: key }],
      ["SIGNATURE_INVALID", { ...own, wrap: others.wrap }],
      ["SIGNATURE_INVALID", inputs[1]!.wraps[0]!],
    ];
    for (const [code, wrap] of attacks)
      await expect(attack({}, { ...input, wraps: [wrap] })).rejects.toThrow(refusedWith(code));
  });

  it("do not open with a signed wrap of another key (the member's own fault, named before Ready)", async () => {
    const input = mine();
    const context = hashHeader(encodeHeader(input.header));
    const { consentKey } = world.members[0]!;
    const key = workers[0]!.sealingKey;
    const wrong = makeKeyWrap(
      deployment,
      input.ref.dataset,
      context,
      new Uint8Array(32).fill(1),
      key,
      consentKey,
    );
    await expect(attack({}, { ...input, wraps: [wrong] })).rejects.toThrow(
      refusedWith("CANNOT_OPEN"),
    );
    const elsewhere = makeKeyWrap(
      deployment,
      input.ref.dataset,
      ZERO_HASH,
      input.dataKey,
      key,
      consentKey,
    );
    await expect(attack({}, { ...input, wraps: [elsewhere] })).rejects.toThrow(
      refusedWith("CANNOT_OPEN"),
    );
  });

  it("do not open under a header that commits to another key", async () => {
    const header = { keyCommitment: commitKey(new Uint8Array(32)) };
    const input = await world.seal(0, "locations", locations(telco1), { header });
    await expect(attack({}, input)).rejects.toThrow(refusedWith("CANNOT_OPEN"));
  });

  it("do not open as another table", async () => {
    const { collaboration } = world;
    const { member, dataset } = mine().ref;
    const fresh = await EnclaveProcess.start(victim.home);
    const loading = fresh.ask(
      "load",
      { collaboration, table: 1, member, dataset },
      preambleOf(mine()),
    );
    await expect(loading).rejects.toThrow(refusedWith("ENVELOPE_FOREIGN"));
    await fresh.stop();
  });
});

describe("papers", () => {
  type Papers = { collaboration: Collaboration; question: Question; sealing: Sealing };
  const papers = (): Papers =>
    structuredClone({ collaboration: world.collaboration, question, sealing });
  /** Papers with one thing changed. */
  const lie = (change: (papers: Papers) => void): Papers => {
    const forged = papers();
    change(forged);
    return forged;
  };

  it.each<[string, string, (papers: Papers) => void]>([
    [
      "terms with another member's consent key",
      "HASH_MISMATCH",
      ({ collaboration: c }) =>
        void (c.terms.members[1]!.consentKey = addressOf(outsider.consentKey)),
    ],
    [
      "terms with another member's sealing key",
      "HASH_MISMATCH",
      ({ collaboration: c }) =>
        void (c.terms.members[1]!.sealingKey = sealingKeyOf(outsider.sealingKey)),
    ],
    [
      "another policy",
      "HASH_MISMATCH",
      ({ collaboration: c }) =>
        void (c.terms.policy = canonicalJson({
          ...(JSON.parse(c.terms.policy) as object),
          minCohort: 1,
        })),
    ],
    [
      "another deployment",
      "HASH_MISMATCH",
      ({ collaboration: c }) => void (c.deployment.chainId = 1),
    ],
    [
      "another manifest",
      "HASH_MISMATCH",
      ({ collaboration: c }) =>
        void (c.manifest = c.manifest.replace('"rows":true', '"rows":false')),
    ],
    ["another module", "HASH_MISMATCH", ({ collaboration: c }) => void (c.moduleHash = ZERO_HASH)],
    ["a member that never joined", "TERMS_INVALID", ({ collaboration: c }) => void c.joins.pop()],
    [
      "a share swapped by the host",
      "SIGNATURE_INVALID",
      ({ collaboration: c }) =>
        void (c.joins[1]!.wraps[0] = toHex(
          wrapSecret(workers[0]!.sealingKey, new Uint8Array(32), shareContext(world.terms, 1)),
        )),
    ],
    [
      "a committee of other workers",
      "TERMS_INVALID",
      ({ collaboration: c }) =>
        void (c.committee = {
          ...c.committee,
          workers: c.committee.workers.slice(0, 1),
          threshold: 1,
        }),
    ],
    [
      "a lower threshold",
      "TERMS_INVALID",
      ({ collaboration: c }) => void (c.committee = { ...c.committee, threshold: 1 }),
    ],
    [
      "a new committee no member signed",
      "SIGNATURE_INVALID",
      ({ collaboration: c }) => {
        c.committee = { ...c.committee, version: 2 };
        c.joins = c.joins.map((join) => ({ ...join, committeeVersion: 2 }));
        c.committeeSignatures = c.joins.map((): Hex => `0x${"11".repeat(65)}`);
      },
    ],
    ["other parameters", "HASH_MISMATCH", ({ question: q }) => void (q.params = '{"k":2}')],
    ["an input left out", "HASH_MISMATCH", ({ question: q }) => void q.inputs.pop()],
    [
      "another function",
      "HASH_MISMATCH",
      ({ question: q }) => void (q.task.functionName = "classify"),
    ],
    [
      "an unknown function",
      "FUNCTION_UNKNOWN",
      ({ question: q }) => void (q.task.functionName = "dump"),
    ],
    [
      "more recipients",
      "SIGNATURE_INVALID",
      ({ question: q, sealing: s }) => {
        q.task.recipients = 1;
        s.seal.taskId = ZERO_HASH;
      },
    ],
    [
      "a recipient who is no member",
      "TERMS_INVALID",
      ({ question: q }) => void (q.task.recipients = 7),
    ],
    ["a consent missing", "CONSENT_MISSING", ({ question: q }) => void q.consents.pop()],
    [
      "a consent by another",
      "SIGNATURE_INVALID",
      ({ question: q }) => void (q.consents[1]!.signature = q.consents[0]!.signature),
    ],
    [
      "a consent to another task",
      "SIGNATURE_INVALID",
      ({ question: q }) =>
        void (q.consents[1]!.signature = signDigest(world.members[1]!.consentKey, ZERO_HASH)),
    ],
    [
      "one Ready only",
      "QUORUM_MISSING",
      ({ sealing: s }) => void (s.readies = s.readies.slice(0, 1)),
    ],
    [
      "one Ready twice",
      "TERMS_INVALID",
      ({ sealing: s }) => void (s.readies = [s.readies[0]!, s.readies[0]!]),
    ],
    [
      "a Ready by an outsider",
      "SIGNATURE_INVALID",
      ({ sealing: s }) =>
        void (s.readies[1]!.signature = signDigest(outsider.consentKey, ZERO_HASH)),
    ],
    [
      "the seal of another task",
      "HASH_MISMATCH",
      ({ sealing: s }) => void (s.seal.taskId = ZERO_HASH),
    ],
    [
      "the seal of another committee",
      "HASH_MISMATCH",
      ({ sealing: s }) => void (s.seal.committee = ZERO_HASH),
    ],
    [
      "a seal that claims hardware",
      "PROTECTION_TOO_LOW",
      ({ sealing: s }) => void (s.seal.protection = 2),
    ],
    [
      "a seal without protection",
      "PROTECTION_TOO_LOW",
      ({ sealing: s }) => void (s.seal.protection = 0),
    ],
  ])("make the enclave refuse to run: %s (%s)", async (_, code, change) => {
    await expect(victim.ask("run", lie(change))).rejects.toThrow(refusedWith(code));
  });

  it("do not get a Ready where the terms demand hardware", async () => {
    const strict = await createWorld({ terms: { minProtection: 2 } });
    const asked = strict.ask("cluster", { k: 3 }, []);
    const message = { collaboration: strict.collaboration, question: asked };
    await expect(victim.ask("ready", message)).rejects.toThrow(refusedWith("PROTECTION_TOO_LOW"));
  });

  it("do not get a Ready for a committee that names this worker's keys with another measurement", async () => {
    const forged = workers.map((worker) => ({ ...worker, measurement: ZERO_HASH }));
    const other = await createWorld({ workers: forged });
    const message = {
      collaboration: other.collaboration,
      question: other.ask("cluster", { k: 3 }, []),
    };
    await expect(victim.ask("ready", message)).rejects.toThrow(refusedWith("NOT_IN_COMMITTEE"));
  });

  it("do not get a Ready when a member's share is not what it committed to", async () => {
    const other = await createWorld();
    const collaboration = structuredClone(other.collaboration);
    const join = collaboration.joins[1]!;
    join.shareCommitment = ZERO_HASH;
    join.signature = signDigest(
      other.members[1]!.consentKey,
      digestOf(deployment, "Join", { ...join, terms: collaboration.terms }),
    );
    const sealed = await sealAll(other);
    for (const input of sealed) await load(victim, collaboration, input);
    const message = { collaboration, question: other.ask("cluster", { k: 3 }, sealed) };
    await expect(victim.ask("ready", message)).rejects.toThrow(refusedWith("CANNOT_OPEN"));
  });

  it("do not get a Ready under a policy that nobody can read", async () => {
    const other = await createWorld({ terms: { policy: '{"mode":"none"}' } });
    const message = {
      collaboration: other.collaboration,
      question: other.ask("cluster", { k: 3 }, []),
    };
    await expect(victim.ask("ready", message)).rejects.toThrow(refusedWith("POLICY_INVALID"));
  });

  it("get a signed abstention when an input is lost after Ready, and nothing more", async () => {
    const { json } = await victim.ask("abstain", { ...papers(), reason: "CANNOT_OPEN" });
    expect(json.result).toMatchObject({ status: 3, outputCommitment: ZERO_HASH });
    const other = lie(({ sealing: s }) => void (s.seal.taskId = ZERO_HASH));
    const abstain = victim.ask("abstain", { ...other, reason: "INTERNAL" });
    await expect(abstain).rejects.toThrow(refusedWith("HASH_MISMATCH"));
  });

  it("do not get a Ready before every input is there", async () => {
    const missing = await world.seal(0, "locations", locations(telco1));
    const asked = world.ask("cluster", { k: 3 }, [missing, inputs[1]!]);
    const ready = victim.ask("ready", { collaboration: world.collaboration, question: asked });
    await expect(ready).rejects.toMatchObject({
      code: "NOT_LOADED",
      facts: { hashes: [missing.ref.dataset] },
    });
  });
});

describe("outputs", () => {
  const ask = ({
    kept: bytes = kept[0],
    ...change
  }: {
    results?: SignedResult[];
    recipient?: number;
    kept?: Uint8Array | undefined;
    question?: Question;
  }) =>
    victim.ask(
      "release",
      { collaboration: world.collaboration, question, sealing, results, recipient: 0, ...change },
      bytes,
    );
  const resign = (result: SignedResult, key: Uint8Array): SignedResult => ({
    ...result,
    signature: signDigest(key, digestOf(deployment, "Result", result.result)),
  });

  it("leave for a recipient with m results", async () => {
    const { attachment } = await ask({ results: results.slice(1) });
    expect(attachment.length).toBeGreaterThan(results[0]!.result.outputLength);
  });

  it.each<[string, string, () => Parameters<typeof ask>[0]]>([
    ["before m results", "QUORUM_MISSING", () => ({ results: results.slice(0, 1) })],
    [
      "for one result given twice",
      "QUORUM_MISSING",
      () => ({ results: [results[0]!, results[0]!] }),
    ],
    [
      "for a result by an outsider",
      "SIGNATURE_INVALID",
      () => ({ results: [results[0]!, resign(results[1]!, outsider.consentKey)] }),
    ],
    [
      "for a result under another worker's number",
      "SIGNATURE_INVALID",
      () => ({ results: [results[0]!, { ...results[0]!, by: 1 }] }),
    ],
    [
      "for a result of another seal",
      "SIGNATURE_INVALID",
      () => ({
        results: [
          results[0]!,
          { ...results[1]!, result: { ...results[1]!.result, sealDigest: ZERO_HASH } },
        ],
      }),
    ],
    ["for a member that is not there", "NOT_A_RECIPIENT", () => ({ recipient: 9 })],
    ["from bytes the enclave did not keep", "CANNOT_OPEN", () => ({ kept: kept[1]! })],
  ])("do not leave %s: %s", async (_, code, change) => {
    await expect(ask(change())).rejects.toThrow(refusedWith(code));
  });

  it("do not leave for a member the task does not name", async () => {
    const mine = world.ask("cluster", { k: 3 }, inputs, { recipients: 0b01 });
    const run = await runOn(world, enclaves.slice(0, 2), mine, inputs);
    const message = { collaboration: world.collaboration, question: mine, ...run, recipient: 1 };
    const { kept: own, ...asked } = message;
    await expect(victim.ask("release", asked, own[0])).rejects.toThrow(
      refusedWith("NOT_A_RECIPIENT"),
    );
  });

  it("do not leave under another task's papers", async () => {
    const other = world.ask("cluster", { k: 2 }, inputs);
    await expect(ask({ question: other })).rejects.toThrow(refusedWith("SIGNATURE_INVALID"));
  });
});

it("names contracts and tasks by everything they say", () => {
  const { terms } = world.collaboration;
  expect(hashTerms({ ...deployment, chainId: 1 }, terms)).not.toBe(world.terms);
  expect(hashTask(deployment, { ...question.task, salt: `0x${"01".repeat(32)}` })).not.toBe(
    hashTask(deployment, question.task),
  );
});
