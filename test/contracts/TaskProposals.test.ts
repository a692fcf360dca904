import { ZeroHash } from "ethers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toHex } from "../../protocol/bytes.ts";
import { hashParams } from "../../protocol/identity.ts";
import type { InputRef, Task } from "../../protocol/schema.ts";
import { signDigest } from "../../protocol/typed-data.ts";
import {
  DAY,
  bytes32,
  eventOf,
  expectRevert,
  expectSuccess,
  keyOf,
  lower,
  read,
  send,
  state,
  what,
} from "./support.ts";
import { FEE, FUNDS, PARAMS, createWorld, type Proposal, type World } from "./world.ts";

let world: World;
let inputs: InputRef[];
let snapshot: string;
beforeAll(async () => {
  // Member 2 may contribute only.
  world = await createWorld({ members: 3, workers: 3, threshold: 2, abilities: [15, 15, 1] });
  await world.joinAll();
  inputs = [0, 1].map((member) => ({ member, table: 0, dataset: bytes32(`data ${member}`) }));
  for (const { member, dataset } of inputs) await world.commit(member, dataset);
});
beforeEach(async () => {
  snapshot = await world.snapshot();
});
afterEach(() => world.restore(snapshot));

const proposing = ({ task, inputs: list }: Proposal, params: Uint8Array = PARAMS) =>
  ["propose", task, list, toHex(params)] as const;

