/** The audit without a node: a file and two or three hashes are enough, and no lie in the file passes. */
import { encodeRlp } from "ethers";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contextOf } from "../../../client/sdk/context.ts";
import type { Proven } from "../../../client/sdk/proof/prove.ts";
import { taskEvents } from "../../../client/sdk/ledger.ts";
import type { AuditReport } from "../../../protocol/audit.ts";
import { utf8, ZERO_HASH, type Address, type Hex } from "../../../protocol/bytes.ts";
import { hasCode } from "../../../protocol/errors.ts";
import { topicOf } from "../../../protocol/events.ts";
import { sealingFrom } from "../../../protocol/history.ts";
import { hashSeal } from "../../../protocol/identity.ts";
import { canonicalJson } from "../../../protocol/json.ts";
import { defaultPolicy } from "../../../protocol/policy.ts";
import { anchorsOf, parseHeader } from "../../../protocol/proof/header.ts";
import { auditProven, type OfflineTrust } from "../../../protocol/proof/facts.ts";
import { parseProvenReceipt, type ProvenReceipt } from "../../../protocol/proof/proven.ts";
import { readRlp } from "../../../protocol/proof/trie.ts";
import type { Result } from "../../../protocol/schema.ts";
import { commitOutput } from "../../../protocol/secrets.ts";
import { committeeHash, digestOf } from "../../../protocol/typed-data.ts";
import { manifest, startFakeWorld, type FakeWorld } from "../support/fake-world.ts";

const output = utf8(canonicalJson({ kind: "clusters", clusters: [{ rows: 4 }] }));
const salt = new Uint8Array(32).fill(7);

