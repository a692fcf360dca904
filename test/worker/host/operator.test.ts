/** An operator's day: what is due, draining, renewing, moving to another machine. Processes, the real enclave, a real chain. */
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "../../../client/sdk/index.ts";
import { WorkerStatus } from "../../../protocol/api.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { parseShape } from "../../../protocol/schema.ts";
import { connectProvider } from "../../../protocol/chain/node.ts";
import type { OperatorStatus } from "../../../worker/host/commands/status.ts";
import { Collaboration, london } from "./support/collaboration.ts";
import { runWorker, type WorkerCommand } from "./support/command.ts";

const patience = { timeout: 30_000 };
const MINUTE = 60;
let world: Collaboration;
let measurement: Hex;

beforeAll(async () => {
  world = await Collaboration.begin();
  measurement = ((await runWorker("measurement")).json as { measurement: Hex }).measurement;
});
afterAll(() => world.end());

const run = async (home: string, verb: string, ...flags: string[]) => {
  const { code, json, stderr } = await runWorker(verb, "--home", home, ...flags);
  if (code !== 0) throw new Error(stderr);
  return json;
};
const statusOf = async (home: string) => (await run(home, "status")) as OperatorStatus;
const said = async ({ endpoint }: WorkerCommand) =>
  parseShape(WorkerStatus, await (await fetch(`${endpoint}/v1/status`)).json(), "status");

/** A party, its data with this worker, and a task that lacks its consent. */
async function propose(
  worker: WorkerCommand,
): Promise<{ party: Client; taskId: Hex; terms: Hex; dataset: Hex }> {
  const party = world.party([measurement]);
  const terms = await world.contract([party], [worker], 1);
  const { dataset } = await party.dataset.contribute({ terms, table: "locations", rows: london });
  const { taskId } = await party.task.propose({ terms, function: "cluster", params: { k: 2 } });
  return { party, taskId, terms, dataset };
}
const isReady = async ({ endpoint }: WorkerCommand, task: Hex) => {
  const box = await fetch(`${endpoint}/v1/tasks/${task}/consents`);
  return ((await box.json()) as { readies: object[] }).readies.length;
};

describe("worker status", () => {
  it("says what is due, what was earned and what runs out, running or not", async () => {
    const home = await world.addWorker("status");
    const stopped = await statusOf(home);
    expect(stopped).toMatchObject({
      running: false,
      draining: false,
      protection: "simulated",
      jobs: {},
      due: [],
      money: { vault: "0", stake: `200${"0".repeat(18)}`, lockedUntil: 0 },
      advice: [`It does not run: cloister worker start --home ${home}`],
    });
    expect(stopped.evidence?.secondsLeft).toBeGreaterThan(7 * 86_400);

    const worker = await world.start(home);
    const { party, taskId } = await propose(worker);
    await expect.poll(() => isReady(worker, taskId), patience).toBe(1);
    const waiting = await statusOf(home);
    expect(waiting).toMatchObject({ running: true, worker: stopped.worker, advice: [] });
    expect(waiting.due).toMatchObject([{ task: taskId, what: "seal" }]);
    const seconds = Date.now() / 1000;
    expect(waiting.due[0]!.by).toBeGreaterThan(seconds + MINUTE);
    await worker.stop();
    expect(await statusOf(home)).toMatchObject({ jobs: { proposed: 1 }, due: waiting.due });

    const again = await world.start(home);
    await party.task.consent(taskId);
    await party.task.wait(taskId, { timeoutSeconds: 60 });
    await expect.poll(() => statusOf(home), patience).toMatchObject({ jobs: {}, due: [] });
    const paid = await statusOf(home);
    expect(paid.money.lockedUntil).toBeGreaterThan(seconds);
    expect(BigInt(paid.money.gas)).toBeLessThan(BigInt(stopped.money.gas));
    await again.stop();
  });

  it("refuses a folder that is no home, and makes nothing in it", async () => {
    const home = join(world.folder, "nothing");
    for (const verb of ["status", "drain", "renew"]) {
      const { code, stderr } = await runWorker(verb, "--home", home);
      expect([code, stderr]).toEqual([2, expect.stringContaining("CONFIG_INVALID")]);
    }
    expect(existsSync(home)).toBe(false);
  });
});

describe("worker drain", () => {
  it("finishes what was promised, promises nothing more, ends, and holds until it is undone", async () => {
    const home = await world.addWorker("drain");
    const worker = await world.start(home);
    const { party, taskId, terms } = await propose(worker);
    await expect.poll(() => isReady(worker, taskId), patience).toBe(1);

    expect(await run(home, "drain")).toEqual({ draining: true, running: true });
    await expect.poll(() => said(worker), patience).toMatchObject({ draining: true });
    const draft = { terms, function: "cluster", params: { k: 3 } };
    const { taskId: late } = await party.task.propose(draft);
    await expect
      .poll(() => said(worker), patience)
      .toMatchObject({ jobs: { "waiting-drain-end": 1 } });
    await party.task.consent(taskId);
    expect(await party.task.wait(taskId, { timeoutSeconds: 60 })).toMatchObject({
      state: "finalized",
    });
    expect(await run(home, "drain", "--wait")).toEqual({ draining: true, running: false });
    expect(await worker.stop()).toBe(0);

    // Started again it has nothing to finish, and ends by itself.
    expect(await run(home, "start")).toMatchObject({ endpoint: worker.endpoint });
    expect((await statusOf(home)).advice).toEqual([
      `It takes no new task: cloister worker drain --home ${home} --undo`,
    ]);
    expect(await run(home, "drain", "--undo")).toEqual({ draining: false, running: false });
    const again = await world.start(home);
    await expect.poll(() => isReady(again, late), patience).toBe(1);
    await again.stop();
  });
});

