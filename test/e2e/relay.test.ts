/** A secret ballot whose tally another contract on the chain takes, proven, and what is not handed to it. */
import { Wallet, type BaseContract } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "../../client/kit/build.ts";
import type { Client } from "../../client/sdk/index.ts";
import type { Address, Hex } from "../../protocol/bytes.ts";
import { factoryOf } from "../../scripts/deploy.ts";
import { agree, parties, runTask, testNet, type TestNet } from "./collaboration.ts";

let net: TestNet;
let members: Client[];
let terms: Hex;
let consumer: BaseContract;

beforeAll(async () => {
  net = await testNet({ workers: 1 });
  members = await parties(net, 2);
  const [author] = members as [Client];
  const program = await author.program.publish(await buildProgram("programs/examples/voting"));
  await author.program.upload(program, [net.workers[0]!.endpoint]);
  const requests = ["cast", "tally"].map((name) => ({ function: name }));
  const policy = { minParties: 1, minCohort: 1, maxShare: 1, requests };
  terms = await agree(members, program, { policy, threshold: 1 });
  consumer = await tallyThatReads(await net.contracts.taskManager.getAddress());
}, 300_000);
afterAll(() => net.close());

/** A consumer behind a relay of its own that believes tasks of this address. */
async function tallyThatReads(taskManager: string): Promise<BaseContract> {
  const deployer = new Wallet(net.accounts[5]!.privateKey, net.provider);
  const relay = await (await factoryOf("CallbackRelay", deployer)).deploy(taskManager);
  await relay.waitForDeployment();
  const factory = await factoryOf("examples/PublicTally", deployer);
  const tally = await factory.deploy(await relay.getAddress(), terms);
  await tally.waitForDeployment();
  return tally;
}

const addressOf = async (contract: BaseContract) => (await contract.getAddress()) as Address;
const shown = async () => (await consumer.getFunction("tally").staticCall()) as string;

/** A task with everybody's consent that nobody finds anything wrong with; what it says to the asker. */
async function ask(asker: number, name: string, ballot?: string) {
  const draft = { terms, function: name, params: {}, ...(ballot && { privateRows: ballot }) };
  const { taskId, state } = await runTask(members, asker, draft);
  expect(state).toBe("finalized");
  const { report } = await members[1 - asker]!.audit.task(taskId);
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  const { value } = await members[asker]!.result.get(taskId);
  return { taskId, value };
}

describe("a secret ballot", () => {
  let vote: Hex;
  let tally: Hex;

  it("counts what nobody sees", async () => {
    const first = await ask(0, "cast", "choice\n1\n");
    expect(first.value).toEqual({ counted: true });
    vote = first.taskId;
    expect((await ask(1, "tally")).value).toEqual({ voted: 1 });
    expect((await ask(1, "cast", "choice\n0\n")).value).toEqual({ counted: true });
    const end = await ask(0, "tally");
    expect(end.value).toEqual({ abstain: 0, no: 1, voted: 2, yes: 1 });
    tally = end.taskId;
  });

  it("is handed to a contract by whoever may read it", async () => {
    const [author, other] = members as [Client, Client];
    const to = await addressOf(consumer);
    await expect(other.result.relay(tally, to)).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
    expect(await shown()).toBe("");
    await author.result.relay(tally, to);
    expect(await shown()).toBe('{"abstain":0,"no":1,"voted":2,"yes":1}');
    expect(await consumer.getFunction("task").staticCall()).toBe(tally);
  });

  it("is not handed over twice: the consumer says why", async () => {
    const again = members[0]!.result.relay(tally, await addressOf(consumer));
    await expect(again).rejects.toMatchObject({ code: "TRANSACTION_FAILED" });
  });

  it("tells no contract what is for a member alone", async () => {
    const told = members[0]!.result.relay(vote, await addressOf(consumer));
    const facts = { function: "cast" };
    await expect(told).rejects.toMatchObject({ code: "RELEASE_NOT_PUBLIC", facts });
  });

  it("is not relayed for a consumer that listens to another deployment, nor to none", async () => {
    const foreign = await tallyThatReads("0x00000000000000000000000000000000000000aa");
    const misled = members[0]!.result.relay(tally, await addressOf(foreign));
    await expect(misled).rejects.toMatchObject({ code: "RELAY_FOREIGN" });
    const nobody = members[0]!.result.relay(tally, net.accounts[6]!.address);
    await expect(nobody).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
