import { ZeroHash } from "ethers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashSeal } from "../../protocol/identity.ts";
import type { Committee, InputRef, Signed } from "../../protocol/schema.ts";
import { committeeHash } from "../../protocol/typed-data.ts";
import {
  HOUR,
  bytes32,
  eventOf,
  eventsOf,
  expectRevert,
  expectSuccess,
  read,
  send,
  state,
} from "./support.ts";
import { createWorld, sealOf, type Proposal, type World } from "./world.ts";

let world: World;
let inputs: InputRef[];
let proposal: Proposal;
let snapshot: string;
beforeAll(async () => {
  world = await createWorld({
    members: 3,
    workers: 3,
    threshold: 2,
    terms: { vetoBlocks: 3 },
  });
  await world.joinAll();
  inputs = [0, 1].map((member) => ({ member, table: 0, dataset: bytes32(`data ${member}`) }));
  for (const { member, dataset } of inputs) await world.commit(member, dataset);
  proposal = await world.proposal(inputs);
  await world.propose(proposal);
  await world.mine(2);
});
beforeEach(async () => {
  snapshot = await world.snapshot();
});
afterEach(() => world.restore(snapshot));

const sealing = (consents: readonly Signed[], readies: readonly Signed[], { task } = proposal) =>
  ["seal", task, consents, readies] as const;

describe("seal", () => {
  test("fixes the facts under one digest", async () => {
    const { taskManager, record, status, committee, termsHash } = world;
    const { receipt, facts } = await world.seal(proposal);
    const event = eventOf(receipt, "TaskSealed");
    expect(event["sealDigest"]).toBe(hashSeal(facts));
    const block = await receipt.getBlock();
    expect(facts).toEqual({
      taskId: proposal.taskId,
      terms: termsHash,
      committeeVersion: 1,
      committee: committeeHash(committee),
      version: 0,
      stateRoot: ZeroHash,
      blockNumber: block.number,
      time: block.timestamp,
      protection: 1,
    });
    expect(event["consents"]).toHaveLength(2);
    expect(event["readies"]).toHaveLength(3);
    const stored = await record(proposal.taskId);
    expect([stored.digest, stored.state]).toEqual([hashSeal(facts), state("Sealed")]);
    expect([stored.ready, stored.threshold, stored.required]).toEqual([7n, 2n, 3n]);
    expect(stored.resultBy).toBe(BigInt(facts.time + HOUR));
    expect([stored.sealBy, stored.proposedBlock]).toEqual([0n, 0n]);
    expect((await status()).sealedTasks).toBe(1n);
    expect(await read(taskManager, "hashSeal", facts)).toBe(hashSeal(facts));
  });

  test("waits for the veto blocks and ends at sealBy", async () => {
    const { taskManager, outsider, at, record, mine } = world;
    const { taskId, task } = proposal;
    const call = sealing(world.consents(taskId, 0, 1), world.readies(taskId));
    const early = await world.proposal(inputs, { salt: bytes32("early") });
    const { blockNumber } = await world.propose(early);
    const tooEarly = sealing(
      world.consents(early.taskId, 0, 1),
      world.readies(early.taskId),
      early,
    );
    await mine();
    await expectRevert(
      taskManager,
      outsider,
      tooEarly,
      "TaskVetoPeriod",
      early.taskId,
      blockNumber + 3,
    );
    await mine();
    await expectSuccess(taskManager, outsider, tooEarly);
    await at(task.sealBy + 1);
    await expectRevert(taskManager, outsider, call, "TaskTooLate", taskId, task.sealBy);
    await at(task.sealBy);
    await send(taskManager, outsider, ...call);
    expect((await record(taskId)).state).toBe(state("Sealed"));
  });

  test("happens once, to a proposed task", async () => {
    const { taskManager, outsider } = world;
    const unknown = await world.proposal(inputs, { salt: bytes32("unknown") });
    const sealingOf = (p: Proposal) =>
      sealing(world.consents(p.taskId, 0, 1), world.readies(p.taskId), p);
    await expectRevert(taskManager, outsider, sealingOf(unknown), "TaskUnknown", unknown.taskId);
    await world.seal(proposal);
    const { taskId } = proposal;
    const args = [taskId, state("Sealed"), state("Sealed")];
    await expectRevert(taskManager, outsider, sealingOf(proposal), "TaskBadTransition", ...args);
  });
});

