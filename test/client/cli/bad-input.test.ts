/**
 * Every row of the table of bad input, performed by commands on a real chain with a real worker: the code that was promised, its
 * exit code, words that say what is wrong, where, and what to do; and nothing was sent or lost.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Mailbox, WorkerStatus } from "../../../protocol/api.ts";
import { concat, fromHex, type Hex } from "../../../protocol/bytes.ts";
import { CHUNK_SIZE, TAG_SIZE } from "../../../protocol/envelope/header.ts";
import { failures, type Failures } from "../../../protocol/errors.ts";
import { select } from "../../../protocol/events.ts";
import { parseShape, type Member } from "../../../protocol/schema.ts";
import { contextOf } from "../../../client/sdk/context.ts";
import { taskEvents } from "../../../client/sdk/ledger.ts";
import { questionFrom } from "../../../protocol/history.ts";
import { buildProgram } from "../../../client/kit/build.ts";
import { csvOf, testNet, TOKEN, type TestNet } from "../../e2e/collaboration.ts";
import { telco1, telco2 } from "../../worker/enclave/proof-of-concept.ts";
import { badTables, canary } from "../support/tables.ts";
import { person, type Person } from "./support.ts";

/** The codes of the table. */
const promised = [
  "VALUE_NOT_NUMBER",
  "VALUE_OUT_OF_RANGE",
  "VALUE_MISSING",
  "AXES_SWAPPED",
  "PROJECTED_UNITS",
  "TABLE_EMPTY",
  "TABLE_TOO_SMALL",
  "COLUMN_MISSING",
  "COLUMN_AMBIGUOUS",
  "LABEL_INVALID",
  "TOO_MANY_CLASSES",
  "ENCODING",
  "CSV_SYNTAX",
  "LINE_TOO_LONG",
  "PARAMETER_INVALID",
  "FUNCTION_UNKNOWN",
  "QUOTA",
  "NOT_COMMITTED",
  "HASH_MISMATCH",
  "NOT_ACTIVE",
  "NOT_A_MEMBER",
  "CONSENT_MISSING",
  "PAUSED",
  "WORKER_UNREACHABLE",
  "EVIDENCE_EXPIRED",
  "SIMULATED_REFUSED",
  "BALANCE_LOW",
  "RPC_UNREACHABLE",
  "WRONG_CHAIN",
  "KEYSTORE_PASSWORD",
  "FILE_UNREADABLE",
  "HOME_LOCKED",
] as const;
/** Those that were met here. */
const met = new Set<string>();

let net: TestNet;
let acme: Person;
let bell: Person;
/** Keys, but nothing else. */
let poor: Person;
let contract: Hex;

interface Refusal {
  readonly code: keyof Failures;
  readonly message: string;
  readonly facts: Record<string, unknown>;
  readonly next?: string;
}

/** What a command refuses with: said alike to people and programs, with the exit code of the table. */
async function refused(who: Person, code: keyof Failures, ...args: string[]): Promise<Refusal> {
  const outcome = await who.run(...args, "--json");
  const { error } = JSON.parse(outcome.stdout) as { error: Refusal };
  expect(error).toMatchObject({ code });
  expect(outcome.code).toBe(failures[code].exit);
  expect(outcome.stderr).toContain(`${code}: ${error.message}`);
  expect(outcome.stderr).toContain(error.next ?? error.message);
  expect(outcome.stdout + outcome.stderr).not.toContain(canary);
  met.add(code);
  return error;
}

/** What a member has sent, and what is held. */
async function sent() {
  const [nonce, status] = await Promise.all([
    net.provider.getTransactionCount(net.accounts[0]!.address),
    fetch(`${net.workers[0]!.endpoint}/v1/status`).then((answer) => answer.json()),
  ]);
  return { nonce, datasets: parseShape(WorkerStatus, status, "status").datasets };
}

async function createContract(members: readonly Member[], program: string): Promise<Hex> {
  const draft = {
    name: "test",
    program,
    members,
    workers: [net.workers[0]!.worker],
    threshold: 1,
    minProtection: "simulated",
    policy: { minParties: 1, minCohort: 1, maxShare: 1, requests: [{ function: "cluster" }] },
  };
  const file = acme.file("draft.json", JSON.stringify(draft));
  return (await acme.json<{ contract: Hex }>("contract", "create", file)).contract;
}

