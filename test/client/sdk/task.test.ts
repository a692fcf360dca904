/** The life of a task as the SDK drives it, over FAKE workers whose keys sign what the test says. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat, toHex, utf8, ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import {
  CHUNK_SIZE,
  commitKey,
  encodeHeader,
  hashHeader,
  type Header,
} from "../../../protocol/envelope/header.ts";
import { encodePreamble, hashDataset } from "../../../protocol/envelope/package.ts";
import { newDataKey, sealStream } from "../../../protocol/envelope/stream.ts";
import { makeKeyWrap } from "../../../protocol/envelope/wrap.ts";
import { select } from "../../../protocol/events.ts";
import { sha256 } from "../../../protocol/hash.ts";
import { sealingFrom } from "../../../protocol/history.ts";
import { hashSeal } from "../../../protocol/identity.ts";
import { canonicalJson } from "../../../protocol/json.ts";
import type { Result, Seal } from "../../../protocol/schema.ts";
import { commitOutput } from "../../../protocol/secrets.ts";
import { committeeHash, digestOf } from "../../../protocol/typed-data.ts";
import { publicKeysOf } from "../../../client/sdk/keys.ts";
import { contextOf } from "../../../client/sdk/context.ts";
import { taskEvents } from "../../../client/sdk/ledger.ts";
import { startFakeWorld, type FakeWorld } from "../support/fake-world.ts";

const output = utf8(canonicalJson({ kind: "clusters", clusters: [{ rows: 4 }] }));
const salt = new Uint8Array(32).fill(7);

describe("task", () => {
  let world: FakeWorld;
  let terms: Hex;
  beforeAll(async () => {
    world = await startFakeWorld();
    terms = await world.activeContract();
    for (const { client } of world.parties)
      await client.dataset.contribute({ terms, table: "points", rows: "x,y\n1,2\n3,4\n" });
  });
  afterAll(() => world.close());

  const ask = (changes = {}) => ({
    terms,
    function: "count",
    params: {},
    recipients: [0],
    ...changes,
  });
  const eventsOf = (taskId: Hex) =>
    taskEvents(contextOf({ provider: world.provider, deployment: world.deployment }), taskId);

  /** What real workers do once they hold and have opened every input. */
  async function declareReady(taskId: Hex, count = 3): Promise<void> {
    const { committee } = await world.parties[0]!.client.contract.get(terms);
    const about = { taskId, committee: committeeHash(committee) };
    const digest = digestOf(world.deployment, "Ready", about);
    for (const [by, worker] of world.workers.slice(0, count).entries())
      worker.addReady(taskId, { by, signature: worker.sign(digest) });
  }

  async function submit(seal: Seal, changes: Partial<Result> = {}): Promise<void> {
    const result: Result = {
      sealDigest: hashSeal(seal),
      status: 1,
      reason: ZERO_HASH,
      nextStateRoot: ZERO_HASH,
      outputCommitment: commitOutput(salt, output),
      outputLength: output.length,
      ...changes,
    };
    const digest = digestOf(world.deployment, "Result", result);
    for (const [by, worker] of world.workers.slice(0, 2).entries()) {
      const signed = { by, signature: worker.sign(digest) };
      await (await world.contracts.taskManager.submitResult(seal, result, signed)).wait();
    }
  }

  /** A package as an enclave releases it; `plain` and `header` lie where the test wants them to. */
  async function release(
    seal: Seal,
    options: {
      plain?: Uint8Array;
      header?: Partial<Header>;
      member?: number;
      signer?: Uint8Array;
    } = {},
  ): Promise<Uint8Array> {
    const dataKey = newDataKey();
    const member = options.member ?? 0;
    const header: Header = {
      kind: "output",
      ...world.deployment,
      terms,
      member,
      table: 0,
      epoch: 0,
      schema: ZERO_HASH,
      context: hashSeal(seal),
      chunkSize: CHUNK_SIZE,
      noncePrefix: "0x00000000000000",
      keyCommitment: commitKey(dataKey),
      ...options.header,
    };
    const plain = options.plain ?? concat(salt, output);
    const chunks: Uint8Array[] = [];
    for await (const chunk of sealStream(dataKey, header, once(plain))) chunks.push(chunk);
    const leaves = await Promise.all(chunks.map(sha256));
    const { sealingKey } = publicKeysOf(world.parties[member]!.keys);
    const headerHash = hashHeader(encodeHeader(header));
    const name = hashDataset(header, leaves);
    const wraps = [
      makeKeyWrap(
        world.deployment,
        name,
        headerHash,
        dataKey,
        sealingKey,
        options.signer ?? world.workers[0]!.signer,
      ),
    ];
    return concat(encodePreamble({ header, leaves, wraps }), ...chunks);
  }
  const put = (taskId: Hex, bytes: Uint8Array, workers = world.workers) => {
    for (const worker of workers) worker.results.set(`${taskId}/0`, bytes);
  };

  /** A task with all consents, sealed. */
  async function sealed(): Promise<{ taskId: Hex; seal: Seal }> {
    const [asker, other] = world.parties;
    const { taskId } = await asker!.client.task.propose(ask());
    await asker!.client.task.consent(taskId);
    await other!.client.task.consent(taskId);
    await declareReady(taskId);
    await asker!.client.task.seal(taskId);
    const sealing = sealingFrom(await eventsOf(taskId), taskId);
    return { taskId, seal: sealing!.seal };
  }

  it("runs from proposal to the opened output and its audit", async () => {
    const [asker, other] = world.parties;
    const running = asker!.client.task.run(ask(), {
      timeoutSeconds: 30,
      onProposed: async ({ taskId }) => {
        await other!.client.task.consent(taskId);
        await declareReady(taskId);
        const wait = async (): Promise<Seal> =>
          sealingFrom(await eventsOf(taskId), taskId)?.seal ?? (await wait());
        const seal = await wait();
        await submit(seal);
        put(taskId, await release(seal));
      },
    });
    const { taskId, state } = await running;
    expect(state).toBe("finalized");
    const opened = await asker!.client.result.get(taskId);
    expect(opened.value).toEqual({ kind: "clusters", clusters: [{ rows: 4 }] });
    const { report, receipt } = await asker!.client.audit.task(taskId, opened);
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report).toMatchObject({ ok: true, state: "finalized", protection: "simulated" });
    expect(receipt.results).toHaveLength(2);
  });

  it("shows what a member signs before it signs", async () => {
    const [asker, other] = world.parties;
    const { taskId, inputs } = await asker!.client.task.propose(ask({ params: { k: 3 } }));
    const asked = await other!.client.task.describe(taskId);
    expect(asked).toMatchObject({
      taskId,
      contract: "fake collaboration",
      function: "count",
      params: { k: 3 },
      requester: { member: 0, account: asker!.account.address },
      recipients: [0],
      needed: [0, 1],
      allowed: true,
    });
    expect(asked.inputs.map((input) => input.dataset)).toEqual(inputs.map((i) => i.dataset));
    const { consent, via } = await other!.client.task.consent(taskId);
    expect(via).toBe("mailbox");
    expect(consent).toMatchObject({ task: taskId, member: 1 });
    for (const worker of world.workers)
      expect(worker.mailboxes.get(taskId)?.consents).toEqual([
        { by: 1, signature: consent.signature },
      ]);
  });

  it("puts a consent on chain when no mailbox takes it", async () => {
    const [asker, other] = world.parties;
    const { taskId } = await asker!.client.task.propose(ask());
    for (const worker of world.workers) worker.refuseConsents = true;
    const { via } = await other!.client.task.consent(taskId);
    for (const worker of world.workers) worker.refuseConsents = false;
    expect(via).toBe("transaction");
    const [consented] = select(await eventsOf(taskId), "TaskConsented");
    expect(consented?.args.member).toBe(1);
    await asker!.client.task.consent(taskId);
    await declareReady(taskId, 2);
    await asker!.client.task.seal(taskId);
    expect((await asker!.client.task.status(taskId)).state).toBe("sealed");
  });

  it("names who must act next", async () => {
    const [asker, other] = world.parties;
    const { taskId } = await asker!.client.task.propose(ask());
    await asker!.client.task.consent(taskId);
    expect((await asker!.client.task.status(taskId)).next).toMatch(/consent of member 1 .*until/);
    await expect(asker!.client.task.wait(taskId, { timeoutSeconds: 0 })).rejects.toMatchObject({
      code: "TIMED_OUT",
      facts: { next: expect.stringContaining("consent of member 1") },
    });
    await expect(asker!.client.task.seal(taskId)).rejects.toMatchObject({
      code: "CONSENT_MISSING",
      facts: { member: 1 },
    });
    await other!.client.task.consent(taskId);
    await declareReady(taskId, 1);
    expect((await asker!.client.task.status(taskId)).next).toMatch(/ready \(1 of 2\)/);
    await expect(asker!.client.task.seal(taskId)).rejects.toMatchObject({ code: "QUORUM_MISSING" });
  });

  it("drops mailbox entries whose signature is not by whom they say", async () => {
    const [asker] = world.parties;
    const { taskId } = await asker!.client.task.propose(ask());
    const { consent } = await asker!.client.task.consent(taskId);
    const forged = { by: 1, signature: consent.signature };
    world.workers[0]!.mailboxes.get(taskId)!.consents.push(forged);
    expect((await asker!.client.task.status(taskId)).next).toMatch(/consent of member 1/);
  });

  it("can be vetoed by who is asked and cancelled by who asks", async () => {
    const [asker, other] = world.parties;
    const first = await asker!.client.task.propose(ask());
    await other!.client.task.veto(first.taskId);
    expect((await asker!.client.task.status(first.taskId)).state).toBe("cancelled");
    const second = await asker!.client.task.propose(ask());
    await expect(other!.client.task.cancel(second.taskId)).rejects.toMatchObject({
      code: "TRANSACTION_FAILED",
      facts: { method: "task.cancel", error: expect.stringMatching(/^TaskTooEarly\(/) },
    });
    await asker!.client.task.cancel(second.taskId);
    await expect(asker!.client.result.get(second.taskId)).rejects.toMatchObject({
      code: "TASK_FAILED",
      facts: { reason: "cancelled" },
    });
  });

  it("asks for the vault's money before it proposes", async () => {
    const { client } = world.parties[0]!;
    await expect(client.task.propose(ask({ fee: 5n }))).rejects.toMatchObject({
      code: "BALANCE_LOW",
      facts: { balance: "0", needed: "5" },
    });
    await client.vault.deposit(5n);
    await client.task.propose(ask({ fee: 5n }));
    expect(await client.vault.balance()).toBe(0n);
  });

  it("uploads private rows after the proposal that names them", async () => {
    const { client } = world.parties[0]!;
    const { task } = await client.task.propose(ask({ privateRows: "x\n5\n" }));
    for (const worker of world.workers) {
      const held = worker.datasets.get(task.privateParams);
      expect(held?.preamble.header).toMatchObject({ kind: "params", member: 0, terms });
      expect(held?.chunks).toHaveLength(1);
    }
    await expect(client.task.propose(ask({ function: "nothing" }))).rejects.toMatchObject({
      code: "FUNCTION_UNKNOWN",
    });
  });

  describe("result.get", () => {
    it("waits for the end", async () => {
      const { taskId } = await sealed();
      await expect(world.parties[0]!.client.result.get(taskId)).rejects.toMatchObject({
        code: "NOT_FINAL",
        facts: { state: "sealed" },
      });
    });

    it("tells the reason of an agreed failure", async () => {
      const { taskId, seal } = await sealed();
      const reason = toHex(concat(utf8("COHORT_TOO_SMALL"), new Uint8Array(16)));
      await submit(seal, { status: 2, reason, outputCommitment: ZERO_HASH, outputLength: 0 });
      await expect(world.parties[0]!.client.result.get(taskId)).rejects.toMatchObject({
        code: "TASK_FAILED",
        facts: { reason: "COHORT_TOO_SMALL" },
      });
    });

    it("refuses an output that is not the agreed one, and takes it from an honest worker", async () => {
      const { taskId, seal } = await sealed();
      await submit(seal);
      const forged = concat(salt, utf8('{"clusters":[],"kind":"clusters"}'));
      put(taskId, await release(seal, { plain: forged }));
      const { client } = world.parties[0]!;
      await expect(client.result.get(taskId)).rejects.toMatchObject({
        code: "HASH_MISMATCH",
        facts: { what: "output" },
      });
      put(taskId, await release(seal), world.workers.slice(2));
      expect((await client.result.get(taskId)).output).toEqual(output);
    });

    it.each([
      ["another task", { context: ZERO_HASH }, "context"],
      ["another chain", { chainId: 1 }, "chainId"],
      ["another member", { member: 1 }, "member"],
      ["another kind", { kind: "params" as const }, "kind"],
    ])("refuses an output sealed for %s", async (_, header, what) => {
      const { taskId, seal } = await sealed();
      await submit(seal);
      put(taskId, await release(seal, { header }));
      await expect(world.parties[0]!.client.result.get(taskId)).rejects.toMatchObject({
        code: "ENVELOPE_FOREIGN",
        facts: { what },
      });
    });

    it("refuses the agreed output itself when no worker of the committee wrapped its key", async () => {
      const { taskId, seal } = await sealed();
      await submit(seal);
      const { client, keys } = world.parties[0]!;
      put(taskId, await release(seal, { signer: new Uint8Array(32).fill(9) }));
      const refused = { code: "SIGNATURE_INVALID", facts: { what: "the output's key wrap" } };
      await expect(client.result.get(taskId)).rejects.toMatchObject(refused);
      // Not even a member's own signature makes it one.
      const own = keys.consentKey.use((key) => key.slice());
      put(taskId, await release(seal, { signer: own }));
      await expect(client.result.get(taskId)).rejects.toMatchObject(refused);
    });

    it("refuses an output sealed to somebody else's key, and bytes that are none", async () => {
      const { taskId, seal } = await sealed();
      await submit(seal);
      put(taskId, await release(seal, { member: 1, header: { member: 0 } }));
      const { client } = world.parties[0]!;
      await expect(client.result.get(taskId)).rejects.toMatchObject({ code: "CANNOT_OPEN" });
      put(taskId, utf8("hello"));
      await expect(client.result.get(taskId)).rejects.toMatchObject({ code: "ENVELOPE_MALFORMED" });
    });
  });

  it("audits a task that came to nothing as not ok, without throwing", async () => {
    const { taskId } = await world.parties[0]!.client.task.propose(ask());
    const { report } = await world.clientOf(1).audit.task(taskId);
    expect(report).toMatchObject({ ok: false, state: "proposed" });
    expect(report.checks.find((check) => check.name === "consents")).toMatchObject({
      ok: false,
      code: "CONSENT_MISSING",
    });
  });
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
