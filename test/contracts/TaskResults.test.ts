import { ZeroHash } from "ethers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { InputRef, Result, Seal } from "../../protocol/schema.ts";
import {
  NOBODY,
  HOUR,
  bytes32,
  eventOf,
  eventsOf,
  expectRevert,
  expectSuccess,
  keyOf,
  read,
  send,
  state,
  what,
} from "./support.ts";
import { FEE, FUNDS, MIN_STAKE, createWorld, type World } from "./world.ts";

const SHARE = FEE / 3n;
const EARNED = FUNDS - MIN_STAKE;
let world: World;
let inputs: InputRef[];
let facts: Seal;
let taskId: string;
let snapshot: string;
beforeAll(async () => {
  world = await createWorld({ members: 2, workers: 4, threshold: 3 });
  await world.joinAll();
  inputs = [0, 1].map((member) => ({ member, table: 0, dataset: bytes32(`data ${member}`) }));
  for (const { member, dataset } of inputs) await world.commit(member, dataset);
  // The fourth worker is of the committee, but not Ready.
  const proposal = await world.proposal(inputs);
  await world.propose(proposal);
  await world.mine();
  const consents = world.consents(proposal.taskId, 0, 1);
  const readies = world.readies(proposal.taskId, [0, 1, 2]);
  const { taskManager, outsider } = world;
  const receipt = await send(taskManager, outsider, "seal", proposal.task, consents, readies);
  facts = world.sealOf(receipt);
  taskId = facts.taskId;
});
beforeEach(async () => {
  snapshot = await world.snapshot();
});
afterEach(() => world.restore(snapshot));

const submitting = (result: Result, by: number, seal: Seal = facts) =>
  ["submitResult", seal, result, world.signResult(result, by)] as const;
const failure = (over: Partial<Result> = {}) =>
  world.result(facts, { status: 2, reason: what("SCHEMA_MISMATCH"), ...over });
const abstention = () => world.result(facts, { status: 3, reason: what("LIMIT_CPU") });
const earned = (i: number) => world.balance(world.operators[i]!.account);