describe("consents", () => {
  test.each([
    [[], 0b11],
    [[0], 0b10],
    [[1, 2], 0b01],
  ])("of %j are not enough", async (members, missing) => {
    const { taskManager, outsider } = world;
    const { taskId } = proposal;
    const call = sealing(world.consents(taskId, ...members), world.readies(taskId));
    await expectRevert(taskManager, outsider, call, "TaskConsentMissing", taskId, missing);
  });

  test("of another task, out of order, twice, by strangers are none", async () => {
    const { taskManager, outsider } = world;
    const { taskId } = proposal;
    const [one, two] = world.consents(taskId, 0, 1) as [Signed, Signed];
    const [replayed] = world.consents(bytes32("another task"), 1) as [Signed];
    for (const [list, at] of [
      [[one, replayed], 1],
      [[two, one], 0],
      [[one, one, two], 0],
      [[one, { ...one, by: 1 }], 1],
      [[one, two, { ...one, by: 3 }], 3],
      [[one, two, { ...one, by: 32 }], 32],
      [[{ by: 0, signature: "0x" }, two], 0],
    ] as [Signed[], number][]) {
      const call = sealing(list, world.readies(taskId));
      await expectRevert(taskManager, outsider, call, "TaskConsentInvalid", taskId, at);
    }
  });

  test("nobody needs make no contributor of the state", async () => {
    const changing = await world.proposal(inputs, { changesState: true, salt: bytes32("change") });
    await world.propose(changing);
    await world.mine(3);
    const { facts } = await world.seal(changing, [2]);
    const result = world.result(facts, { nextStateRoot: bytes32("state") });
    for (const by of [0, 1]) await world.submit(facts, result, by);
    expect((await world.status()).stateContributors).toBe(0b011n);
  });

  test("of everyone in the state are needed by whoever reads it", async () => {
    const { taskManager, outsider } = world;
    const change = await world.proposal(inputs, { changesState: true, salt: bytes32("change") });
    await world.propose(change);
    // Proposed before the state knew anybody.
    const query = await world.proposal([], { salt: bytes32("query") });
    await world.propose(query);
    await world.mine(3);
    const { facts } = await world.seal(change);
    const result = world.result(facts, { nextStateRoot: bytes32("state") });
    for (const by of [0, 1]) await world.submit(facts, result, by);
    const readies = world.readies(query.taskId);
    const call = sealing([], readies, query);
    await expectRevert(taskManager, outsider, call, "TaskConsentMissing", query.taskId, 3);
    const { facts: pinned } = await world.seal(query, [0, 1]);
    expect([pinned.version, pinned.stateRoot]).toEqual([1, bytes32("state")]);
  });

  test.each([
    ["private parameters", { privateParams: bytes32("envelope") }],
    ["a change of the state", { changesState: true }],
  ])("include the requester's with %s", async (_name, change) => {
    const { taskManager, outsider } = world;
    const own = await world.proposal([inputs[1]!], { ...change, salt: bytes32("own") });
    await world.propose(own);
    await world.mine(3);
    const call = sealing(world.consents(own.taskId, 1), world.readies(own.taskId), own);
    await expectRevert(taskManager, outsider, call, "TaskConsentMissing", own.taskId, 1);
    await world.seal(own);
  });
});

describe("readies", () => {
  test("of fewer than the threshold are not enough", async () => {
    const { taskManager, outsider } = world;
    const { taskId } = proposal;
    const consents = world.consents(taskId, 0, 1);
    const call = sealing(consents, world.readies(taskId, [1]));
    await expectRevert(taskManager, outsider, call, "TaskNotReady", taskId, 2, 2);
  });

  test("of another task or committee, out of order, twice, by strangers are none", async () => {
    const { taskManager, outsider, committee } = world;
    const { taskId } = proposal;
    const consents = world.consents(taskId, 0, 1);
    const [one, two] = world.readies(taskId, [0, 1]) as [Signed, Signed];
    const [replayed] = world.readies(bytes32("another task"), [1]) as [Signed];
    const other: Committee = { ...committee, version: 2 };
    const [foreign] = world.readies(taskId, [1], other) as [Signed];
    for (const [list, at] of [
      [[one, replayed], 1],
      [[one, foreign], 1],
      [[two, one], 0],
      [[one, one], 0],
      [[one, { ...one, by: 1 }], 1],
      [[one, two, { ...one, by: 3 }], 3],
      [[one, two, { ...one, by: 255 }], 255],
    ] as [Signed[], number][]) {
      const call = sealing(consents, list);
      await expectRevert(taskManager, outsider, call, "TaskReadyInvalid", taskId, at);
    }
  });

  test("that are on chain but not fit any more are left out, and stop nobody", async () => {
    const { taskManager, workerRegistry, outsider, operators, record } = world;
    const { task, taskId } = proposal;
    const consents = world.consents(taskId, 0, 1);
    const [, , third] = world.readies(taskId);
    await send(taskManager, outsider, "ready", task, third);
    const { id, signer } = operators[2]!;
    await send(workerRegistry, signer, "withdrawStake", id);
    await send(taskManager, outsider, "seal", task, consents, world.readies(taskId, [0, 1]));
    expect((await record(taskId)).ready).toBe(0b011n);
  });

  test("from before a change of the committee are void", async () => {
    const { secretContracts, taskManager, outsider, members, termsHash } = world;
    const { task, taskId } = proposal;
    const [, second, third] = world.readies(taskId);
    for (const ready of [second, third]) await send(taskManager, outsider, "ready", task, ready);
    // The same three in another order: bit 1 now means somebody else.
    const committee: Committee = {
      version: 2,
      threshold: 2,
      workers: world.committee.workers.toReversed(),
    };
    const signatures = members.map(({ key }) =>
      world.sign(key, "CommitteeChange", { terms: termsHash, committee }),
    );
    await send(secretContracts, outsider, "changeCommittee", termsHash, committee, signatures);
    const consents = world.consents(taskId, 0, 1);
    const call = sealing(consents, []);
    await expectRevert(taskManager, outsider, call, "TaskNotReady", taskId, 0, 2);
    const [renewed, other] = world.readies(taskId, [1, 2], committee);
    await send(taskManager, outsider, "ready", task, renewed);
    expect((await world.record(taskId)).ready).toBe(0b010n);
    await send(taskManager, outsider, "seal", task, consents, [other]);
    const stored = await world.record(taskId);
    expect([stored.ready, stored.committeeVersion]).toEqual([0b110n, 2n]);
  });
});