beforeAll(async () => {
  net = await testNet({ workers: 1 });
  const place = ["--deployment", net.deploymentFile, "--confirmations", "1"];
  [acme, bell, poor] = [person("acme", place), person("bell", place), person("poor", place)];
  const members: Member[] = [];
  for (const [i, party] of [acme, bell].entries()) {
    const { address, privateKey } = net.accounts[i]!;
    const flags = ["--import-key", party.file("key", privateKey)];
    members.push((await party.json<{ member: Member }>("party", "keygen", ...flags)).member);
    await net.mint(address, 10n * TOKEN);
    await party.json("trust", "add", net.workers[0]!.measurement);
  }
  await poor.json("party", "keygen");
  const folder = join(import.meta.dirname, "../../../programs/location-analytics");
  const { module, manifest } = await buildProgram(folder);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const files = [
    "--module",
    acme.file("m", text(module)),
    "--manifest",
    acme.file("j", text(manifest)),
  ];
  const { program } = await acme.json<{ program: string }>("program", "publish", ...files);
  contract = await createContract(members, program);
}, 300_000);

afterAll(async () => {
  for (const someone of [acme, bell, poor]) someone?.leave();
  await net?.close();
});

const into = (table: string) => ["--contract", contract, "--table", table, "--accept-simulated"];
const ask = () => ["--contract", contract, "--function", "cluster"];
const propose = async (): Promise<Hex> =>
  (await acme.json<{ task: Hex }>("task", "propose", ...ask(), "--params", '{"k":1}')).task;