describe("submitResult", () => {
  test("ends the task with the m-th equal success and pays all who agreed", async () => {
    const result = world.result(facts);
    for (const by of [2, 0]) {
      const receipt = await world.submit(facts, result, by);
      expect(eventOf(receipt, "ResultSubmitted")["worker"]).toBe(BigInt(by));
      expect(eventsOf(receipt, "TaskAdvanced")).toHaveLength(0);
      expect(await earned(by)).toBe(EARNED);
    }
    const last = await world.submit(facts, result, 1);
    expect(eventOf(last, "TaskAdvanced")["state"]).toBe(state("Finalized"));
    const { taskManager } = world;
    const digest = await read(taskManager, "hashResult", result);
    const stored = await world.record(facts.taskId);
    expect([stored.digest, stored.state, stored.paid]).toEqual([digest, state("Finalized"), 7n]);
    expect(await Promise.all([0, 1, 2, 3].map(earned))).toEqual([
      EARNED + SHARE,
      EARNED + SHARE,
      EARNED + SHARE,
      EARNED,
    ]);
    expect(await read(taskManager, "submissionOf", taskId, 2)).toBe(digest);
    expect(await read(taskManager, "submissionOf", taskId, 1)).toBe(ZeroHash);
    expect((await world.status()).sealedTasks).toBe(0n);
  });

  test("counts a deterministic failure like a success", async () => {
    for (const by of [0, 1, 2]) await world.submit(facts, failure(), by);
    expect((await world.record(facts.taskId)).state).toBe(state("Failed"));
    expect(await earned(0)).toBe(EARNED + SHARE);
  });

  test("does not count what differs", async () => {
    await world.submit(facts, world.result(facts), 0);
    await world.submit(facts, world.result(facts, { outputLength: 101 }), 1);
    await world.submit(facts, failure(), 2);
    expect((await world.record(facts.taskId)).state).toBe(state("Sealed"));
  });

  test("takes one answer of each worker", async () => {
    const { taskManager, outsider } = world;
    await world.submit(facts, world.result(facts), 0);
    for (const result of [
      world.result(facts),
      world.result(facts, { outputLength: 7 }),
      failure(),
      abstention(),
    ])
      await expectRevert(taskManager, outsider, submitting(result, 0), "ResultKnown", taskId, 0);
  });

  test("takes an abstention once, and a result after it", async () => {
    const { taskManager, outsider, record } = world;
    await world.submit(facts, abstention(), 1);
    expect((await record(facts.taskId)).abstained).toBe(2n);
    const again = submitting(abstention(), 1);
    await expectRevert(taskManager, outsider, again, "ResultKnown", taskId, 1);
    await world.submit(facts, world.result(facts), 1);
    expect((await record(facts.taskId)).abstained).toBe(0n);
    for (const by of [0, 2]) await world.submit(facts, world.result(facts), by);
    expect(await earned(1)).toBe(EARNED + SHARE);
  });

  const forms: [string, string, Partial<Result>][] = [
    ["no status", "status", { status: 0 }],
    ["an unknown status", "status", { status: 4 }],
    ["a success with a reason", "reason", { reason: what("WHY") }],
    ["a failure without a reason", "reason", { status: 2 }],
    ["an abstention without a reason", "reason", { status: 3 }],
    ["a new state of a query", "nextStateRoot", { nextStateRoot: bytes32("state") }],
    ["another seal", "sealDigest", { sealDigest: bytes32("another seal") }],
  ];
  test.each(forms)("refuses %s", async (_name, field, change) => {
    const { taskManager, outsider } = world;
    const call = submitting(world.result(facts, change), 0);
    await expectRevert(taskManager, outsider, call, "ResultInvalid", taskId, what(field));
  });

  test("refuses strangers, other workers' names, and those who were not Ready", async () => {
    const { taskManager, outsider } = world;
    const result = world.result(facts);
    const stranger = world.sign(keyOf("stranger"), "Result", result);
    const [own] = [world.signResult(result, 0).signature];
    for (const [by, signature, field] of [
      [0, stranger, "signature"],
      [1, own, "signature"],
      [0, "0x", "signature"],
      [3, world.signResult(result, 3).signature, "worker"],
      [255, own, "worker"],
    ] as const) {
      const call = ["submitResult", facts, result, { by, signature }] as const;
      await expectRevert(taskManager, outsider, call, "ResultInvalid", taskId, what(field));
    }
  });

  test("refuses a result of one task on another", async () => {
    const { taskManager, outsider } = world;
    const other = await world.sealed(inputs, { salt: bytes32("other") });
    const result = world.result(facts);
    const replayed = submitting(result, 0, other.facts);
    await expectRevert(
      taskManager,
      outsider,
      replayed,
      "ResultInvalid",
      other.taskId,
      what("sealDigest"),
    );
    // Nor under facts that pretend the first seal was the second task's.
    const forged = { ...facts, taskId: other.taskId };
    const call = submitting(world.result(forged), 0, forged);
    await expectRevert(taskManager, outsider, call, "ResultInvalid", other.taskId, what("seal"));
  });

  test("refuses tasks that are unknown or not sealed", async () => {
    const { taskManager, outsider } = world;
    const proposal = await world.proposal([], { salt: bytes32("open") });
    const open = { ...facts, taskId: proposal.taskId };
    const call = submitting(world.result(open), 0, open);
    await expectRevert(taskManager, outsider, call, "TaskUnknown", open.taskId);
    await world.propose(proposal);
    const args = [open.taskId, state("Proposed"), state("Finalized")];
    await expectRevert(taskManager, outsider, call, "TaskBadTransition", ...args);
  });

  test("counts to the last second of the window", async () => {
    const { taskManager, outsider, at } = world;
    const resultBy = facts.time + HOUR;
    const call = submitting(world.result(facts), 0);
    await at(resultBy + 1);
    await expectRevert(taskManager, outsider, call, "TaskTooLate", taskId, resultBy);
    await at(resultBy);
    await expectSuccess(taskManager, outsider, call);
  });
});

describe("a state-changing task", () => {
  test("advances the state by one version, with its contributors", async () => {
    const { status, restore, snapshot: keep } = world;
    for (const [status_, version] of [
      [1, 1n],
      [2, 0n],
    ] as const) {
      const before = await keep();
      const task = await world.sealed(inputs, { changesState: true });
      const root = status_ === 1 ? bytes32("root") : ZeroHash;
      const reason = status_ === 1 ? ZeroHash : what("SCHEMA_MISMATCH");
      const result = world.result(task.facts, {
        status: status_,
        reason: reason as never,
        nextStateRoot: root as never,
      });
      for (const by of [0, 1]) await world.submit(task.facts, result, by);
      const receipt = await world.submit(task.facts, result, 2);
      expect(eventsOf(receipt, "StateAdvanced")).toHaveLength(status_ === 1 ? 1 : 0);
      const now = await status();
      expect([now.version, now.stateRoot]).toEqual([version, root]);
      expect(now.stateContributors).toBe(status_ === 1 ? 3n : 0n);
      await restore(before);
    }
  });
});

describe("after the end", () => {
  test("an equal result is paid too, once; anything else is refused", async () => {
    const wide = await world.sealed(inputs, { salt: bytes32("all four"), fee: "8" });
    const result = world.result(wide.facts);
    for (const by of [0, 1, 2]) await world.submit(wide.facts, result, by);
    const { taskManager, outsider } = world;
    const other = submitting(world.result(wide.facts, { outputLength: 1 }), 3, wide.facts);
    await expectRevert(taskManager, outsider, other, "ResultInvalid", wide.taskId, what("digest"));
    await world.submit(wide.facts, result, 3);
    expect(await earned(3)).toBe(EARNED + 2n);
    for (const by of [0, 3]) {
      const again = submitting(result, by, wide.facts);
      await expectRevert(taskManager, outsider, again, "ResultKnown", wide.taskId, by);
    }
  });

  test("an equal result counts to the end of the window only", async () => {
    const wide = await world.sealed(inputs, { salt: bytes32("all four") });
    const result = world.result(wide.facts);
    for (const by of [0, 1, 2]) await world.submit(wide.facts, result, by);
    const { taskManager, outsider, at } = world;
    const resultBy = wide.facts.time + HOUR;
    await at(resultBy + 1);
    const call = submitting(result, 3, wide.facts);
    await expectRevert(taskManager, outsider, call, "TaskTooLate", wide.taskId, resultBy);
  });
});