describe("propose", () => {
  test("records the task under its digest and locks the fee", async () => {
    const { taskManager, vault, members, balance, record } = world;
    const proposal = await world.proposal(inputs);
    const locked: bigint = await read(vault, "totalLocked");
    const receipt = await world.propose(proposal);
    const event = eventOf(receipt, "TaskProposed");
    expect(event["taskId"]).toBe(proposal.taskId);
    expect(event["inputs"].map((input: string[]) => input[2])).toEqual(
      inputs.map(({ dataset }) => dataset),
    );
    expect(event["params"]).toBe(toHex(PARAMS));
    expect(await balance(members[0]!.account)).toBe(FUNDS - FEE);
    expect(await read(vault, "totalLocked")).toBe(locked + FEE);
    const stored = await record(proposal.taskId);
    expect([stored.digest, stored.state]).toEqual([proposal.taskId, state("Proposed")]);
    expect([stored.fee, lower(stored.payer)]).toEqual([FEE, members[0]!.account]);
    expect([stored.required, stored.sealBy]).toEqual([3n, BigInt(proposal.task.sealBy)]);
    expect([stored.proposedBlock, stored.resultBy]).toEqual([BigInt(receipt.blockNumber), 0n]);
    expect(await read(taskManager, "hashTask", proposal.task)).toBe(proposal.taskId);
    const { signer } = members[0]!;
    await expectRevert(taskManager, signer, proposing(proposal), "TaskKnown", proposal.taskId);
  });

  const cases: [string, Partial<Task>, string, ...unknown[]][] = [
    ["an epsilon", { epsilon: 1 }, "TaskEpsilonUnsupported", 1],
    ["no function", { functionName: "" }, "TaskInvalid", what("functionName")],
    ["a long name", { functionName: "f".repeat(65) }, "TaskInvalid", what("functionName")],
    ["other parameters", { paramsHash: bytes32("other") }, "TaskInvalid", what("params")],
    ["no recipients", { recipients: 0 }, "TaskInvalid", what("recipients")],
    ["other inputs", { inputsRoot: bytes32("other") }, "TaskInvalid", what("inputsRoot")],
    ["a short window", { resultWindow: 59 }, "TaskInvalid", what("resultWindow")],
    ["a long window", { resultWindow: 30 * DAY + 1 }, "TaskInvalid", what("resultWindow")],
  ];
  test.each(cases)("refuses %s", async (_name, change, error, ...args) => {
    const { taskManager, members } = world;
    const proposal = await world.proposal(inputs, change);
    await expectRevert(taskManager, members[0]!.signer, proposing(proposal), error, ...args);
  });

  test("takes sealBy from a minute to thirty days ahead", async () => {
    const { taskManager, members, now, at } = world;
    const time = (await now()) + 10;
    for (const [ahead, good] of [
      [59, false],
      [60, true],
      [30 * DAY, true],
      [30 * DAY + 1, false],
    ] as const) {
      await at(time);
      const call = proposing(await world.proposal(inputs, { sealBy: time + ahead }));
      const { signer } = members[0]!;
      if (good) await expectSuccess(taskManager, signer, call);
      else await expectRevert(taskManager, signer, call, "TaskInvalid", what("sealBy"));
    }
  });

  test("takes 16384 bytes of parameters and no more", async () => {
    const { taskManager, members } = world;
    const { signer } = members[0]!;
    const call = async (length: number) => {
      const params = new Uint8Array(length).fill(0x20);
      const proposal = await world.proposal(inputs, { paramsHash: hashParams(params) });
      return proposing(proposal, params);
    };
    await expectSuccess(taskManager, signer, await call(16_384));
    await expectRevert(taskManager, signer, await call(16_385), "TaskInvalid", what("params"));
  });

  test("takes inputs in their order only, each once, at most 64", async () => {
    const { taskManager, members, termsHash, secretContracts } = world;
    const { signer } = members[0]!;
    const [a, b] = inputs as [InputRef, InputRef];
    const many: InputRef[] = Array.from({ length: 65 }, (_, i) => ({
      member: 0,
      table: 1,
      dataset: `0x${(i + 1).toString(16).padStart(64, "0")}`,
    }));
    for (const list of [[b, a], [a, a, b], many]) {
      const call = proposing(await world.proposal(list));
      await expectRevert(taskManager, signer, call, "TaskInvalid", what("inputs"));
    }
    for (const { dataset } of many)
      await send(secretContracts, signer, "commitDataset", termsHash, 0, 1, 0, dataset, 1);
    const most = proposing(await world.proposal(many.slice(0, 64)));
    await expectSuccess(taskManager, signer, most);
  });

  test.each([
    ["never committed", { dataset: bytes32("never") }],
    ["of another member", { member: 1 }],
    ["of another table", { table: 1 }],
  ])("refuses a dataset %s", async (_name, change) => {
    const { taskManager, members } = world;
    const input = { ...inputs[0]!, ...change };
    await expectRevert(
      taskManager,
      members[0]!.signer,
      proposing(await world.proposal([input])),
      "TaskDatasetUnavailable",
      input.member,
      input.dataset,
    );
  });

  test("a withdrawn dataset is in no new task, but in those that pinned it", async () => {
    const { secretContracts, taskManager, members, termsHash } = world;
    const pinned = await world.proposal(inputs);
    await world.propose(pinned);
    const { dataset } = inputs[1]!;
    await send(secretContracts, members[1]!.signer, "withdrawDataset", termsHash, 1, dataset);
    await world.seal(pinned);
    await expectRevert(
      taskManager,
      members[0]!.signer,
      proposing(await world.proposal(inputs, { salt: bytes32("later") })),
      "TaskDatasetUnavailable",
      1,
      dataset,
    );
  });

  test("is by a member who may request, for members who may receive", async () => {
    const { taskManager, members, outsider, termsHash } = world;
    const caller = await outsider.getAddress();
    const proposal = await world.proposal(inputs);
    await expectRevert(
      taskManager,
      outsider,
      proposing(proposal),
      "MemberUnauthorized",
      termsHash,
      0,
      caller,
    );
    const byContributor = await world.proposal(inputs, { requester: 2 });
    await expectRevert(
      taskManager,
      members[2]!.signer,
      proposing(byContributor),
      "MemberAbilityMissing",
      termsHash,
      2,
      2,
    );
    for (const [recipients, lowest] of [
      [0b111, 2],
      [0b1001, 3],
    ]) {
      const call = proposing(await world.proposal(inputs, { recipients: recipients! }));
      await expectRevert(
        taskManager,
        members[0]!.signer,
        call,
        "MemberAbilityMissing",
        termsHash,
        lowest,
        4,
      );
    }
  });

  // The task is hashed as it stands in the calldata, so no field may hold more than its type.
  test.each([
    ["requester", 1],
    ["recipients", 6],
    ["changesState", 7],
    ["epsilon", 8],
    ["fee", 10],
    ["sealBy", 11],
    ["resultWindow", 12],
  ])("refuses a %s with bits beyond its type", async (_name, word) => {
    const { taskManager, members } = world;
    const { signer } = members[0]!;
    const [name, ...args] = proposing(await world.proposal(inputs));
    const data = taskManager.interface.encodeFunctionData(name, args);
    const to = await taskManager.getAddress();
    await expect(signer.call({ to, data, blockTag: "pending" })).resolves.toHaveLength(66);
    // Selector, three offsets, then the task's words; the top byte of one is set.
    const position = 2 + 2 * (4 + 32 * (3 + word));
    const dirty = `${data.slice(0, position)}01${data.slice(position + 2)}`;
    await expect(signer.call({ to, data: dirty, blockTag: "pending" })).rejects.toThrow(/revert/u);
  });

  test("needs the fee in the vault", async () => {
    const { taskManager, members } = world;
    const { signer, account } = members[0]!;
    const fee = FUNDS + 1n;
    const call = proposing(await world.proposal(inputs, { fee: String(fee) }));
    await expectRevert(taskManager, signer, call, "VaultBalanceTooLow", account, FUNDS, fee);
  });
});