describe("worker backup", () => {
  it("makes a home elsewhere that goes on with a task, without the password unless asked", async () => {
    const home = await world.addWorker("moved");
    const worker = await world.start(home);
    const { party, taskId, dataset } = await propose(worker);
    await expect.poll(() => isReady(worker, taskId), patience).toBe(1);
    const out = join(world.folder, "moved.backup");
    // While it runs.
    expect(await run(home, "backup", "--out", out, "--datasets")).toMatchObject({
      files: 5,
      password: false,
    });
    expect(statSync(out).mode & 0o077).toBe(0);
    const bare = join(world.folder, "bare.backup");
    await run(home, "backup", "--out", bare, "--with-password");
    const occupied = await runWorker("restore", out, "--home", home);
    expect([occupied.code, occupied.stderr]).toEqual([2, expect.stringContaining("FILE_EXISTS")]);
    await worker.stop("SIGKILL");
    const password = join(world.folder, "moved.password");
    cpSync(join(home, "password"), password);
    rmSync(home, { recursive: true });

    const next = join(world.folder, "next");
    const restored = await runWorker("restore", out, "--home", next);
    expect(restored.json).toMatchObject({ home: next, passwordMissing: true, uploadAgain: 0 });
    cpSync(password, join(next, "password"));
    const there = await world.start(next);
    await party.task.consent(taskId);
    expect(await party.task.wait(taskId, { timeoutSeconds: 60 })).toMatchObject({
      state: "finalized",
    });
    expect((await party.result.get(taskId)).value).toMatchObject({ k: 2 });
    await there.stop();

    // Without the envelopes: it starts, and asks for them.
    const small = join(world.folder, "small");
    const lacking = await runWorker("restore", bare, "--home", small);
    expect(lacking.json).toMatchObject({ passwordMissing: false, uploadAgain: 1 });
    const poor = await world.start(small);
    const upload = await fetch(`${poor.endpoint}/v1/datasets/${dataset}`);
    expect(await upload.json()).toMatchObject({ held: 0, complete: false });
    await poor.stop();
  });

  it("leaves nothing behind when the file is no backup", async () => {
    const file = join(world.folder, "none.backup");
    writeFileSync(file, "hello");
    const home = join(world.folder, "none");
    const { code, stderr } = await runWorker("restore", file, "--home", home);
    expect([code, stderr]).toEqual([2, expect.stringContaining("FILE_UNREADABLE")]);
    expect(existsSync(home)).toBe(false);
  });
});

describe("worker renew", () => {
  it("is asked for in time, and done while the worker runs as well as before it starts", async () => {
    const home = await world.addWorker("renew");
    const command = `cloister worker renew --home ${home}`;
    const before = (await statusOf(home)).evidence!;
    const worker = await world.start(home);
    await passTime(before.secondsLeft - 3 * 86_400);
    await expect
      .poll(() => said(worker), patience)
      .toMatchObject({ evidence: { next: "cloister worker renew" } });
    expect(worker.log).toContain("evidence expires soon");
    expect(worker.log).toContain(command);
    expect((await statusOf(home)).advice[0]).toContain(command);
    const metrics = await (await fetch(`${worker.endpoint}/metrics`)).text();
    const left = Number(/^cloister_worker_evidence_expiry_seconds (\d+)$/m.exec(metrics)?.[1]);
    expect(left).toBeGreaterThan(2.9 * 86_400);
    expect(left).toBeLessThan(3.1 * 86_400);

    const renewed = (await run(home, "renew")) as { epoch: number; validUntil: number };
    expect(renewed.epoch).toBe(1);
    expect(renewed.validUntil).toBeGreaterThan(before.validUntil);
    await expect
      .poll(async () => (await said(worker)).evidence?.validUntil, patience)
      .toBe(renewed.validUntil);
    expect((await said(worker)).evidence).not.toHaveProperty("next");
    await worker.stop();
    expect(await run(home, "renew")).toMatchObject({ epoch: 2 });
    expect(JSON.parse(readFileSync(join(home, "worker.json"), "utf8"))).toMatchObject({
      chainId: world.chain.chainId,
    });
  });

  it("refuses keys that were never registered", async () => {
    const home = join(world.folder, "unknown");
    const flags = ["--rpc", world.chain.url, "--contracts", world.contracts, "--tee", "simulated"];
    await run(home, "init", ...flags);
    const { code, stderr } = await runWorker("renew", "--home", home);
    expect([code, stderr]).toEqual([4, expect.stringContaining("NOT_FOUND")]);
  });
});

async function passTime(seconds: number): Promise<void> {
  const provider = connectProvider(world.chain.url, world.chain.chainId);
  await provider.send("evm_increaseTime", [seconds]);
  await provider.send("evm_mine", []);
  provider.destroy();
}
