import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashTerms } from "../../protocol/typed-data.ts";
import type { Committee, InputRef, Result, Seal } from "../../protocol/schema.ts";
import { NOBODY, DAY, HOUR, bytes32, eventOf, expectRevert, send, what } from "./support.ts";
import { FUNDS, MIN_STAKE, createWorld, type World } from "./world.ts";

let world: World;
let inputs: InputRef[];
let facts: Seal;
let taskId: string;
let honest: Result;
let lie: Result;
let snapshot: string;
beforeAll(async () => {
  world = await createWorld({ members: 2, workers: 3, threshold: 2 });
  await world.joinAll();
  inputs = [0, 1].map((member) => ({ member, table: 0, dataset: bytes32(`data ${member}`) }));
  for (const { member, dataset } of inputs) await world.commit(member, dataset);
  ({ facts } = await world.sealed(inputs, { fee: "0" }));
  ({ taskId } = facts);
  honest = world.result(facts);
  lie = world.result(facts, { outputCommitment: bytes32("lie") });
});
beforeEach(async () => {
  snapshot = await world.snapshot();
});
afterEach(() => world.restore(snapshot));

/** A report on worker `by`, each result signed by that worker or by whom it says. */
function reporting(by: number, a: Result, b: Result, signers = [by, by], seal: Seal = facts) {
  const [one, two] = [world.signResult(a, signers[0]!), world.signResult(b, signers[1]!)];
  return ["reportFault", seal, by, a, one.signature, b, two.signature] as const;
}
async function expectSlashed(call: readonly [string, ...unknown[]], by: number) {
  const { taskManager, outsider, operators, members, balance, stakeOf } = world;
  const receipt = await send(taskManager, outsider, ...call);
  expect(eventOf(receipt, "FaultReported")["worker"]).toBe(BigInt(by));
  expect(await stakeOf(operators[by]!.id)).toBe(0n);
  // To nobody: paid to a party of the task, a slash could be provoked, or paid to oneself.
  expect(await balance(members[0]!.account)).toBe(FUNDS);
  expect(await balance(NOBODY)).toBe(MIN_STAKE);
  await expectRevert(taskManager, outsider, call, "FaultNotProven", taskId);
}
const expectUnproven = (call: readonly [string, ...unknown[]], id = taskId) =>
  expectRevert(world.taskManager, world.outsider, call, "FaultNotProven", id);

describe("two successes on one seal cost the stake", () => {
  test("while the task is sealed", () => expectSlashed(reporting(2, honest, lie), 2));

  test("after it expired", async () => {
    const { taskManager, outsider, warpTo } = world;
    for (const by of [0, 1, 2])
      await world.submit(facts, world.result(facts, { status: 3, reason: what("INTERNAL") }), by);
    await warpTo(facts.time + HOUR + 1);
    await send(taskManager, outsider, "expire", facts);
    await expectSlashed(reporting(0, honest, lie), 0);
  });

  test("and the second one is not taken", async () => {
    await world.submit(facts, honest, 2);
    const { taskManager, outsider } = world;
    const call = ["submitResult", facts, lie, world.signResult(lie, 2)] as const;
    await expectRevert(taskManager, outsider, call, "ResultKnown", taskId, 2);
  });

  test("and the fee: the caught one is not paid, and not slashed for silence too", async () => {
    const paid = await world.sealed(inputs, { fee: "300", salt: bytes32("paid") });
    const [a, b] = [world.result(paid.facts), world.result(paid.facts, { outputLength: 1 })];
    await world.submit(paid.facts, a, 2);
    const call = reporting(2, a, b, [2, 2], paid.facts);
    await send(world.taskManager, world.outsider, ...call);
    await world.submit(paid.facts, a, 0);
    const { operators, balance } = world;
    expect(await balance(operators[2]!.account)).toBe(FUNDS - MIN_STAKE);
    expect(await balance(operators[0]!.account)).toBe(FUNDS - MIN_STAKE + 100n);
  });
});