describe("consent and ready on chain", () => {
  let proposal: Proposal;
  beforeEach(async () => {
    proposal = await world.proposal(inputs);
    await world.propose(proposal);
  });

  test("count as those brought along", async () => {
    const { taskManager, outsider, record } = world;
    const { task, taskId } = proposal;
    const [one, two] = world.consents(taskId, 0, 1);
    const readies = world.readies(taskId);
    const receipt = await send(taskManager, outsider, "consent", task, one);
    expect(eventOf(receipt, "TaskConsented")["member"]).toBe(0n);
    for (const ready of [readies[0], readies[2]])
      expect(
        eventOf(await send(taskManager, outsider, "ready", task, ready), "TaskReady")["worker"],
      ).toBe(BigInt(ready!.by));
    const before = await record(taskId);
    expect([before.consented, before.ready]).toEqual([1n, 5n]);
    // One that is on chain already may come along once more: whoever seals cannot know who was faster.
    await send(taskManager, outsider, "seal", task, [one, two], []);
    const after = await record(taskId);
    expect([after.consented, after.ready, after.state]).toEqual([3n, 5n, state("Sealed")]);
  });

  test("are refused twice, from strangers, and for no member or worker", async () => {
    const { taskManager, outsider } = world;
    const { task, taskId } = proposal;
    const [consent] = world.consents(taskId, 0);
    const [ready] = world.readies(taskId, [0]);
    await send(taskManager, outsider, "consent", task, consent);
    await send(taskManager, outsider, "ready", task, ready);
    const forged = signDigest(keyOf("stranger"), taskId);
    for (const [method, signed] of [
      ["consent", consent],
      ["consent", { by: 1, signature: forged }],
      ["consent", { by: 1, signature: "0x" }],
      ["consent", { by: 3, signature: forged }],
      ["consent", { by: 200, signature: forged }],
      ["ready", ready],
      ["ready", { by: 1, signature: forged }],
      ["ready", { by: 3, signature: forged }],
      ["ready", { by: 200, signature: "0x" }],
    ] as const) {
      const error = method === "consent" ? "TaskConsentInvalid" : "TaskReadyInvalid";
      const call = [method, task, signed] as const;
      await expectRevert(taskManager, outsider, call, error, taskId, signed!.by);
    }
  });

  test("are refused for tasks nobody proposed, and for those that are sealed", async () => {
    const { taskManager, outsider } = world;
    const unknown = await world.proposal([], { salt: bytes32("unknown") });
    await world.seal(proposal);
    const calls = ({ task, taskId }: Proposal) =>
      [
        ["consent", task, world.consents(taskId, 0)[0]],
        ["ready", task, world.readies(taskId, [0])[0]],
      ] as const;
    for (const call of calls(unknown))
      await expectRevert(taskManager, outsider, call, "TaskUnknown", unknown.taskId);
    const { taskId } = proposal;
    const sealed = [taskId, state("Sealed"), state("Sealed")];
    for (const call of calls(proposal))
      await expectRevert(taskManager, outsider, call, "TaskBadTransition", ...sealed);
  });
});