describe("settle", () => {
  test("gives back what nobody earned, once, after the window", async () => {
    const { taskManager, outsider, members, at, balance, vault } = world;
    const wide = await world.sealed(inputs, { salt: bytes32("all four"), fee: "9" });
    const result = world.result(wide.facts);
    for (const by of [0, 1, 2]) await world.submit(wide.facts, result, by);
    const payer = members[0]!.account;
    const before = await balance(payer);
    const resultBy = wide.facts.time + HOUR;
    const call = ["settle", wide.facts, result] as const;
    await at(resultBy);
    await expectRevert(taskManager, outsider, call, "TaskTooEarly", wide.taskId, resultBy);
    await at(resultBy + 1);
    const receipt = await send(taskManager, outsider, ...call);
    // Four workers were Ready: a share is 2, three were earned.
    expect(eventOf(receipt, "TaskSettled")["refund"]).toBe(3n);
    expect(await balance(payer)).toBe(before + 3n);
    const ended = [wide.taskId, state("Finalized"), state("Finalized")];
    await expectRevert(taskManager, outsider, call, "TaskBadTransition", ...ended);
    expect((await world.record(wide.taskId)).settled).toBe(true);
    expect(await read(vault, "totalLocked")).toBe(4n * MIN_STAKE + FEE);
  });

  test("takes the agreed result and its seal only", async () => {
    const { taskManager, outsider, warpTo } = world;
    const result = world.result(facts);
    for (const by of [0, 1, 2]) await world.submit(facts, result, by);
    await warpTo(facts.time + HOUR + 1);
    const refuse = (seal: Seal, agreed: Result, field: string) =>
      expectRevert(
        taskManager,
        outsider,
        ["settle", seal, agreed],
        "ResultInvalid",
        taskId,
        what(field),
      );
    await refuse(facts, { ...result, outputLength: 1 }, "digest");
    await refuse({ ...facts, terms: bytes32("my own terms") }, result, "sealDigest");
  });

  test("waits for the end of a task", async () => {
    const { taskManager, outsider } = world;
    const call = ["settle", facts, world.result(facts)] as const;
    const sealed = [taskId, state("Sealed"), state("Sealed")];
    await expectRevert(taskManager, outsider, call, "TaskBadTransition", ...sealed);
    const unknown = { ...facts, taskId: bytes32("unknown") };
    const nothing = ["settle", unknown, world.result(unknown)] as const;
    await expectRevert(taskManager, outsider, nothing, "TaskUnknown", unknown.taskId);
  });
});

describe("expire", () => {
  test("refunds all and slashes the silent", async () => {
    const { taskManager, outsider, members, operators, balance, at, stakeOf } = world;
    await world.submit(facts, world.result(facts), 0);
    await world.submit(facts, abstention(), 1);
    const resultBy = facts.time + HOUR;
    const call = ["expire", facts] as const;
    await at(resultBy);
    await expectRevert(taskManager, outsider, call, "TaskTooEarly", taskId, resultBy);
    await at(resultBy + 1);
    const receipt = await send(taskManager, outsider, ...call);
    const slashed = eventOf(receipt, "WorkerSlashed");
    expect([slashed["worker"], slashed["amount"]]).toEqual([operators[2]!.id, MIN_STAKE / 10n]);
    expect(await Promise.all(operators.map(({ id }) => stakeOf(id)))).toEqual([
      MIN_STAKE,
      MIN_STAKE,
      (MIN_STAKE * 9n) / 10n,
      MIN_STAKE,
    ]);
    expect(await balance(members[0]!.account)).toBe(FUNDS);
    expect(await balance(NOBODY)).toBe(MIN_STAKE / 10n);
    const again = [taskId, state("Expired"), state("Expired")];
    await expectRevert(taskManager, outsider, call, "TaskBadTransition", ...again);
  });

  test("takes the sealed facts only, and no finished task", async () => {
    const { taskManager, outsider, warpTo } = world;
    const forged = { ...facts, terms: bytes32("my own terms") };
    await warpTo(facts.time + HOUR + 1);
    const call = ["expire", forged] as const;
    await expectRevert(taskManager, outsider, call, "ResultInvalid", taskId, what("seal"));
    await world.restore(snapshot);
    snapshot = await world.snapshot();
    for (const by of [0, 1, 2]) await world.submit(facts, world.result(facts), by);
    await warpTo(facts.time + HOUR + 1);
    const done = [taskId, state("Finalized"), state("Expired")];
    await expectRevert(taskManager, outsider, ["expire", facts], "TaskBadTransition", ...done);
  });
});