describe("state", () => {
  const change = (salt: string) =>
    world.proposal(inputs, { changesState: true, salt: bytes32(salt) });

  test("changes one task at a time, queries beside it", async () => {
    const { taskManager, outsider, termsHash } = world;
    const [one, two] = [await change("one"), await change("two")];
    const query = await world.proposal(inputs, { salt: bytes32("query") });
    for (const each of [one, two, query]) await world.propose(each);
    await world.mine(3);
    const { facts } = await world.seal(one);
    const call = sealing(world.consents(two.taskId, 0, 1), world.readies(two.taskId), two);
    await expectRevert(taskManager, outsider, call, "StateTaskOpen", termsHash);
    const { facts: asked } = await world.seal(query);
    // The end of a query does not make room for a second change.
    for (const by of [0, 1]) await world.submit(asked, world.result(asked), by);
    await expectRevert(taskManager, outsider, call, "StateTaskOpen", termsHash);
    const result = world.result(facts, { nextStateRoot: bytes32("root 1") });
    for (const by of [0, 1]) await world.submit(facts, result, by);
    const { facts: next } = await world.seal(two);
    expect([next.version, next.stateRoot]).toEqual([1, bytes32("root 1")]);
    // An expired change frees the state and changes nothing; those who said why they could not are not slashed.
    const abstention = world.result(next, { status: 3, reason: bytes32("disk full") });
    for (const by of [0, 1, 2]) await world.submit(next, abstention, by);
    await world.warpTo(next.time + HOUR + 1);
    await send(taskManager, outsider, "expire", next);
    const status = await world.status();
    expect([status.version, status.stateRoot]).toEqual([1n, bytes32("root 1")]);
    const three = await change("three");
    await world.propose(three);
    await world.mine(3);
    await world.seal(three);
  });
});

describe("protection", () => {
  test("is that of the least protected worker; hardware terms take no simulated one", async () => {
    const mixed = (minProtection: number) =>
      createWorld({ workers: 3, threshold: 2, hardware: [0, 2], terms: { minProtection } });
    const [any, strict] = [await mixed(1), await mixed(2)];
    for (const each of [any, strict]) await each.joinAll();
    const { facts } = await any.sealed();
    expect(facts.protection).toBe(1);

    const { taskManager, outsider, operators } = strict;
    const secure = await strict.proposal();
    await strict.propose(secure);
    await strict.mine();
    const all = sealing([], strict.readies(secure.taskId), secure);
    const { id } = operators[1]!;
    await expectRevert(taskManager, outsider, all, "WorkerProtectionTooLow", id, 1, 2);
    const two = sealing([], strict.readies(secure.taskId, [0, 2]), secure);
    expect(sealOf(await send(taskManager, outsider, ...two)).protection).toBe(2);
  });
});

test("a stake locked by one task stays locked for the longest", async () => {
  const { receipt } = await world.seal(proposal);
  expect(eventsOf(receipt, "WorkerEngaged")).toHaveLength(3);
  const again = await world.proposal(inputs, { salt: bytes32("again"), resultWindow: 60 });
  await world.propose(again);
  await world.mine(3);
  const { receipt: second } = await world.seal(again);
  expect(eventsOf(second, "WorkerEngaged")).toHaveLength(0);
});