const restartWith = async (change: object) => {
  const [worker] = net.workers;
  await worker!.stop();
  const file = join(worker!.home, "worker.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...config, ...change }));
  await worker!.restart();
};

describe("membership", () => {
  it("of an account that is not in the terms, under keys of its own", async () => {
    const joining = ["contract", "join", contract, "--accept-simulated"];
    const said = await refused(poor, "NOT_A_MEMBER", ...joining);
    expect(said.facts).toMatchObject({ terms: contract });
    expect(said.next).toContain("--account NAME");
    // The account is a member's, the keys are not: nothing could ever be opened with them.
    const key = acme.file("key-again", net.accounts[0]!.privateKey);
    await acme.json("party", "keygen", "--account", "second", "--import-key", key);
    await refused(acme, "NOT_A_MEMBER", ...joining, "--account", "second");
  });

  it("of a worker that is simulated, or that nobody vouched for", async () => {
    const said = await refused(acme, "SIMULATED_REFUSED", "contract", "join", contract);
    expect(said.next).toContain("--accept-simulated");
    const { measurement } = net.workers[0]!;
    await bell.json("trust", "remove", measurement);
    const unknown = await refused(
      bell,
      "MEASUREMENT_UNKNOWN",
      "contract",
      "join",
      contract,
      "--accept-simulated",
    );
    expect(unknown.next).toContain(`trust add ${measurement}`);
    await bell.json("trust", "add", measurement);
  });

  it("that is not complete", async () => {
    await acme.json("contract", "join", contract, "--accept-simulated");
    const before = await sent();
    const file = acme.file("table.csv", csvOf("latitude,longitude", telco1));
    const said = await refused(
      acme,
      "NOT_ACTIVE",
      "dataset",
      "contribute",
      file,
      ...into("locations"),
    );
    expect(said).toMatchObject({
      facts: { terms: contract },
      next: expect.stringContaining("join"),
    });
    expect(await sent()).toEqual(before);
    await bell.json("contract", "join", contract, "--accept-simulated");
  });
});

describe("tables", () => {
  // A file cannot hold half a character: written as UTF-8 it is another one.
  const inFiles = badTables.filter(({ what }) => what !== "a text with half a character");

  it.each(inFiles)("$what: $code", async ({ rows, code, facts }) => {
    const before = await sent();
    const file = join(acme.folder, "bad.csv");
    writeFileSync(file, rows);
    const said = await refused(acme, code, "dataset", "contribute", file, ...into("training"));
    expect(said.facts).toMatchObject(facts);
    // Where (a row of the file, or what the file as a whole lacks) and what to do.
    const where =
      "row" in facts ? `^Row ${String(facts.row)}\\b.*Nothing was sent` : "table|column";
    expect(said.message).toMatch(new RegExp(where));
    expect(await sent()).toEqual(before);
  });

  it("leaves bad rows out when it is told to", async () => {
    const file = acme.file("bad.csv", `lat,lon\n${canary},1\n52,1\n53,2\n`);
    const done = await acme.json(
      "dataset",
      "contribute",
      file,
      ...into("locations"),
      "--skip-invalid",
    );
    expect(done).toMatchObject({ rows: 2, skipped: 1 });
    await acme.json("dataset", "withdraw", String(done["dataset"]), "--contract", contract);
  });
});

describe("uploads", () => {
  let dataset: Hex;
  let bytes: Uint8Array;
  const put = async (name: Hex, body: Uint8Array) => {
    const headers = { "content-type": "application/octet-stream" };
    const url = `${net.workers[0]!.endpoint}/v1/datasets/${name}`;
    const answer = await fetch(url, {
      method: "PUT",
      headers,
      body: new Blob([body as Uint8Array<ArrayBuffer>]),
    });
    const said = (await answer.json()) as { code?: string; complete?: boolean };
    if (said.code !== undefined) met.add(said.code);
    return { status: answer.status, ...said };
  };

  it("twice are as good as once", async () => {
    const file = acme.file("table.csv", csvOf("latitude,longitude", telco1));
    const flags = [...into("locations"), "--keep-sealed"];
    ({ dataset } = await acme.json<{ dataset: Hex }>("dataset", "contribute", file, ...flags));
    const kept = JSON.parse(readFileSync(join(acme.home, "datasets", `${dataset}.json`), "utf8"));
    const ciphertext = readFileSync(join(acme.home, "sealed", dataset));
    const preamble = fromHex((kept as { preamble: Hex }).preamble);
    bytes = concat(preamble, new Uint8Array(ciphertext));
    const before = await sent();
    for (let i = 0; i < 2; i++)
      expect(await put(dataset, bytes)).toMatchObject({ status: 200, complete: true });
    expect(await sent()).toEqual(before);
  });

  // No command sends such things: a client hashes what it sends, and commits the hash first.
  it("of other bytes, or without a commitment, are refused", async () => {
    const other = bytes.slice();
    other[other.length - 1]! ^= 1;
    expect(await put(dataset, other)).toMatchObject({
      status: failures.HASH_MISMATCH.http,
      code: "HASH_MISMATCH",
    });
    const nobodys: Hex = `0x${"77".repeat(32)}`;
    const answer = await fetch(`${net.workers[0]!.endpoint}/v1/datasets/${nobodys}`);
    const { code } = (await answer.json()) as { code: string };
    expect([answer.status, code]).toEqual([failures.NOT_COMMITTED.http, "NOT_COMMITTED"]);
    met.add(code);
    expect(await put(dataset, bytes)).toMatchObject({ complete: true });
  });

  it("beyond the quota of a worker: what is held stays, and there is room again when it says so", async () => {
    const before = await sent();
    // Room for one more: a whole chunk is reserved for it, of which it then needs some bytes.
    const quotaBytes = before.datasets.bytes + CHUNK_SIZE + TAG_SIZE;
    await restartWith({ quotaBytes });
    const file = acme.file("more.csv", csvOf("latitude,longitude", telco2));
    const contribute = ["dataset", "contribute", file, ...into("locations")];
    await acme.json(...contribute);
    const said = await refused(acme, "QUOTA", ...contribute);
    expect(said.facts).toMatchObject({ limit: quotaBytes });
    expect(said.facts["what"]).toContain(net.accounts[0]!.address);
    expect(said.message).toContain("Withdraw datasets");
    expect((await sent()).datasets.count).toBe(before.datasets.count + 1);
    await restartWith({ quotaBytes: 2 ** 32 });
    const { datasets } = await acme.json<{ datasets: { dataset: Hex; withdrawn: boolean }[] }>(
      "dataset",
      "list",
      "--contract",
      contract,
    );
    // Only the first of them is needed below; what a worker refused is still on chain.
    for (const entry of datasets)
      if (!entry.withdrawn && entry.dataset !== dataset)
        await acme.json("dataset", "withdraw", entry.dataset, "--contract", contract, "--wait");
  });
});

describe("questions", () => {
  it.each([
    ['{"k":0}', "/k"],
    ['{"k":1.5}', "/k"],
    ['{"k":51}', "/k"],
    ['{"k":"3"}', "/k"],
    ['{"k":3,"l":1}', "/l"],
    ["{}", "/"],
  ])("with parameters %s", async (params, at) => {
    const before = await sent();
    const said = await refused(
      acme,
      "PARAMETER_INVALID",
      "task",
      "propose",
      ...ask(),
      "--params",
      params,
    );
    expect(said.facts).toMatchObject({ function: "cluster", at });
    expect(said.next).toContain("program inspect");
    expect(await sent()).toEqual(before);
  });

  it("that the program does not know, or that are not JSON", async () => {
    const other = ["--contract", contract, "--function", "guess"];
    const said = await refused(acme, "FUNCTION_UNKNOWN", "task", "propose", ...other);
    expect(said.facts["known"]).toContain("cluster");
    await refused(acme, "USAGE", "task", "propose", ...ask(), "--params", "k=3");
  });

  it("that cost more than is there: with the command that helps", async () => {
    const fee = ["--params", '{"k":3}', "--fee", "7tok"];
    const said = await refused(acme, "BALANCE_LOW", "task", "propose", ...ask(), ...fee);
    expect(said.next).toBe(`cloister vault deposit ${7n * TOKEN}`);
    await refused(acme, "AMOUNT_INVALID", "vault", "deposit", "7tokens");
    await refused(acme, "BALANCE_LOW", "vault", "deposit", "11tok");
  });

  it("for more clusters than there are rows: nobody knows how many others have, so the workers say it", async () => {
    const ended = await acme.run("task", "run", ...ask(), "--params", '{"k":50}', "--json");
    expect(ended.code).toBe(failures.TASK_FAILED.exit);
    const { task, state } = JSON.parse(ended.stdout) as { task: Hex; state: string };
    expect(state).toBe("failed");
    const said = await refused(acme, "TASK_FAILED", "result", "get", task);
    expect(said.facts).toMatchObject({ task, reason: "TABLE_TOO_SMALL" });
  });
});

describe("tasks that wait", () => {
  let task: Hex;

  it("for a consent: who must give it, and how", async () => {
    task = await propose();
    const said = await refused(bell, "CONSENT_MISSING", "task", "seal", task);
    expect(said.next).toBe(`member 0 runs: cloister task consent ${task}`);
    await refused(acme, "NOT_FINAL", "result", "get", task);
    const watch = ["task", "status", task, "--watch", "--timeout", "1"];
    await refused(bell, "TIMED_OUT", ...watch);
  });

  it("because a member paused: who, and how it ends", async () => {
    await bell.json("contract", "pause", contract);
    await acme.json("task", "consent", task);
    await expect
      .poll(async () => JSON.parse((await bell.run("task", "seal", task, "--json")).stdout), {
        timeout: 30_000,
      })
      .toMatchObject({ error: { code: "PAUSED" } });
    const said = await refused(bell, "PAUSED", "task", "seal", task);
    expect(said).toMatchObject({ facts: { by: [1] }, next: expect.stringContaining("resume") });
    await bell.json("contract", "resume", contract);
    const watch = ["--watch", "--timeout", "60"];
    expect(await acme.json("task", "status", task, ...watch)).toMatchObject({ state: "finalized" });
  });

  it("for their window of results, before what nobody earned comes back", async () => {
    const early = await refused(acme, "TRANSACTION_FAILED", "task", "settle", task);
    expect(early.message).toContain("TaskTooEarly");
    await net.passTime(2 * 86_400);
    expect(await acme.json("task", "settle", task)).toMatchObject({ task, settled: true });
  });

  it("of names nobody knows", async () => {
    const nothing = `0x${"77".repeat(32)}`;
    for (const verb of ["task status", "contract terms", "audit task", "program inspect"])
      expect((await refused(acme, "NOT_FOUND", ...verb.split(" "), nothing)).facts).toMatchObject({
        name: nothing,
      });
  });
});

describe("the way to the chain", () => {
  it("is closed: it is tried again, then said, without what the URL hides", async () => {
    const rpc = "http://user:secret@127.0.0.1:1/key";
    const began = Date.now();
    const said = await refused(acme, "RPC_UNREACHABLE", "party", "list", "--rpc", rpc);
    expect(Date.now() - began).toBeGreaterThan(1500);
    expect(said).toMatchObject({
      facts: { url: "http://127.0.0.1:1" },
      next: expect.stringContaining("--rpc"),
    });
    expect(said.message).not.toContain("secret");
  });

  it("leads to another chain", async () => {
    const held = { secretContracts: net.deployment.contracts, rpc: net.chain.url };
    const file = acme.file("5.json", JSON.stringify(held));
    const said = await refused(acme, "WRONG_CHAIN", "party", "list", "--deployment", file);
    expect(said).toMatchObject({
      facts: { expected: "5", actual: "31337" },
      next: expect.stringContaining("--rpc URL"),
    });
  });
});

describe("this machine", () => {
  it("has a keystore under another password, a file that is not there, a home in use", async () => {
    const wrong = acme.file("wrong", "not it\n");
    const backup = ["party", "backup", "--out", join(acme.folder, "backup")];
    const said = await refused(acme, "KEYSTORE_PASSWORD", ...backup, "--password-file", wrong);
    expect(said.next).toContain("--password-file");
    const gone = await refused(
      acme,
      "FILE_UNREADABLE",
      "dataset",
      "contribute",
      "/none.csv",
      ...into("locations"),
    );
    expect(gone.facts).toEqual({ file: "/none.csv", cause: "ENOENT" });
    mkdirSync(acme.home, { recursive: true });
    const lock = new DatabaseSync(join(acme.home, "lock"));
    lock.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
    const locked = await refused(acme, "HOME_LOCKED", "trust", "add", `0x${"cd".repeat(32)}`);
    lock.close();
    expect(locked).toMatchObject({
      facts: { home: acme.home },
      next: expect.stringContaining("--home"),
    });
  });
});

describe("a worker that is gone", () => {
  it("is named; who has seen the program consents, seals and ends the task without it", async () => {
    const task = await propose();
    const [worker] = net.workers;
    const mailbox = async () => {
      const answer = await fetch(`${worker!.endpoint}/v1/tasks/${task}/consents`);
      return parseShape(Mailbox, await answer.json(), "mailbox");
    };
    await expect.poll(async () => (await mailbox()).readies.length, { timeout: 30_000 }).toBe(1);
    const { readies } = await mailbox();
    await worker!.stop();

    const said = await refused(poor, "WORKER_UNREACHABLE", "task", "consent", task, "--show");
    expect(said).toMatchObject({
      facts: { endpoint: worker!.endpoint },
      next: "cloister worker status",
    });
    const consented = await acme.json("task", "consent", task);
    expect(consented).toMatchObject({ via: "transaction" });
    // What it had promised before it went; anybody may put that on chain.
    const ctx = contextOf({ provider: net.provider, deployment: net.deployment });
    const story = await taskEvents(ctx, task);
    expect(select(story, "TaskConsented")).toHaveLength(1);
    const { task: question } = questionFrom(story, task);
    await (await net.contracts.taskManager.ready(question, readies[0]!)).wait();
    expect(await acme.json("task", "seal", task)).toMatchObject({ state: "sealed" });
    await refused(acme, "TRANSACTION_FAILED", "task", "expire", task);
    await net.passTime(2 * 3600);
    expect(await acme.json("task", "expire", task)).toMatchObject({ state: "expired" });
  });

  it("is worth nothing when its evidence is old", async () => {
    await net.passTime(31 * 86_400);
    const file = acme.file("table.csv", csvOf("latitude,longitude", telco1));
    const nonce = await net.provider.getTransactionCount(net.accounts[0]!.address);
    const said = await refused(
      acme,
      "EVIDENCE_EXPIRED",
      "dataset",
      "contribute",
      file,
      ...into("locations"),
    );
    expect(said.next).toContain("worker renew");
    expect(await net.provider.getTransactionCount(net.accounts[0]!.address)).toBe(nonce);
  });
});

it("has met every code that was promised", () => {
  expect(promised.filter((code) => !met.has(code))).toEqual([]);
});
