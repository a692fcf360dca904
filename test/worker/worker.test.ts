/**
 * Workers as their operators run them: processes of `worker/main.ts` with the real enclave, on a real chain, used through the SDK.
 * What is killed here is killed with SIGKILL.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "../../client/sdk/index.ts";
import { WorkerStatus, type DatasetStatus, type Mailbox } from "../../protocol/api.ts";
import { readUint, type Hex } from "../../protocol/bytes.ts";
import { SEALED_CHUNK } from "../../worker/host/inbox/chunk-file.ts";
import { Receipt } from "../../protocol/receipt.ts";
import { parseShape } from "../../protocol/schema.ts";
import { digestOf } from "../../protocol/typed-data.ts";
import { Collaboration, amsterdam, london } from "./host/support/collaboration.ts";
import { runWorker, type WorkerCommand } from "./host/support/command.ts";
import { cableTo } from "./host/support/proxy.ts";

const patience = { timeout: 30_000 };
let world: Collaboration;
let measurement: Hex;
const running: WorkerCommand[] = [];

beforeAll(async () => {
  world = await Collaboration.begin();
  measurement = ((await runWorker("measurement")).json as { measurement: Hex }).measurement;
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop("SIGKILL")));
});
afterAll(() => world.end());

async function start(home: string): Promise<WorkerCommand> {
  const worker = await world.start(home);
  running.push(worker);
  return worker;
}
const get = async (worker: WorkerCommand, path: string) => {
  const response = await fetch(`${worker.endpoint}${path}`);
  return { status: response.status, json: (await response.json()) as { code?: string } };
};
const contribute = async ([first, second]: readonly Client[], terms: Hex) => {
  await first!.dataset.contribute({ terms, table: "locations", rows: london });
  await second!.dataset.contribute({ terms, table: "locations", rows: amsterdam });
};
const draft = (terms: Hex) => ({ terms, function: "cluster", params: { k: 3 } });
const logged = async (worker: WorkerCommand, text: string) => {
  await expect.poll(() => worker.log, { ...patience, interval: 2 }).toContain(text);
};

describe("the commands", () => {
  it("make nothing without a word about protection", async () => {
    const home = join(world.folder, "none");
    const flags = ["--home", home, "--rpc", world.chain.url, "--contracts", world.contracts];
    for (const more of [[], ["--tee", "sgx"], ["--tee", "none"]]) {
      const { code, json, stderr } = await runWorker("init", ...flags, ...more);
      expect([code, json]).toEqual([2, undefined]);
      expect(stderr).toContain("TEE_MISSING");
    }
  });

  it("make a home once, register it, and start it once", async () => {
    const home = await world.addWorker("once");
    const again = await runWorker(
      ...(["init", "--home", home, "--rpc", world.chain.url] as const),
      ...(["--contracts", world.contracts, "--tee", "simulated"] as const),
    );
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("exists")]);

    const worker = await start(home);
    expect(await get(worker, "/healthz")).toMatchObject({ status: 200, json: { ok: true } });
    const status = parseShape(WorkerStatus, (await get(worker, "/v1/status")).json, "status");
    expect(status).toMatchObject({ measurement, protection: "simulated", chain: world.deployment });
    for (const command of ["start", "register"]) {
      const second = await runWorker(command, "--home", home, "--stake", "1");
      expect([second.code, second.stderr]).toEqual([2, expect.stringContaining("HOME_LOCKED")]);
    }
    expect(await worker.stop("SIGTERM")).toBe(0);

    const renewed = await runWorker("register", "--home", home, "--stake", "0");
    expect([renewed.code, renewed.json]).toMatchObject([0, { epoch: 1, measurement }]);
  });

  it("refuse a chain that is another one, and a stake nobody can pay", async () => {
    const home = await world.addWorker("poor");
    const poor = await runWorker("register", "--home", home, "--stake", "1".padEnd(25, "0"));
    expect([poor.code, poor.stderr]).toEqual([3, expect.stringContaining("BALANCE_LOW")]);
    const file = join(home, "worker.json");
    const config = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...config, chainId: 1 }));
    const wrong = await runWorker("start", "--home", home);
    expect([wrong.code, wrong.stderr]).toEqual([6, expect.stringContaining("WRONG_CHAIN")]);
  });
});

describe("three workers of which two must agree", () => {
  it("all come to the same result, and give it to its recipient alone", async () => {
    const homes = [];
    for (const name of ["a", "b", "c"]) homes.push(await world.addWorker(name));
    const workers = await Promise.all(homes.map(start));
    const parties = [world.party([measurement]), world.party([measurement])];
    const terms = await world.contract(parties, workers, 2);
    await contribute(parties, terms);
    const [first, second] = parties as [Client, Client];
    const { taskId } = await first.task.propose(draft(terms));
    await first.task.consent(taskId);
    const path = (member: number) => `/v1/results/${taskId}/${member}`;
    await expect
      .poll(() => get(workers[0]!, path(0)))
      .toMatchObject({
        status: 409,
        json: { code: "NOT_FINAL" },
      });
    const mailbox = `/v1/tasks/${taskId}/consents`;
    const readies = async () =>
      ((await get(workers[0]!, mailbox)).json as Mailbox).readies.map(({ by }) => by);
    await expect.poll(readies, patience).toEqual([0, 1, 2]);
    // Nobody but the workers seals: the last consent goes to one mailbox and reaches the others by themselves.
    await second.task.consent(taskId);
    expect(await first.task.wait(taskId, { timeoutSeconds: 60 })).toMatchObject({
      state: "finalized",
    });

    for (const worker of workers) {
      const receipt = async () =>
        parseShape(Receipt, (await get(worker, `/v1/receipts/${taskId}`)).json, "receipt");
      // The third result comes after the task is final, and is paid too.
      await expect.poll(async () => (await receipt()).results.length, patience).toBe(3);
      const digests = (await receipt()).results.map(({ result }) =>
        digestOf(world.deployment, "Result", result),
      );
      expect(new Set(digests).size).toBe(1);
      expect((await fetch(`${worker.endpoint}${path(0)}`)).status).toBe(200);
      expect(await get(worker, path(1))).toMatchObject({
        status: 403,
        json: { code: "NOT_A_RECIPIENT" },
      });
    }
    const { value } = await first.result.get(taskId);
    expect(value).toMatchObject({ k: 3, rows: 10 });
    await expect
      .poll(async () => (await get(workers[0]!, "/v1/status")).json, patience)
      .toMatchObject({ jobs: {} });
    expect(await Promise.all(workers.map((worker) => worker.stop()))).toEqual([0, 0, 0]);
  });
});

describe("a worker that is killed", () => {
  it.each([
    ["when it is ready", '"step":"ready","msg":"done"'],
    ["when its result is signed and nobody has it", '"msg":"ran"'],
    ["when its result is sent", '"step":"submit","msg":"done"'],
  ])("%s goes on and comes to the same end", async (_, moment) => {
    const home = await world.addWorker(moment.replaceAll(/\W/g, ""));
    const worker = await start(home);
    const parties = [world.party([measurement]), world.party([measurement])];
    const terms = await world.contract(parties, [worker], 1);
    await contribute(parties, terms);
    const [first, second] = parties as [Client, Client];
    const { taskId } = await first.task.propose(draft(terms));
    for (const party of [first, second]) await party.task.consent(taskId);
    await logged(worker, moment);
    await worker.stop("SIGKILL");

    const again = await start(home);
    expect(await first.task.wait(taskId, { timeoutSeconds: 60 })).toMatchObject({
      state: "finalized",
    });
    await expect
      .poll(async () => (await fetch(`${again.endpoint}/v1/results/${taskId}/0`)).status, patience)
      .toBe(200);
    const { results } = (await get(again, `/v1/receipts/${taskId}`)).json as Receipt;
    expect(results).toHaveLength(1);
  });

  it("during an upload has what it had, and the upload goes on there", async () => {
    const home = await world.addWorker("upload");
    let worker = await start(home);
    let killed: DatasetStatus | undefined;
    /** Sends the preamble and two chunks and a half, kills the worker, starts it again: then the connection is broken. */
    const breaking: typeof fetch = async (input, init) => {
      const target = input as string;
      if (killed || init?.method !== "PUT" || !target.includes("/datasets/"))
        return fetch(target, init);
      const url = target.split("?", 1)[0] as string;
      // Until the worker has seen the commitment it takes nothing.
      await expect.poll(async () => (await fetch(url)).status, patience).toBe(200);
      const bytes = new Uint8Array(await (init.body as Blob).arrayBuffer());
      const preamble = 4 + readUint(bytes.subarray(0, 4));
      await sendPart(target, bytes, preamble + 2.5 * SEALED_CHUNK);
      await worker.stop("SIGKILL");
      worker = await start(home);
      killed = (await (await fetch(url)).json()) as DatasetStatus;
      throw new TypeError("fetch failed");
    };
    const party = world.party([measurement], breaking);
    const terms = await world.contract([party], [worker], 1);
    const rows = ["latitude,longitude"];
    for (let i = 0; i < 400_000; i++) rows.push(`51.${String(i).padStart(6, "0")},-0.127600`);
    const { dataset } = await party.dataset.contribute({
      terms,
      table: "locations",
      rows: rows.join("\n"),
    });
    expect(killed?.complete).toBe(false);
    expect(killed?.held).toBeGreaterThan(0);
    expect(await get(worker, `/v1/datasets/${dataset}`)).toMatchObject({
      json: { complete: true },
    });
    // The enclave opens it: what came in two parts is one envelope.
    const { taskId } = await party.task.propose(draft(terms));
    const box = () => get(worker, `/v1/tasks/${taskId}/consents`);
    await expect.poll(box, patience).toMatchObject({ json: { readies: [{ by: 0 }] } });
  });
});

/** Sends the beginning of a body, slowly enough for the worker to write it down. */
async function sendPart(url: string, bytes: Uint8Array, length: number): Promise<void> {
  const headers = { "content-type": "application/octet-stream", "content-length": bytes.length };
  const put = request(url, { method: "PUT", headers });
  put.on("error", () => undefined);
  for (let at = 0; at < length; at += 500_000) {
    put.write(bytes.subarray(at, Math.min(length, at + 500_000)));
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

it("a worker that loses its RPC node says so, and goes on when it is back", async () => {
  const home = await world.addWorker("offline");
  const cable = await cableTo(world.chain.url);
  const file = join(home, "worker.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...config, rpc: cable.url }));
  const worker = await start(home);
  await cable.pull();
  await expect
    .poll(() => get(worker, "/healthz"), patience)
    .toMatchObject({ status: 503, json: { rpc: false, enclave: true } });
  await cable.plug();
  await expect.poll(() => get(worker, "/healthz"), patience).toMatchObject({ status: 200 });
  await worker.stop();
  await cable.close();
});
