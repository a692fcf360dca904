/** Power cuts and deadlines: nothing gets stuck, nothing is lost. Workers are killed with SIGKILL, host, enclave and program at once. */
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient, type Client } from "../../client/sdk/index.ts";
import { sleep } from "../../client/sdk/wait.ts";
import type { Hex } from "../../protocol/bytes.ts";
import {
  agree,
  csvOf,
  parties,
  publishProgram,
  runTask,
  testNet,
  TOKEN,
  type TestNet,
} from "./collaboration.ts";

/** Stands between workers and chain and can hold transactions back. */
let sendsBlocked = false;
let proxy: Server;
let net: TestNet;
let telcos: Client[];
let program: Hex;
let terms: Hex;

function startProxy(target: () => string): Promise<number> {
  proxy = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      const body = Buffer.concat(parts);
      if (sendsBlocked && body.includes("eth_sendRawTransaction")) {
        outgoing.writeHead(503).end();
        return;
      }
      const forward = request(target(), {
        method: "POST",
        headers: { "content-type": "application/json" },
      });
      forward.on("response", (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500);
        answer.pipe(outgoing);
      });
      forward.on("error", () => outgoing.writeHead(502).end());
      forward.end(body);
    });
  });
  return new Promise((resolve) => {
    proxy.listen(0, "127.0.0.1", () => resolve((proxy.address() as AddressInfo).port));
  });
}

/** Many places around a few towns, the same ones in every run. */
function places(member: number, rows: number): string {
  const points = Array.from({ length: rows }, (_, i) => {
    const town = i % 6;
    const spread = ((i * 7919 + member * 104_729) % 10_007) / 10_007 - 0.5;
    return [(45 + town + spread / 3).toFixed(6), (5 + 2 * town - spread / 2).toFixed(6)];
  });
  return csvOf("latitude,longitude", points);
}

beforeAll(async () => {
  let chainUrl = "";
  const port = await startProxy(() => chainUrl);
  net = await testNet({
    workers: 2,
    workerRpc: (url) => {
      chainUrl = url;
      return `http://127.0.0.1:${port}`;
    },
  });
  telcos = await parties(net, 3);
  program = await publishProgram(net, telcos[0]!);
  terms = await agree(telcos, program);
}, 300_000);
afterAll(async () => {
  await net.close();
  proxy.close();
});

const everybody = [0, 1, 2];
const cluster = { function: "cluster", params: { k: 6 }, recipients: everybody };

async function expectProven(taskId: Hex): Promise<void> {
  const auditor = createClient({ provider: net.provider, deployment: net.deployment });
  const { report } = await auditor.audit.task(taskId);
  expect(report.checks.filter((check) => !check.ok)).toEqual([]);
  expect(report.state).toBe("finalized");
}

/** Waits until a task has been asked and is no longer proposed. */
async function leftProposed(client: Client, asked: () => Hex | undefined): Promise<Hex> {
  for (;;) {
    const id = asked();
    if (id && (await client.task.status(id)).state !== "proposed") return id;
    await sleep(30);
  }
}

describe("a worker killed", () => {
  it("during an upload takes the rest when it is back", async () => {
    const worker = net.workers[0]!;
    const states: number[] = [];
    let restarted: Promise<void> | undefined;
    // 3 million rows are 24 MiB: more than one request, so that the kill falls between or into them.
    const rows = 3_000_000;
    const { deliveries, bytes } = await telcos[0]!.dataset.contribute({
      terms,
      table: "locations",
      rows: places(0, rows),
      onProgress: (progress) => {
        if (progress.stage !== "uploading") return;
        states.push(progress.bytes);
        restarted ??= worker.kill().then(() => worker.restart());
      },
    });
    await restarted;
    expect(bytes).toBeGreaterThan(20 << 20);
    expect(deliveries.map(({ complete }) => complete)).toEqual([true, true]);
    await telcos[0]!.dataset.withdraw(terms, (await telcos[0]!.dataset.list(terms))[0]!.dataset);
  });

  it("while it runs starts the run again and finishes", async () => {
    for (const [i, telco] of telcos.entries())
      await telco.dataset.contribute({ terms, table: "locations", rows: places(i, 20_000) });
    const worker = net.workers[1]!;
    let killed = false;
    let asked: Hex | undefined;
    const watch = (async () => {
      await leftProposed(telcos[0]!, () => asked);
      await sleep(300);
      await worker.kill();
      killed = true;
      await worker.restart();
    })();
    const { taskId, state } = await runTask(telcos, 0, { terms, ...cluster }, (id) => (asked = id));
    await watch;
    expect([killed, state]).toEqual([true, "finalized"]);
    await expectProven(taskId);
  });

  it("between signing and submitting submits the same result when it is back", async () => {
    const worker = net.workers[0]!;
    /** What the worker's journal keeps of its signed results. */
    const signed = () => {
      const journal = new DatabaseSync(join(worker.home, "journal.sqlite"), { readOnly: true });
      const rows = journal
        .prepare("SELECT count(*) AS count FROM records WHERE kind = 'output'")
        .get() as {
        count: number;
      };
      journal.close();
      return rows.count;
    };
    const before = signed();
    let asked: Hex | undefined;
    const watch = (async () => {
      await leftProposed(telcos[1]!, () => asked);
      sendsBlocked = true;
      while (signed() === before) await sleep(50);
      await worker.kill();
      sendsBlocked = false;
      await worker.restart();
    })();
    const { taskId, state } = await runTask(telcos, 1, { terms, ...cluster }, (id) => (asked = id));
    await watch;
    expect(state).toBe("finalized");
    await expectProven(taskId);
    const opened = await Promise.all(telcos.map((telco) => telco.result.get(taskId)));
    expect(new Set(opened.map(({ commitment }) => commitment)).size).toBe(1);
  });
});

describe("a deadline passed", () => {
  const fee = 10n * TOKEN;

  it("before sealing: anyone cancels, the fee comes back", async () => {
    const asker = telcos[0]!;
    const before = await asker.vault.balance();
    const { timestamp } = (await net.provider.getBlock("latest"))!;
    const { taskId } = await asker.task.propose({
      terms,
      ...cluster,
      fee,
      sealBy: timestamp + 300,
    });
    expect(await asker.vault.balance()).toBe(before - fee);
    const early = telcos[1]!.task.cancel(taskId);
    await expect(early).rejects.toMatchObject({ code: "TRANSACTION_FAILED" });
    await net.passTime(301);
    await telcos[1]!.task.cancel(taskId);
    expect((await asker.task.status(taskId)).state).toBe("cancelled");
    expect(await asker.vault.balance()).toBe(before);
  });

  it("after sealing: anyone expires, the fee comes back, silent workers pay", async () => {
    const asker = telcos[0]!;
    const before = await asker.vault.balance();
    let asked: Hex | undefined;
    const draft = { terms, ...cluster, fee, resultWindow: 600 };
    const ended = runTask(telcos, 0, draft, (id) => (asked = id));
    const id = await leftProposed(asker, () => asked);
    sendsBlocked = true;
    await Promise.all(net.workers.map((worker) => worker.kill()));
    await net.passTime(601);
    await telcos[2]!.task.expire(id);
    expect((await ended).state).toBe("expired");
    sendsBlocked = false;
    expect(await asker.vault.balance()).toBeGreaterThanOrEqual(before);
    const slashed = await net.contracts.workerRegistry.queryFilter("WorkerSlashed");
    expect(slashed.length).toBeGreaterThan(0);
    await Promise.all(net.workers.map((worker) => worker.restart()));
  });
});
