/**
 * Private state from the first task on, over a real chain and real workers: versions, a worker that was away, one that is new, who
 * must consent, and power cuts.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "../../client/sdk/index.ts";
import { sleep } from "../../client/sdk/wait.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { hashWorker } from "../../protocol/identity.ts";
import { stateProgram } from "../worker/state-program.ts";
import { agree, parties, runTask, testNet, type TestNet } from "./collaboration.ts";

let net: TestNet;
let members: Client[];
let terms: Hex;

beforeAll(async () => {
  net = await testNet({ workers: 3 });
  members = await parties(net, 3);
  const program = await members[0]!.program.publish(stateProgram);
  await members[0]!.program.upload(
    program,
    net.workers.map((worker) => worker.endpoint),
  );
  const policy = { minParties: 1, minCohort: 1, maxShare: 1, requests: stateProgram.requests };
  terms = await agree(members, program, { policy });
}, 300_000);
afterAll(() => net.close());

/** A task with everybody's consent, and what it says. */
async function ask(name: string, params: object, asker = 0, onProposed?: (task: Hex) => void) {
  const draft = { terms, function: name, params: params as never };
  const { taskId, state } = await runTask(members, asker, draft, onProposed);
  expect(state).toBe("finalized");
  const { report, receipt } = await members[2]!.audit.task(taskId);
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  const { value } = await members[asker]!.result.get(taskId);
  return { taskId, report, receipt, value: value as { sum: number; version: number } };
}
const statusOf = async () => (await members[0]!.contract.get(terms)).status;
/** Workers that were ready, by their number in the network. */
const ready = ({ receipt: { sealing, collaboration } }: Awaited<ReturnType<typeof ask>>) =>
  sealing!.readies
    .map(({ by }) => hashWorker(collaboration.committee.workers[by]!))
    .map((id) => net.workers.findIndex(({ worker }) => worker === id))
    .toSorted((a, b) => a - b);

describe("a contract with state", () => {
  it("moves on by one version with each task that changes it, and with no other", async () => {
    const first = await ask("add", { by: 5 });
    expect([first.value, (await statusOf()).version]).toEqual([{ sum: 5, version: 0 }, 1]);
    const second = await ask("add", { by: 7, note: "mine" }, 1);
    expect([second.value, (await statusOf()).version]).toEqual([{ sum: 12, version: 1 }, 2]);
    const total = await ask("total", {}, 2);
    expect([total.value, (await statusOf()).version]).toEqual([{ sum: 12, version: 2 }, 2]);
    expect(second.report.checks.find(({ name }) => name === "transition")?.compared).toMatchObject({
      "state version": 1,
    });
    const sneak = await ask("sneak", {});
    expect([sneak.value.sum, (await statusOf()).version]).toEqual([1, 2]);
  });

  it("is read by nobody without the consent of all whose data is in it", async () => {
    const asker = members[2]!;
    const { taskId } = await asker.task.propose({ terms, function: "total", params: {} });
    await asker.task.consent(taskId);
    await members[0]!.task.consent(taskId);
    const { next } = await asker.task.status(taskId);
    expect(next).toContain("member 1");
    await expect(asker.task.seal(taskId)).rejects.toMatchObject({ code: "CONSENT_MISSING" });
    await members[1]!.task.consent(taskId);
    expect((await asker.task.wait(taskId)).state).toBe("finalized");
  });

  it("goes on without a worker that is away, which catches up when it is back", async () => {
    const away = net.workers[2]!;
    await away.stop();
    for (let i = 0; i < 3; i++) expect(ready(await ask("add", { by: 1 }))).toEqual([0, 1]);
    await away.restart();
    await net.workers[0]!.stop();
    const later = await ask("add", { by: 1 });
    expect([ready(later), later.value.sum]).toEqual([[1, 2], 16]);
    await net.workers[0]!.restart();
    const after = await ask("total", {});
    expect(after.value).toEqual({ sum: 16, version: 6 });
  });

  it("is taken over by a worker of a new committee that was never there", async () => {
    const fourth = await net.addWorker();
    const [author, ...others] = members as [Client, ...Client[]];
    const known = await author.worker.list();
    const workers = [net.workers[1]!, fourth].map(
      ({ worker }) => known.find(({ keys }) => hashWorker(keys) === worker)!.keys,
    );
    const votes = [];
    for (const member of [author, ...others])
      votes.push(await member.contract.voteCommittee(terms, { workers, threshold: 2 }));
    await author.contract.changeCommittee(votes);
    for (const member of [author, ...others]) await member.contract.reshare(terms);
    const later = await ask("add", { by: 4 });
    expect(later.receipt.collaboration.committee.version).toBe(2);
    expect([ready(later), later.value.sum]).toEqual([[1, 3], 20]);
  });
});

describe("a worker killed", () => {
  it("at any moment of a transition ends in the same version", async () => {
    const victim = net.workers[1]!;
    let sum = 20;
    for (const delay of [0, 500]) {
      let killing: Promise<void> | undefined;
      const { value } = await ask("add", { by: 1 }, 0, (task) => {
        killing = (async () => {
          while ((await members[0]!.task.status(task)).state === "proposed") await sleep(20);
          await sleep(delay);
          await victim.kill();
          await victim.restart();
        })();
      });
      await killing;
      expect(value.sum).toBe((sum += 1));
    }
    const total = await ask("total", {});
    expect([total.value.sum, (await statusOf()).version]).toEqual([sum, 9]);
  }, 300_000);
});
