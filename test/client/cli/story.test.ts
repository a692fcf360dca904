/** Two parties and an operator in three homes, and an auditor without one, do all their work by typing commands. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Hex } from "../../../protocol/bytes.ts";
import type { Member } from "../../../protocol/schema.ts";
import { buildProgram } from "../../../client/kit/build.ts";
import { startCloister, type Running } from "../../../scripts/process.ts";
import { csvOf, testNet, TOKEN, type TestNet } from "../../e2e/collaboration.ts";
import { telco1, telco2 } from "../../worker/enclave/proof-of-concept.ts";
import { cloister, person, type Person } from "./support.ts";

interface View {
  readonly task: Hex;
  readonly state: string;
  readonly missing: number[];
  readonly next?: { who: string; what: string; until: number; command: string };
}

let net: TestNet;
let place: string[];
let acme: Person;
let bell: Person;
let operator: Person;
let running: Running | undefined;

beforeAll(async () => {
  net = await testNet({ workers: 0 });
  place = ["--deployment", net.deploymentFile, "--confirmations", "1"];
  acme = person("acme", place);
  bell = person("bell", place);
  operator = person("operator");
}, 120_000);

afterAll(async () => {
  await running?.stop();
  for (const someone of [acme, bell, operator]) someone.leave();
  await net.close();
});

/** What one step leaves for the next. */
const story = { worker: "", endpoint: "", program: "", contract: "" as Hex, task: "" as Hex };
const members: Member[] = [];

