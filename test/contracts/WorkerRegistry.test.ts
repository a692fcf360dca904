import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Hex } from "../../protocol/bytes.ts";
import { hashBinding, hashWorker } from "../../protocol/identity.ts";
import {
  DAY,
  HOUR,
  bytes32,
  eventOf,
  eventsOf,
  expectRevert,
  lower,
  read,
  send,
} from "./support.ts";
import { FUNDS, MIN_STAKE, createWorld, type Operator, type World } from "./world.ts";

const LIFETIME = 30 * DAY;
const URL = "http://worker.test";
let world: World;
let fresh: Operator;
let snapshot: string;
beforeAll(async () => {
  world = await createWorld({ workers: 2, threshold: 2 });
  fresh = await world.operator(world.spare[0]!, 7);
  await world.fund(fresh.signer, fresh.account);
  await world.joinAll();
});
beforeEach(async () => {
  snapshot = await world.snapshot();
});
afterEach(() => world.restore(snapshot));

describe("register", () => {
  test("binds keys to an operator and locks the stake", async () => {
    const { workerRegistry, balance, vault } = world;
    const locked: bigint = await read(vault, "totalLocked");
    const receipt = await world.register(fresh);
    const { timestamp } = await receipt.getBlock();
    const event = eventOf(receipt, "WorkerRegistered");
    expect(event["worker"]).toBe(fresh.id);
    expect(event["protection"]).toBe(1n);
    expect(event["validUntil"]).toBe(BigInt(timestamp + LIFETIME));
    const worker = await read(workerRegistry, "workerOf", fresh.id);
    expect([lower(worker.operator), lower(worker.signer), worker.stake, worker.epoch]).toEqual([
      fresh.account,
      fresh.keys.signer,
      MIN_STAKE,
      1n,
    ]);
    expect(await read(workerRegistry, "endpointOf", fresh.id)).toBe(URL);
    expect(await balance(fresh.account)).toBe(FUNDS - MIN_STAKE);
    expect(await read(vault, "totalLocked")).toBe(locked + MIN_STAKE);
  });

  test("renews with the same keys and no more stake, and counts the epoch", async () => {
    const { workerRegistry } = world;
    await world.register(fresh);
    const old = await world.evidence(fresh);
    await world.register(fresh, 0n);
    const worker = await read(workerRegistry, "workerOf", fresh.id);
    expect([worker.stake, worker.epoch]).toEqual([MIN_STAKE, 2n]);
    // The evidence of the second registration does not serve for a third.
    const bindings = await Promise.all(
      [2, 1].map((epoch) => read(workerRegistry, "binding", fresh.account, fresh.keys, epoch)),
    );
    const call = ["register", fresh.keys, URL, 1, old, 0n] as const;
    await expectRevert(workerRegistry, fresh.signer, call, "EvidenceBindingMismatch", ...bindings);
  });

  test("is by the operator the evidence names", async () => {
    const { workerRegistry, operators } = world;
    const thief = operators[0]!;
    const call = ["register", fresh.keys, URL, 1, await world.evidence(fresh), MIN_STAKE] as const;
    await expectRevert(
      workerRegistry,
      thief.signer,
      call,
      "EvidenceBindingMismatch",
      await read(workerRegistry, "binding", thief.account, fresh.keys, 0),
      await read(workerRegistry, "binding", fresh.account, fresh.keys, 0),
    );
    await world.register(fresh);
    await expectRevert(
      workerRegistry,
      thief.signer,
      call,
      "WorkerNotOperator",
      fresh.id,
      thief.account,
    );
  });

  test("refuses a measurement the evidence does not prove", async () => {
    const { workerRegistry } = world;
    const measurement = bytes32("something else");
    const proof = await world.evidence(fresh, { measurement });
    await expectRevert(
      workerRegistry,
      fresh.signer,
      ["register", fresh.keys, URL, 1, proof, MIN_STAKE],
      "WorkerMeasurementMismatch",
      fresh.keys.measurement,
      measurement,
    );
  });

  test.each([
    ["an unknown kind", { kind: 3 }, "WorkerKindUnknown", 3],
    ["no endpoint", { url: "" }, "WorkerEndpointInvalid", 0],
    ["a long endpoint", { url: "u".repeat(257) }, "WorkerEndpointInvalid", 257],
    ["a short sealing key", { sealingKey: `0x02${"11".repeat(31)}` }, "WorkerSealingKeyInvalid"],
    ["an uncompressed key", { sealingKey: `0x04${"11".repeat(32)}` }, "WorkerSealingKeyInvalid"],
  ])("refuses %s", async (_name, change, error, ...args) => {
    const { workerRegistry } = world;
    const { kind, url, sealingKey } = { kind: 1, url: URL, ...fresh.keys, ...change };
    const keys = { ...fresh.keys, sealingKey };
    const proof = await world.evidence(fresh);
    const call = ["register", keys, url, kind, proof, MIN_STAKE] as const;
    await expectRevert(workerRegistry, fresh.signer, call, error, ...args);
  });

  test("refuses too little stake, and stake one does not have", async () => {
    const { workerRegistry } = world;
    const proof = await world.evidence(fresh);
    const refuse = (stake: bigint, error: string, ...args: unknown[]) =>
      expectRevert(
        workerRegistry,
        fresh.signer,
        ["register", fresh.keys, URL, 1, proof, stake],
        error,
        ...args,
      );
    await refuse(MIN_STAKE - 1n, "WorkerStakeTooLow", fresh.id, MIN_STAKE - 1n, MIN_STAKE);
    await refuse(FUNDS + 1n, "VaultBalanceTooLow", fresh.account, FUNDS, FUNDS + 1n);
  });
});

