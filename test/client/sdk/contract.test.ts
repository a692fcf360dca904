/** Secret contracts on a real chain, over FAKE workers. */
import { JsonRpcProvider } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex, type Hex } from "../../../protocol/bytes.ts";
import { shareContext, unwrapSecret } from "../../../protocol/envelope/wrap.ts";
import { publicKeysOf, newPartyKeys } from "../../../client/sdk/keys.ts";
import { FakeWorker } from "../support/fake-worker.ts";
import { registerFake, startFakeWorld, type FakeWorld } from "../support/fake-world.ts";

describe("contract", () => {
  let world: FakeWorld;
  beforeAll(async () => {
    world = await startFakeWorld();
  });
  afterAll(() => world.close());

  /** Shares of a member as each reader opens them. */
  async function sharesOf(terms: Hex, member: number, workers: readonly FakeWorker[]) {
    const { joins } = await world.parties[0]!.client.contract.get(terms);
    const { wraps } = joins.find((join) => join.member === member)!;
    const context = shareContext(terms, member);
    return workers.map((worker, i) =>
      unwrapSecret(worker.sealing, fromHex(wraps[i] ?? "0x"), context, "share"),
    );
  }

  it("is active once everybody joined, with one share for every worker", async () => {
    const [first, second] = world.parties;
    const terms = await first!.client.contract.create(await world.draft());
    await first!.client.contract.join(terms);
    expect((await first!.client.contract.get(terms)).status).toMatchObject({
      active: false,
      joined: [0],
    });
    await second!.client.contract.join(terms);
    const { status, collaboration } = await second!.client.contract.get(terms);
    expect(status).toMatchObject({ active: true, joined: [0, 1], committeeVersion: 1 });
    expect(collaboration.joins).toHaveLength(2);
    const shares = await sharesOf(terms, 1, world.workers);
    expect(shares[1]).toEqual(shares[0]);
    expect(shares[0]).not.toEqual((await sharesOf(terms, 0, world.workers))[0]);
  });

  it("is joined only by who the terms name, with the keys they name", async () => {
    const terms = await world.parties[0]!.client.contract.create(await world.draft());
    for (const changed of ["consentKey", "sealingKey"] as const) {
      const keys = { ...world.parties[0]!.keys, [changed]: newPartyKeys()[changed] };
      const other = world.clientOf(0, { keys });
      await expect(other.contract.join(terms)).rejects.toMatchObject({ code: "NOT_A_MEMBER" });
    }
    await expect(
      world.clientOf(1, { keys: world.parties[0]!.keys }).contract.join(terms),
    ).rejects.toMatchObject({ code: "NOT_A_MEMBER" });
  });

  it("cannot be swapped by a lying node", async () => {
    const [first] = world.parties;
    const honest = await first!.client.contract.create(await world.draft());
    const other = await first!.client.contract.create(await world.draft({ threshold: 3 }));
    /** Answers with other terms under the name that was asked for. */
    class Lying extends JsonRpcProvider {
      override async send(method: string, params: unknown[]): Promise<unknown> {
        if (method !== "eth_getLogs") return super.send(method, params);
        const asked = JSON.stringify(params).replaceAll(honest, other);
        const logs: unknown = await super.send(method, JSON.parse(asked) as unknown[]);
        return JSON.parse(JSON.stringify(logs).replaceAll(other, honest));
      }
    }
    const lying = new Lying(world.chain.url, undefined, { batchMaxCount: 1, cacheTimeout: -1 });
    await expect(
      world.clientOf(0, { provider: lying }).contract.join(honest),
    ).rejects.toMatchObject({ code: "HASH_MISMATCH", facts: { what: "terms", expected: honest } });
  });

  it("demands hardware unless the draft says otherwise, and checks the draft", async () => {
    const { client } = world.parties[0]!;
    const { minProtection: _, ...draft } = await world.draft();
    const terms = await client.contract.create(draft);
    const { members } = draft;
    // Its papers are read before anyone joined.
    expect((await client.contract.get(terms)).terms).toMatchObject({ minProtection: 2, members });
    // Evidence that is good enough for this client is not for these terms.
    await expect(client.contract.join(terms)).rejects.toMatchObject({
      code: "PROTECTION_TOO_LOW",
      facts: { offered: "simulated", demanded: "hardware" },
    });
    const policy = { ...draft.policy, minCohort: 0 };
    await expect(client.contract.create({ ...draft, policy })).rejects.toMatchObject({
      code: "POLICY_INVALID",
      facts: { at: "/minCohort" },
    });
    await expect(client.contract.create({ ...draft, threshold: 1 })).rejects.toMatchObject({
      code: "TRANSACTION_FAILED",
      facts: { method: "contract.create", error: expect.stringMatching(/^TermsInvalid\(/) },
    });
  });

  it("is paused and resumed by a member", async () => {
    const terms = await world.activeContract();
    const { client } = world.parties[1]!;
    await client.contract.pause(terms);
    expect((await client.contract.get(terms)).status.pausedBy).toEqual([1]);
    await client.contract.resume(terms);
    expect((await client.contract.get(terms)).status.pausedBy).toEqual([]);
  });

  it("changes its committee when every member says so; shares and data keys follow", async () => {
    const [first, second] = world.parties;
    const terms = await world.activeContract();
    const rows = "x,y\n1,2\n3,4\n";
    const contributed = await first!.client.dataset.contribute({ terms, table: "points", rows });
    const added = new FakeWorker("a later worker");
    await added.listen();
    const operator = world.chain.accounts[18]!;
    await registerFake(world.provider, world.deployment, operator, added);
    try {
      const workers = [world.workers[0]!, added];
      const next = { workers: workers.map((worker) => worker.keys), threshold: 2 };
      const votes = [
        await first!.client.contract.voteCommittee(terms, next),
        await second!.client.contract.voteCommittee(terms, next),
      ];
      await expect(first!.client.contract.changeCommittee(votes.slice(0, 1))).rejects.toMatchObject(
        { code: "CONSENT_MISSING", facts: { member: 1 } },
      );
      const forged = { ...votes[1]!, signature: votes[0]!.signature };
      await expect(
        first!.client.contract.changeCommittee([votes[0]!, forged]),
      ).rejects.toMatchObject({ code: "SIGNATURE_INVALID" });
      const before = await sharesOf(terms, 0, world.workers.slice(0, 1));
      await first!.client.contract.changeCommittee(votes);
      // Votes are for one version only.
      await expect(first!.client.contract.changeCommittee(votes)).rejects.toMatchObject({
        code: "TERMS_INVALID",
      });
      for (const { client } of world.parties) await client.contract.reshare(terms);
      const { committee, joins } = await second!.client.contract.get(terms);
      expect(committee).toMatchObject({ version: 2, workers: next.workers });
      expect(joins.map((join) => join.committeeVersion)).toEqual([2, 2]);
      const after = await sharesOf(terms, 0, workers);
      expect(after).toEqual([before[0], before[0]]);

      const { dataset, preamble } = contributed;
      const ciphertext = new Blob(
        world.workers[0]!.datasets.get(dataset)!.chunks as Uint8Array<ArrayBuffer>[],
      );
      await first!.client.dataset.rewrap({ terms, dataset, preamble, ciphertext });
      for (const worker of workers) {
        const held = worker.datasets.get(dataset)!;
        expect(held.chunks).toHaveLength(1);
        expect(held.preamble.wraps.map((wrap) => wrap.sealingKey)).toEqual([
          ...next.workers.map((keys) => keys.sealingKey),
          publicKeysOf(first!.keys).sealingKey,
        ]);
      }
    } finally {
      await added.close();
    }
  });
});