describe("veto", () => {
  test("is the right of every member whose data the task reads", async () => {
    const { taskManager, members, balance, record, termsHash } = world;
    const proposal = await world.proposal(inputs);
    await world.propose(proposal);
    const { task, taskId } = proposal;
    const [, owner, other] = members;
    const call = ["veto", task, 2] as const;
    const refused = [taskId, other!.account];
    await expectRevert(taskManager, other!.signer, call, "TaskUnauthorized", ...refused);
    await expectRevert(
      taskManager,
      other!.signer,
      ["veto", task, 1],
      "MemberUnauthorized",
      termsHash,
      1,
      other!.account,
    );
    const receipt = await send(taskManager, owner!.signer, "veto", task, 1);
    expect(eventOf(receipt, "TaskVetoed")["member"]).toBe(1n);
    expect((await record(taskId)).state).toBe(state("Cancelled"));
    expect(await balance(members[0]!.account)).toBe(FUNDS);
  });

  test("is also for those whose data is in the state", async () => {
    const { taskManager, members } = world;
    const { facts } = await world.sealed(inputs, { changesState: true });
    const result = world.result(facts, { nextStateRoot: bytes32("state") });
    for (const by of [0, 1]) await world.submit(facts, result, by);
    // Reads no dataset of anyone, but the state.
    const query = await world.proposal([], { salt: bytes32("query") });
    await world.propose(query);
    await send(taskManager, members[1]!.signer, "veto", query.task, 1);
    expect((await world.record(query.taskId)).state).toBe(state("Cancelled"));
  });

  test("comes too late when the task is sealed", async () => {
    const { taskManager, members } = world;
    const { task, taskId } = await world.sealed(inputs);
    const call = ["veto", task, 1] as const;
    const args = [taskId, state("Sealed"), state("Cancelled")];
    await expectRevert(taskManager, members[1]!.signer, call, "TaskBadTransition", ...args);
  });
});

describe("cancel", () => {
  test("is the requester's any time, everyone's after sealBy", async () => {
    const { taskManager, members, outsider, balance, at, record } = world;
    const [one, two] = await Promise.all([
      world.proposal(inputs),
      world.proposal(inputs, { salt: bytes32("two") }),
    ]);
    await world.propose(one);
    await world.propose(two);
    await send(taskManager, members[0]!.signer, "cancel", one.taskId);
    expect(await balance(members[0]!.account)).toBe(FUNDS - FEE);
    const { sealBy } = two.task;
    await at(sealBy);
    const call = ["cancel", two.taskId] as const;
    await expectRevert(taskManager, outsider, call, "TaskTooEarly", two.taskId, sealBy);
    await at(sealBy + 1);
    await send(taskManager, outsider, ...call);
    expect(await balance(members[0]!.account)).toBe(FUNDS);
    const stored = await record(two.taskId);
    expect([stored.state, stored.digest]).toEqual([state("Cancelled"), two.taskId]);
  });

  test("happens once, and not to a sealed or unknown task", async () => {
    const { taskManager, members } = world;
    const { signer } = members[0]!;
    const refuse = (taskId: string, from: string) =>
      expectRevert(
        taskManager,
        signer,
        ["cancel", taskId],
        "TaskBadTransition",
        taskId,
        state(from),
        state("Cancelled"),
      );
    const { taskId } = await world.sealed(inputs);
    await refuse(taskId, "Sealed");
    const proposal = await world.proposal(inputs, { salt: bytes32("again") });
    await world.propose(proposal);
    await send(taskManager, signer, "cancel", proposal.taskId);
    await refuse(proposal.taskId, "Cancelled");
    const unknown = bytes32("unknown");
    await expectRevert(taskManager, signer, ["cancel", unknown], "TaskUnknown", unknown);
    expect((await world.record(unknown)).digest).toBe(ZeroHash);
  });
});