describe("a collaboration, by commands alone", () => {
  it("an operator sets up a worker and runs it", async () => {
    const home = join(operator.folder, "worker");
    const flags = ["--rpc", net.chain.url, "--deployment", net.deploymentFile];
    const init = await cloister([
      "worker",
      "init",
      "--home",
      home,
      ...flags,
      "--tee",
      "simulated",
      "--poll-interval",
      "200",
      "--confirmations",
      "1",
    ]);
    expect(init).toMatchObject({ code: 0 });
    const made = JSON.parse(init.stdout) as { operator: `0x${string}`; endpoint: string };
    story.endpoint = made.endpoint;
    const dev = net.accounts[9]!;
    const { Wallet, parseEther } = await import("ethers");
    const rich = new Wallet(dev.privateKey, net.provider);
    await (await rich.sendTransaction({ to: made.operator, value: parseEther("10") })).wait();
    await net.mint(made.operator as never, 1_000n * TOKEN);
    const registered = await cloister([
      "worker",
      "register",
      "--home",
      home,
      "--stake",
      String(1_000n * TOKEN),
    ]);
    expect(registered).toMatchObject({ code: 0 });
    running = startCloister(["worker", "start", "--home", home], join(operator.folder, "log"));
    for (let i = 0; i < 200; i++) {
      const up = await fetch(`${made.endpoint}/healthz`).catch(() => undefined);
      if (up?.ok) break;
      await new Promise((later) => setTimeout(later, 100));
    }
    const { workers } = await acme.json<{
      workers: { worker: string; answers: boolean; fault: string }[];
    }>("worker", "status");
    expect(workers).toMatchObject([{ answers: true, fault: "MEASUREMENT_UNKNOWN" }]);
    story.worker = workers[0]!.worker;
  });

  it("two parties make keys, register, and fill the vault", async () => {
    for (const [i, party] of [acme, bell].entries()) {
      const { address, privateKey } = net.accounts[i]!;
      const key = party.file("key", privateKey);
      const made = await party.json<{ account: string; member: Member }>(
        "party",
        "keygen",
        "--import-key",
        key,
      );
      expect(made.account).toBe(address);
      expect(statSync(join(party.home, "keystore", "main.account.json")).mode & 0o777).toBe(0o600);
      members.push((await party.json<{ member: Member }>("party", "member")).member);
      expect(members[i]).toEqual(made.member);
      await net.mint(address, 100n * TOKEN);
      await party.json("party", "register", i === 0 ? "Acme Telecom" : "Bell & Co");
      const { balance } = await party.json<{ balance: string }>("vault", "deposit", "60tok");
      expect(balance).toBe(String(60n * TOKEN));
    }
    const { parties } = await bell.json<{ parties: { name: string }[] }>("party", "list");
    expect(parties.map(({ name }) => name)).toEqual(["Acme Telecom", "Bell & Co"]);
  });

  it("each compares the measurement with its own build and trusts it", async () => {
    const { measurement } = JSON.parse((await cloister(["worker", "measurement"])).stdout) as {
      measurement: string;
    };
    for (const party of [acme, bell])
      await party.json("trust", "add", measurement, "--note", "built here");
    expect((await acme.json<{ measurements: unknown[] }>("trust", "list")).measurements).toEqual([
      { measurement, note: "built here" },
    ]);
    const { workers } = await acme.json<{ workers: { fault?: string }[] }>("worker", "status");
    expect(workers[0]!.fault).toBeUndefined();
  });

  it("one publishes the program, the other reads it", async () => {
    const built = await buildProgram(
      join(import.meta.dirname, "../../../programs/location-analytics"),
    );
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const files = [
      "--module",
      acme.file("module.mjs", text(built.module)),
      "--manifest",
      acme.file("manifest.json", text(built.manifest)),
    ];
    const published = await acme.json<{ program: string; workers: unknown }>(
      "program",
      "publish",
      ...files,
    );
    expect(published.workers).toEqual([{ endpoint: story.endpoint, taken: true }]);
    story.program = published.program;
    expect((await bell.json<{ programs: unknown[] }>("program", "list")).programs).toHaveLength(1);
    const out = join(bell.folder, "program");
    await bell.json("program", "inspect", story.program, "--out", out);
    expect(readFileSync(join(out, "module.mjs"), "utf8")).toBe(text(built.module));
  });

  it("one writes the terms, both read them in plain words and join", async () => {
    const draft = {
      name: "where to build towers",
      program: story.program,
      members,
      workers: [story.endpoint],
      threshold: 1,
      minProtection: "simulated",
      policy: { minParties: 1, minCohort: 3, maxShare: 1, requests: [{ function: "cluster" }] },
    };
    const file = acme.file("draft.json", JSON.stringify(draft));
    story.contract = (await acme.json<{ contract: Hex }>("contract", "create", file)).contract;
    const { code, stdout } = await bell.run("contract", "terms", story.contract);
    expect(code).toBe(0);
    for (const said of [
      "Acme Telecom",
      "has not joined",
      "cluster, with any parameters",
      "SIMULATED WORKERS",
      "each can compute the other's aggregates",
      "read its code before you join",
      "not differentially private",
    ])
      expect(stdout).toContain(said);
    const refused = await bell.run("contract", "join", story.contract, "--json");
    expect(refused.code).toBe(5);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      error: { code: "SIMULATED_REFUSED", next: expect.stringContaining("--accept-simulated") },
    });
    const early = await acme.run(
      "dataset",
      "withdraw",
      `0x${"11".repeat(32)}`,
      "--contract",
      story.contract,
    );
    expect(early.code).not.toBe(0);
    await acme.json("contract", "join", story.contract, "--accept-simulated");
    expect(await bell.json("contract", "join", story.contract, "--accept-simulated")).toMatchObject(
      { active: true, joined: [0, 1] },
    );
    expect((await bell.json<{ contracts: unknown[] }>("contract", "list")).contracts).toMatchObject(
      [{ contract: story.contract, active: true }],
    );
  });

  it("each checks its table and contributes it", async () => {
    const at = ["--contract", story.contract, "--table", "locations"];
    const sent: { party: Person; dataset: Hex; csv: string }[] = [];
    for (const [party, points] of [
      [acme, telco1],
      [bell, telco2],
    ] as const) {
      const csv = party.file("customers.csv", csvOf("latitude,longitude", points));
      expect(await party.json("dataset", "check", csv, ...at)).toMatchObject({
        ok: true,
        rows: points.length,
      });
      const made = await party.json<{ dataset: Hex; rows: number; holders: string[] }>(
        "dataset",
        "contribute",
        csv,
        ...at,
        "--accept-simulated",
      );
      expect(made).toMatchObject({ rows: points.length, holders: [story.endpoint] });
      expect(existsSync(join(party.home, "datasets", `${made.dataset}.json`))).toBe(true);
      sent.push({ party, dataset: made.dataset, csv });
    }
    const { party, dataset, csv } = sent[1]!;
    const again = await party.json<{ replaced: Hex }>(
      "dataset",
      "replace",
      dataset,
      csv,
      ...at,
      "--accept-simulated",
    );
    expect(again.replaced).toBe(dataset);
    const { datasets } = await bell.json<{ datasets: { withdrawn: boolean }[] }>(
      "dataset",
      "list",
      "--contract",
      story.contract,
    );
    expect(datasets.map(({ withdrawn }) => withdrawn)).toEqual([false, true, false]);
  });

  it("one asks; who must act next is said until the other consents by a file; anyone seals", async () => {
    const ask = [
      "--contract",
      story.contract,
      "--function",
      "cluster",
      "--params",
      '{"k":3}',
      "--recipient",
      "0",
      "--recipient",
      "1",
      "--fee",
      "30tok",
    ];
    const proposed = await acme.json<View>("task", "propose", ...ask);
    story.task = proposed.task;
    expect(proposed).toMatchObject({
      state: "proposed",
      missing: [0, 1],
      next: { what: "consent", command: `cloister task consent ${story.task}` },
    });
    await acme.json("task", "consent", story.task);
    const out = join(bell.folder, "consent.json");
    const { stdout } = await bell.run("task", "consent", story.task, "--show");
    expect(stdout).toMatch(/asked by +member 0, Acme Telecom/);
    await bell.json("task", "consent", story.task, "--out", out);
    expect(JSON.parse(readFileSync(out, "utf8"))).toEqual({
      task: story.task,
      member: 1,
      signature: expect.any(String),
    });
    const waiting = await acme.json<View>("task", "status", story.task);
    expect(waiting.missing).toEqual([1]);
    expect(waiting.next?.who).toContain("Bell & Co");
    const text = (await acme.run("task", "status", story.task)).stdout;
    expect(text).toMatch(/until .*block time \(.* left\)/);
    const sealed = await acme.run("task", "seal", story.task, "--consent", out, "--json");
    // The worker seals too; whoever is second is refused by the contract.
    expect(sealed.stdout).toMatch(/"state": "(sealed|finalized)"|TaskBadTransition/);
    const ended = await acme.json<View>("task", "status", story.task, "--watch", "--timeout", "60");
    expect(ended.state).toBe("finalized");
  });

  it("both open the answer, and an auditor without a home checks it", async () => {
    const answers = await Promise.all(
      [acme, bell].map((party) =>
        party.json<{ value: { centres: unknown[] } }>("result", "get", story.task),
      ),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]!.value.centres).toHaveLength(3);
    expect(await bell.json("result", "list", "--contract", story.contract)).toEqual({
      results: [{ task: story.task, function: "cluster", state: "finalized" }],
    });
    const auditor = ["--home", join(operator.folder, "none"), "--rpc", net.chain.url, ...place];
    const { code, stdout, stderr } = await cloister([
      "audit",
      "task",
      story.task,
      ...auditor,
      "--json",
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      report: { ok: true, state: "finalized", protection: "simulated" },
    });
  });

  it("another auditor needs no node: a receipt with proofs, a shown output, and block hashes", async () => {
    const files = ["opened.json", "receipt.json", "audit.html"];
    const [opened, receipt, page] = files.map((name) => join(operator.folder, name));
    await bell.json("result", "get", story.task, "--opened", opened!);
    const made = await acme.run("audit", "task", story.task, "--proof", receipt!);
    expect(made).toMatchObject({ code: 0 });
    const blocks = [...made.stderr.matchAll(/--block-hash 0x[0-9a-f]{64}/g)].flatMap(([flag]) =>
      flag.split(" "),
    );
    const file = ["--deployment", net.deploymentFile, "--receipt", receipt!, "--json"];
    const offline = (...more: string[]) =>
      cloister(["audit", "task", story.task, ...file, ...more], {
        CLOISTER_RPC: "http://127.0.0.1:1",
      });
    const believed = await offline(...blocks, "--opened", opened!, "--html", page!);
    expect(believed).toMatchObject({ code: 0 });
    expect(JSON.parse(believed.stdout)).toMatchObject({ report: { ok: true, state: "finalized" } });
    expect(readFileSync(page!, "utf8")).toContain("<svg");
    expect((await offline()).code).toBe(5);
  });

  it("runs a whole task while the other consents, pauses, resumes, cancels, takes its money out", async () => {
    const ask = ["--contract", story.contract, "--function", "cluster", "--params", '{"k":2}'];
    const run = acme.json<View>("task", "run", ...ask, "--timeout", "90");
    let task: Hex | undefined;
    while (task === undefined) {
      const { tasks } = await bell.json<{ tasks: { task: Hex; state: string }[] }>(
        "task",
        "list",
        "--contract",
        story.contract,
      );
      task = tasks.find(({ state }) => state === "proposed")?.task;
    }
    await bell.json("task", "consent", task);
    expect(await run).toMatchObject({ task, state: "finalized" });

    expect(await bell.json("contract", "pause", story.contract)).toMatchObject({ pausedBy: [1] });
    expect(await bell.json("contract", "resume", story.contract)).toMatchObject({ pausedBy: [] });
    const other = await acme.json<View>("task", "propose", ...ask);
    expect(await bell.json("task", "veto", other.task)).toMatchObject({ state: "cancelled" });
    const third = await acme.json<View>("task", "propose", ...ask);
    expect(await acme.json("task", "cancel", third.task)).toMatchObject({ state: "cancelled" });
    const { balance } = await bell.json<{ balance: string }>("vault", "withdraw", "60tok");
    expect(balance).toBe("0");
  });

  it("a backup holds all a party needs in another home", async () => {
    const out = join(acme.folder, "backup.json");
    await acme.json("party", "backup", "--out", out);
    const home = join(acme.folder, "second");
    const restored = await cloister(["party", "restore", out, "--home", home, "--json"]);
    expect(restored).toMatchObject({ code: 0 });
    const again = await cloister([
      "result",
      "get",
      story.task,
      ...acme.flags,
      "--home",
      home,
      "--json",
    ]);
    expect(again).toMatchObject({ code: 0 });
  });
});