describe("one success against the agreed result costs the stake", () => {
  beforeEach(async () => {
    for (const by of [0, 1]) await world.submit(facts, honest, by);
  });

  test("without a signature on the agreed one", async () => {
    const [name, seal, by, a, , b, signature] = reporting(2, honest, lie);
    await expectSlashed([name, seal, by, a, "0x", b, signature], 2);
  });

  test("until the end of the challenge window", async () => {
    const { taskManager, outsider, at } = world;
    const deadline = facts.time + HOUR + DAY;
    const call = reporting(2, honest, lie);
    await at(deadline + 1);
    await expectRevert(taskManager, outsider, call, "TaskTooLate", taskId, deadline);
    await at(deadline);
    await expectSlashed(call, 2);
  });

  test("also when the committee has changed since", async () => {
    const { secretContracts, outsider, members, termsHash } = world;
    const workers = [world.committee.workers[1]!];
    const committee: Committee = { version: 2, threshold: 1, workers };
    const signatures = members.map(({ key }) =>
      world.sign(key, "CommitteeChange", { terms: termsHash, committee }),
    );
    await send(secretContracts, outsider, "changeCommittee", termsHash, committee, signatures);
    await expectSlashed(reporting(2, honest, lie), 2);
  });

  test("but not two lies without the agreed result: the seal could be anybody's", () =>
    expectUnproven(reporting(2, lie, world.result(facts, { outputLength: 3 }))));
});

test("a success against an agreed failure costs the stake", async () => {
  const failed = world.result(facts, { status: 2, reason: what("SCHEMA_MISMATCH") });
  for (const by of [0, 1]) await world.submit(facts, failed, by);
  await expectSlashed(reporting(2, failed, lie), 2);
});

describe("the honest are safe", () => {
  test.each([
    ["one result", () => reporting(0, honest, honest)],
    ["a success and a failure", () => reporting(0, honest, failureOf())],
    ["a failure and a success", () => reporting(0, failureOf(), honest)],
    ["two failures", () => reporting(0, failureOf(), { ...failureOf(), reason: what("OTHER") })],
    ["another's result", () => reporting(0, honest, lie, [0, 2])],
    ["a stranger's worker index", () => reporting(0, honest, lie, [2, 2])],
  ])("from %s", (_name, call) => expectUnproven(call()));

  const failureOf = () => world.result(facts, { status: 2, reason: what("SCHEMA_MISMATCH") });

  test("from results of two seals", async () => {
    const other = await world.sealed(inputs, { salt: bytes32("other") });
    const elsewhere = world.result(other.facts, { outputLength: 9 });
    await expectUnproven(reporting(0, honest, elsewhere));
    await expectUnproven(reporting(0, elsewhere, honest));
  });

  test("from the agreed failure after an own failure", async () => {
    for (const by of [0, 1]) await world.submit(facts, failureOf(), by);
    const different = world.result(facts, { status: 2, reason: what("POLICY") });
    await expectUnproven(reporting(2, failureOf(), different));
  });

  test("from reports on tasks that were never sealed", async () => {
    const proposal = await world.proposal(inputs, { salt: bytes32("open") });
    await world.propose(proposal);
    const open = { ...facts, taskId: proposal.taskId };
    const [a, b] = [world.result(open), world.result(open, { outputLength: 1 })];
    await expectUnproven(reporting(0, a, b, [0, 0], open), proposal.taskId);
    const unknown = { ...facts, taskId: bytes32("unknown") };
    const call = reporting(0, a, b, [0, 0], unknown);
    const { taskManager, outsider } = world;
    await expectRevert(taskManager, outsider, call, "TaskUnknown", unknown.taskId);
  });

  test("from indices beyond the committee", () =>
    expectUnproven(["reportFault", facts, 200, honest, "0x", lie, "0x"]));
});

describe("the guilty cannot choose where their stake goes", () => {
  test("by facts of terms of their own, before or after the end", async () => {
    const { secretContracts, deployer, deployment, terms } = world;
    // A contract in which the culprit is the requester and the committee the same.
    const mine = {
      ...terms,
      salt: bytes32("mine"),
      members: [terms.members[1]!],
    };
    await send(secretContracts, deployer, "create", mine);
    const forged = { ...facts, terms: hashTerms(deployment, mine) };
    const [a, b] = [world.result(forged), world.result(forged, { outputLength: 1 })];
    const call = reporting(2, a, b, [2, 2], forged);
    await expectUnproven(call);
    for (const by of [0, 1]) await world.submit(facts, honest, by);
    await expectUnproven(call);
  });
});