describe("an offline audit", () => {
  let world: FakeWorld;
  let taskId: Hex;
  let made: Proven;
  /** What was written to a file and read again. */
  let file: ProvenReceipt;
  let trust: OfflineTrust;

  beforeAll(async () => {
    world = await startFakeWorld();
    const terms = await world.activeContract();
    for (const { client } of world.parties)
      await client.dataset.contribute({ terms, table: "points", rows: "x,y\n1,2\n3,4\n" });
    taskId = await finishedTask(terms);
    made = await world.parties[0]!.client.audit.proof(taskId);
    file = parseProvenReceipt(JSON.parse(JSON.stringify(made.proven)));
    trust = { deployment: world.deployment, blocks: made.anchors.map(({ hash }) => hash) };
  });
  afterAll(() => world.close());

  /** Two of three workers agree; what their enclaves would sign is signed here. */
  async function finishedTask(
    terms: Hex,
    name = "count",
    nextStateRoot: Hex = ZERO_HASH,
  ): Promise<Hex> {
    const [asker, other] = world.parties;
    const asked = { terms, function: name, params: {}, recipients: [0] };
    const proposed = await asker!.client.task.propose(asked);
    for (const party of [asker!, other!]) await party.client.task.consent(proposed.taskId);
    const { committee } = await asker!.client.contract.get(terms);
    const about = { taskId: proposed.taskId, committee: committeeHash(committee) };
    for (const [by, worker] of world.workers.entries())
      worker.addReady(proposed.taskId, {
        by,
        signature: worker.sign(digestOf(world.deployment, "Ready", about)),
      });
    await asker!.client.task.seal(proposed.taskId);
    const ctx = contextOf({ provider: world.provider, deployment: world.deployment });
    const { seal } = sealingFrom(await taskEvents(ctx, proposed.taskId), proposed.taskId)!;
    const result: Result = {
      sealDigest: hashSeal(seal),
      status: 1,
      reason: ZERO_HASH,
      nextStateRoot,
      outputCommitment: commitOutput(salt, output),
      outputLength: output.length,
    };
    const digest = digestOf(world.deployment, "Result", result);
    for (const [by, worker] of world.workers.slice(0, 2).entries()) {
      const signed = { by, signature: worker.sign(digest) };
      await (await world.contracts.taskManager.submitResult(seal, result, signed)).wait();
    }
    return proposed.taskId;
  }

  const failed = (report: AuditReport) => report.checks.filter((check) => !check.ok);
  /** Changes a copy of the file. */
  const changed = (change: (file: ProvenReceipt) => void): ProvenReceipt => {
    const copy = structuredClone(file);
    change(copy);
    return copy;
  };
  const faultOf = (proven: ProvenReceipt, by: OfflineTrust = trust) =>
    failed(auditProven(proven, by));
  const chain = (code: string, compared: object = {}) => [
    expect.objectContaining({ name: "chain", code, compared: expect.objectContaining(compared) }),
  ];

  it("passes with a file, a deployment and the hashes alone", () => {
    const report = auditProven(file, trust, { salt, output });
    expect(failed(report)).toEqual([]);
    expect(report).toMatchObject({ ok: true, state: "finalized", protection: "simulated" });
    const compared = report.checks.find(({ name }) => name === "chain")?.compared;
    expect(compared?.["addresses"]).toMatch(/^in the proven code of 0x/);
    expect(compared?.["rests on"]).toContain(trust.blocks[0]);
  });

  it("says the same as the audit by a node", async () => {
    const { report, receipt } = await world.clientOf(1).audit.task(taskId);
    expect(receipt).toEqual(file.receipt);
    expect(failed(report)).toEqual([]);
    const names = (of: AuditReport) => of.checks.map((check) => check.name);
    expect(names(auditProven(file, trust))).toEqual(names(report));
  });

  it("reaches every block from the newest hash, when the blocks are near", () => {
    expect(made.anchors).toHaveLength(1);
    expect(made.anchors[0]?.block).toBe(file.transactions.at(-1)?.block);
    expect(anchorsOf(file.headers).map(({ hash }) => hash)).toEqual(trust.blocks);
  });

  it("needs a hash for each block it has no headers to", async () => {
    const { proven, anchors } = await world.parties[0]!.client.audit.proof(taskId, {
      maxHeaders: 1,
    });
    expect(anchors.length).toBeGreaterThan(2);
    const blocks = anchors.map(({ hash }) => hash);
    expect(faultOf(proven, { ...trust, blocks })).toEqual([]);
    const [first] = anchors;
    expect(faultOf(proven, { ...trust, blocks: blocks.slice(1) })).toEqual(
      chain("BLOCK_NOT_TRUSTED", { block: first?.block, hash: first?.hash }),
    );
  });

  it("fails with another block hash, or none", () => {
    for (const blocks of [[], [ZERO_HASH], [parseHeader(file.headers[0]!).hash]])
      expect(faultOf(file, { ...trust, blocks })).toEqual(chain("BLOCK_NOT_TRUSTED"));
  });

  it("fails when a header is missing or changed", () => {
    const gap = changed(({ headers }) => headers.splice(headers.length - 2, 1));
    expect(faultOf(gap)).toHaveLength(1);
    expect(["BLOCK_NOT_TRUSTED", "PROOF_INVALID"]).toContain(faultOf(gap)[0]?.code);
    const last = changed(({ headers }) => headers.pop());
    expect(faultOf(last)[0]?.code).toMatch(/PROOF_INVALID|BLOCK_NOT_TRUSTED/);
    const other = changed(({ headers }) => {
      const fields = readRlp(headers[0]!, "a header") as string[];
      headers[0] = encodeRlp(fields.with(3, ZERO_HASH)) as Hex;
    });
    expect(faultOf(other)).toEqual(chain("BLOCK_NOT_TRUSTED"));
  });

  it("fails when a log is changed", () => {
    const agreed = file.receipt.results[0]!.result.outputCommitment.slice(2);
    const forged = "00".repeat(32);
    const lied = changed((copy) => {
      copy.transactions = copy.transactions.map((transaction) => ({
        ...transaction,
        nodes: transaction.nodes.map((node) => node.replaceAll(agreed, forged) as Hex),
      }));
      copy.receipt.results.forEach((signed) => (signed.result.outputCommitment = `0x${forged}`));
    });
    expect(faultOf(lied).map(({ name, code }) => [name, code])).toEqual([
      ["results", "SIGNATURE_INVALID"],
      ["chain", "PROOF_INVALID"],
    ]);
  });

  it("fails for every transaction that is left out", () => {
    for (const index of file.transactions.keys()) {
      const partial = changed(({ transactions }) => transactions.splice(index, 1));
      const [fault, ...others] = faultOf(partial);
      expect(others).toEqual([]);
      expect(fault?.name).toBe("chain");
      expect(["NOT_FOUND", "RECEIPT_UNPROVEN", "HASH_MISMATCH"]).toContain(fault?.code);
    }
  });

  it("fails when an end is claimed that no event tells", () => {
    // Without the transactions of the results, and with a receipt that says what it likes.
    const unfinished = changed(({ transactions }) => transactions.splice(-1));
    expect(faultOf(unfinished)[0]).toMatchObject({ name: "chain", code: "RECEIPT_UNPROVEN" });
    const expired = changed(({ receipt }) => (receipt.state = "expired"));
    expect(faultOf(expired).map(({ name, code }) => [name, code])).toEqual([
      ["state", "HASH_MISMATCH"],
      ["chain", "RECEIPT_UNPROVEN"],
    ]);
  });

  it("fails when evidence is withdrawn, from the receipt or from the proofs", () => {
    const bare = changed(({ receipt }) => receipt.evidence.pop());
    expect(faultOf(bare).map(({ name, code }) => [name, code])).toEqual([
      ["evidence", "EVIDENCE_INVALID"],
      ["chain", "RECEIPT_UNPROVEN"],
    ]);
    const registered = file.transactions.findIndex(({ block }) => block > 0);
    const unproven = changed(({ transactions }) => transactions.splice(registered, 1));
    expect(faultOf(unproven)[0]).toMatchObject({ name: "chain", code: "NOT_FOUND" });
  });

  /** A change of a key's first byte is no key any more, and the file no receipt. */
  function isRefused(text: string): boolean {
    try {
      return !auditProven(parseProvenReceipt(JSON.parse(text)), trust).ok;
    } catch (error) {
      return hasCode(error, "SHAPE_INVALID");
    }
  }

  it("fails with any one digit changed, anywhere in the file", () => {
    const text = JSON.stringify(file);
    const places = [...text.matchAll(/0x[0-9a-f]{40,}/g)];
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 15 }), (which, at, by) => {
        const { index, 0: hex } = places[which % places.length]!;
        const position = index + 2 + (at % (hex.length - 2));
        const digit = (Number.parseInt(text.charAt(position), 16) ^ by).toString(16);
        const forged = text.slice(0, position) + digit + text.slice(position + 1);
        expect(isRefused(forged)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("names where the receipt says something else than the events", () => {
    const consent = changed(({ receipt }) => (receipt.question.consents[0]!.by = 7));
    expect(faultOf(consent).find(({ name }) => name === "chain")).toMatchObject({
      code: "RECEIPT_UNPROVEN",
      compared: { at: "/question/consents/0/by" },
    });
  });

  it("fails for a receipt of another chain or deployment", () => {
    const elsewhere = { ...world.deployment, chainId: 1 };
    expect(faultOf(file, { ...trust, deployment: elsewhere })).toEqual(chain("NOT_FOUND"));
    const contracts = `0x${"11".repeat(20)}` as Address;
    const [fault] = faultOf(file, { ...trust, deployment: { ...world.deployment, contracts } });
    expect(fault).toMatchObject({ name: "chain", code: "PROOF_INVALID" });
    const renamed = changed(({ receipt }) => (receipt.collaboration.deployment.chainId = 1));
    expect(faultOf(renamed).find(({ name }) => name === "chain")).toMatchObject({
      code: "RECEIPT_UNPROVEN",
      compared: { at: "/collaboration/deployment/chainId" },
    });
  });

  it("fails when a change of the state that the task reads is left out", async () => {
    const { client } = world.parties[0]!;
    const { count } = manifest.functions;
    const tally = { ...count!, changesState: true };
    const text = canonicalJson({ ...manifest, functions: { count: count!, tally } });
    const program = await client.program.publish({ module: utf8("0;"), manifest: utf8(text) });
    const endpoints = world.workers.map((worker) => worker.endpoint);
    await client.program.upload(program, endpoints);
    const requests = [{ function: "count" }, { function: "tally" }];
    const terms = await world.activeContract({
      program,
      policy: { ...defaultPolicy, requests },
    });
    for (const party of world.parties)
      await party.client.dataset.contribute({ terms, table: "points", rows: "x,y\n1,2\n3,4\n" });
    await finishedTask(terms, "tally", `0x${"ab".repeat(32)}`);
    const { proven, anchors } = await client.audit.proof(await finishedTask(terms));
    const by = { ...trust, blocks: anchors.map(({ hash }) => hash) };
    expect(proven.receipt.question.stateContributors).toBe(3);
    expect(faultOf(proven, by)).toEqual([]);
    const logs = await world.provider.send("eth_getLogs", [
      { fromBlock: "0x0", topics: [topicOf("StateAdvanced"), terms] },
    ]);
    const block = Number(logs[0].blockNumber);
    const hidden = structuredClone(proven);
    hidden.transactions = hidden.transactions.filter((one) => one.block !== block);
    hidden.receipt.question.stateContributors = 0;
    expect(faultOf(hidden, by)).toEqual(chain("NOT_FOUND", { what: "state version", name: "1" }));
  });

  describe("of whose contracts they are", () => {
    it("takes the auditor's word instead of the code, and says so", () => {
      const { code: _, ...bare } = file;
      const known = { ...trust, emitters: file.emitters };
      const report = auditProven(bare, known);
      expect(failed(report)).toEqual([]);
      const compared = report.checks.find(({ name }) => name === "chain")?.compared;
      expect(compared?.["addresses"]).toBe("as the auditor named them");
      expect(faultOf(bare)).toEqual(chain("ADDRESSES_UNPROVEN"));
    });

    it("refuses contracts that the code does not name, and code that is another's", () => {
      const stranger = changed(
        ({ emitters }) => (emitters.taskManager = world.contracts.addresses.vault),
      );
      // The vault is named in the code, but announces no tasks.
      expect(faultOf(stranger)).toEqual(chain("NOT_FOUND"));
      const foreign = changed(
        ({ emitters }) => (emitters.taskManager = `0x${"11".repeat(20)}` as Address),
      );
      expect(faultOf(foreign)).toEqual(chain("PROOF_INVALID"));
      const padded = changed(({ code }) => (code!.code = `${code!.code}00`));
      expect(faultOf(padded)).toEqual(chain("PROOF_INVALID"));
      const known = {
        ...trust,
        emitters: { ...file.emitters, taskManager: trust.deployment.contracts },
      };
      expect(faultOf(file, known)).toEqual(chain("PROOF_INVALID"));
    });
  });

  it("refuses files of another shape", () => {
    expect(() => parseProvenReceipt(file.receipt)).toThrow(
      expect.objectContaining({ code: "SHAPE_INVALID" }),
    );
    expect(() => parseProvenReceipt({ ...file, more: 1 })).toThrow(
      expect.objectContaining({ code: "SHAPE_INVALID" }),
    );
  });
});