describe("stake", () => {
  test("can be added by anyone and goes back to the operator", async () => {
    const { workerRegistry, members, balance, stakeOf } = world;
    await world.register(fresh);
    const friend = members[0]!;
    const receipt = await send(workerRegistry, friend.signer, "addStake", fresh.id, 500n);
    expect(eventOf(receipt, "StakeAdded")["stake"]).toBe(MIN_STAKE + 500n);
    expect(await stakeOf(fresh.id)).toBe(MIN_STAKE + 500n);
    expect(await balance(friend.account)).toBe(FUNDS - 500n);
    await send(workerRegistry, fresh.signer, "withdrawStake", fresh.id);
    expect(await balance(fresh.account)).toBe(FUNDS + 500n);
    expect(await stakeOf(fresh.id)).toBe(0n);
  });

  test("of another or of nobody is out of reach", async () => {
    const { workerRegistry, outsider, operators } = world;
    const caller = await outsider.getAddress();
    const { id } = operators[0]!;
    const call = ["withdrawStake", id] as const;
    await expectRevert(workerRegistry, outsider, call, "WorkerNotOperator", id, caller);
    for (const method of [
      ["withdrawStake", fresh.id] as const,
      ["addStake", fresh.id, 1n] as const,
    ])
      await expectRevert(workerRegistry, outsider, method, "WorkerUnknown", fresh.id);
  });

  test("is locked through window and challenge of a task, to the end of the day", async () => {
    const { workerRegistry, operators, at, warpTo } = world;
    const { id, signer } = operators[0]!;
    const { receipt, facts } = await world.sealed();
    const needed = facts.time + HOUR + DAY;
    const lockedUntil = (Math.floor(needed / DAY) + 1) * DAY;
    const engaged = eventsOf(receipt, "WorkerEngaged").map((event) => event["lockedUntil"]);
    expect(engaged).toEqual([BigInt(lockedUntil), BigInt(lockedUntil)]);
    const call = ["withdrawStake", id] as const;
    await expectRevert(workerRegistry, signer, call, "WorkerStakeLocked", id, lockedUntil);
    await warpTo(lockedUntil);
    await at(lockedUntil + 1);
    await send(workerRegistry, signer, "withdrawStake", id);
    expect(await world.stakeOf(id)).toBe(0n);
  });
});

describe("engage and slash", () => {
  test.each([
    ["engage", [1, 0]],
    ["slash", [1]],
  ] as const)("%s is for the task manager", async (method, args) => {
    const { workerRegistry, outsider } = world;
    const caller = await outsider.getAddress();
    const call = [method, fresh.id, ...args] as const;
    await expectRevert(workerRegistry, outsider, call, "WorkerRegistryUnauthorized", caller);
  });

  /** Sealing with a worker that is not fit must fail with this error. */
  async function expectUnfit(
    error: string,
    args: (neededUntil: number) => unknown[],
  ): Promise<void> {
    const proposal = await world.proposal();
    await world.propose(proposal);
    await world.mine();
    const time = (await world.now()) + 10;
    await world.at(time);
    const { taskManager, outsider } = world;
    const call = ["seal", proposal.task, [], world.readies(proposal.taskId)] as const;
    await expectRevert(taskManager, outsider, call, error, ...args(time + HOUR + DAY));
  }

  test("expired evidence engages nobody, and renewal helps", async () => {
    const { operators, workerRegistry, warpTo } = world;
    const { id } = operators[0]!;
    const { validUntil } = await read(workerRegistry, "workerOf", id);
    await warpTo(Number(validUntil) - HOUR - DAY);
    await expectUnfit("WorkerEvidenceExpires", (needed) => [id, validUntil, needed]);
    for (const operator of operators) await world.register(operator, 0n);
    const { facts } = await world.sealed();
    expect(facts.protection).toBe(1);
  });

  test("a worker that left, or never came, is engaged by nobody", async () => {
    const { operators, workerRegistry } = world;
    const { id, signer } = operators[0]!;
    await send(workerRegistry, signer, "withdrawStake", id);
    await expectUnfit("WorkerEvidenceExpires", (needed) => [id, 0, needed]);
  });

  test("a worker below the least stake is engaged by nobody", async () => {
    const { operators, taskManager, outsider } = world;
    const { id } = operators[0]!;
    const { facts } = await world.sealed();
    await world.warpTo(facts.time + HOUR + 1);
    await send(taskManager, outsider, "expire", facts);
    await expectUnfit("WorkerStakeTooLow", () => [id, (MIN_STAKE * 9n) / 10n, MIN_STAKE]);
  });
});

describe("idOf and binding", () => {
  test("are the protocol's hashes", async () => {
    const { workerRegistry, deployment } = world;
    expect(await read(workerRegistry, "idOf", fresh.keys)).toBe(hashWorker(fresh.keys));
    const registry = lower(await workerRegistry.getAddress());
    const { account: operator, keys } = fresh;
    const facts = { chainId: deployment.chainId, registry, operator, ...keys, epoch: 3 };
    const expected: Hex = hashBinding(facts);
    expect(await read(workerRegistry, "binding", operator, keys, 3)).toBe(expected);
  });

  test("verifierOf knows the kinds of the deployment only", async () => {
    const { workerRegistry, addresses } = world;
    expect(await read(workerRegistry, "verifierOf", 1)).toBe(addresses.simulatedVerifier);
    expect(await read(workerRegistry, "verifierOf", 3)).toBe(`0x${"00".repeat(20)}`);
  });
});
