/** Members move to a worker with another measurement by commands alone; what they contributed before is used after it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Wallet, parseEther } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Address, Hex } from "../../../protocol/bytes.ts";
import type { Member } from "../../../protocol/schema.ts";
import type { CommitteeView } from "../../../client/sdk/committee-view.ts";
import {
  csvOf,
  parties,
  publishProgram,
  testNet,
  TOKEN,
  type TestNet,
} from "../../e2e/collaboration.ts";
import { telco1, telco2 } from "../../worker/enclave/proof-of-concept.ts";
import { NextVersion } from "./next-version.ts";
import { cloister, person, type Person } from "./support.ts";

interface Shown extends Omit<CommitteeView, "next"> {
  readonly next: readonly { act: string; who: string; command: string }[];
}

let net: TestNet;
let next: NextVersion;
let acme: Person;
let bell: Person;
let contract: Hex;
let task: Hex;
const datasets: Hex[] = [];
const newer = { endpoint: "", worker: "", measurement: "" };

beforeAll(async () => {
  net = await testNet({ workers: 1 });
  next = new NextVersion();
  const place = ["--deployment", net.deploymentFile, "--confirmations", "1"];
  acme = person("acme", place);
  bell = person("bell", place);
  const [publisher] = await parties(net, 1);
  const program = await publishProgram(net, publisher!);
  const members: Member[] = [];
  for (const [i, party] of [acme, bell].entries()) {
    const key = party.file("key", net.accounts[i + 1]!.privateKey);
    members.push(
      (await party.json<{ member: Member }>("party", "keygen", "--import-key", key)).member,
    );
    await party.json("trust", "add", net.workers[0]!.measurement);
  }
  const draft = {
    name: "to be upgraded",
    program,
    members,
    workers: [net.workers[0]!.endpoint],
    threshold: 1,
    minProtection: "simulated",
    policy: { minParties: 1, minCohort: 3, maxShare: 1, requests: [{ function: "cluster" }] },
  };
  const file = acme.file("draft.json", JSON.stringify(draft));
  ({ contract } = await acme.json<{ contract: Hex }>("contract", "create", file));
  for (const party of [acme, bell])
    await party.json("contract", "join", contract, "--accept-simulated");
  for (const [party, points, ...more] of [
    [acme, telco1],
    [bell, telco2, "--keep-sealed"],
  ] as const) {
    const csv = party.file("customers.csv", csvOf("latitude,longitude", points));
    const at = ["--contract", contract, "--table", "locations", "--accept-simulated", ...more];
    const { dataset } = await party.json<{ dataset: Hex }>("dataset", "contribute", csv, ...at);
    datasets.push(dataset);
  }
}, 600_000);

afterAll(async () => {
  await next.close();
  for (const someone of [acme, bell]) someone.leave();
  await net.close();
});

const vote = (party: Person) => {
  const out = join(party.folder, "vote.json");
  const flags = `--worker ${newer.endpoint} --threshold 1 --out ${out} --accept-simulated`;
  return ["contract", "vote", contract, ...flags.split(" ")];
};

describe("a change of committee, by commands alone", { timeout: 600_000 }, () => {
  it("an operator runs a later version: another measurement, another worker", async () => {
    const home = join(next.folder, "home");
    const flags = ["--home", home, "--deployment", net.deploymentFile, "--rpc", net.chain.url];
    const quick = ["--tee", "simulated", "--poll-interval", "200", "--confirmations", "1"];
    const made = await next.json<{ operator: Address; endpoint: string }>(
      "worker",
      "init",
      ...flags,
      ...quick,
    );
    const rich = new Wallet(net.accounts[9]!.privateKey, net.provider);
    await (await rich.sendTransaction({ to: made.operator, value: parseEther("10") })).wait();
    await net.mint(made.operator, 1_000n * TOKEN);
    const stake = ["--stake", String(1_000n * TOKEN)];
    const registered = await next.json<{ worker: Hex; measurement: Hex }>(
      "worker",
      "register",
      "--home",
      home,
      ...stake,
    );
    Object.assign(newer, registered, made);
    expect(newer.measurement).not.toBe(net.workers[0]!.measurement);
    await next.start(home);
  });

  it("nobody signs for code it does not trust", async () => {
    const refused = await acme.run(...vote(acme), "--json");
    expect(refused.code).toBe(5);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "MEASUREMENT_UNKNOWN" } });
    for (const party of [acme, bell]) await party.json("trust", "add", newer.measurement);
  });

  it("with too few votes nothing changes, and who is missing is said with a command", async () => {
    await acme.json(...vote(acme));
    const mine = join(acme.folder, "vote.json");
    const shown = await acme.json<Shown>("contract", "committee", contract, "--vote", mine);
    expect(shown).toMatchObject({ version: 1, votes: { voted: [0], missing: [1] } });
    expect(shown.next).toMatchObject([
      { act: "vote", command: expect.stringContaining(newer.worker) },
    ]);
  });

  it("with all votes it does; the shares go to the new worker", async () => {
    await bell.json(...vote(bell));
    const files = [acme, bell].flatMap(({ folder }) => ["--vote", join(folder, "vote.json")]);
    const changed = await bell.json<Shown>("contract", "committee", contract, ...files);
    expect(changed).toMatchObject({
      version: 2,
      unshared: [0, 1],
      workers: [{ worker: newer.worker }],
    });
    expect(changed.next.map(({ act }) => act)).toEqual(["reshare", "reshare", "rewrap", "rewrap"]);
    const reshare = ["contract", "reshare", contract, "--accept-simulated"];
    await bell.json(...reshare);
    const ask = ["--contract", contract, "--function", "cluster", "--params", '{"k":3}'];
    ({ task } = await acme.json<{ task: Hex }>("task", "propose", ...ask));
    for (const party of [acme, bell]) await party.json("task", "consent", task);
    expect(await bell.json("task", "status", task)).toMatchObject({
      next: {
        who: expect.stringMatching(/^member 0/),
        command: `cloister contract reshare ${contract}`,
      },
    });
    const shared = await acme.json<Shown>(...reshare);
    expect(shared.unshared).toEqual([]);
    expect(shared.lacking.map(({ dataset }) => dataset)).toEqual(datasets);
  });

  it("keys come from their owners, ciphertext from the old worker; and from a home once that is gone", async () => {
    const rewrap = ["dataset", "rewrap", contract, "--accept-simulated"] as const;
    const holders = [newer.endpoint];
    expect(await acme.json(...rewrap)).toMatchObject({
      datasets: [{ dataset: datasets[0], holders, faults: [] }],
    });
    await net.workers[0]!.stop();
    expect(await bell.json(...rewrap)).toMatchObject({
      datasets: [{ dataset: datasets[1], holders, faults: [] }],
    });
    const { stdout } = await bell.run("contract", "committee", contract);
    expect(stdout).toContain("nothing is missing");
  });

  it("a task reads what was contributed before the change, and the old worker is off", async () => {
    const ended = await acme.json("task", "status", task, "--watch", "--timeout", "60");
    expect(ended).toMatchObject({ state: "finalized" });
    const { value } = await acme.json<{ value: { rows: number } }>("result", "get", task);
    expect(value.rows).toBe(telco1.length + telco2.length);
  });

  it("an auditor without a home sees both committees, their votes and the task verified", async () => {
    const html = join(acme.folder, "contract.html");
    const flags = ["--home", join(acme.folder, "none"), "--deployment", net.deploymentFile];
    const audit = ["audit", "contract", contract, "--html", html, "--rpc", net.chain.url];
    const { code, stdout } = await cloister([...audit, ...flags, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      report: {
        ok: true,
        committees: [
          { version: 1, workers: [net.workers[0]!.worker] },
          { version: 2, workers: [newer.worker], votes: [0, 1], shares: [0, 1] },
        ],
        tasks: [{ task, verdict: "verified", committee: 2 }],
      },
    });
    expect(readFileSync(html, "utf8")).toContain(task);
  });
});
