/** What outsiders and members try against a running network: its workers over HTTP, its contracts, its registry. */
import { Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "../../client/sdk/index.ts";
import { ZERO_HASH, type Hex } from "../../protocol/bytes.ts";
import { CHUNK_SIZE, commitKey, type Header } from "../../protocol/envelope/header.ts";
import { encodePreamble, hashDataset } from "../../protocol/envelope/package.ts";
import { sealStream } from "../../protocol/envelope/stream.ts";
import { sha256 } from "../../protocol/hash.ts";
import type { Result, Seal } from "../../protocol/schema.ts";
import { digestOf, signDigest } from "../../protocol/typed-data.ts";
import { telco1, telco2 } from "../worker/enclave/proof-of-concept.ts";
import {
  agree,
  csvOf,
  parties,
  publishProgram,
  runTask,
  testNet,
  type TestNet,
} from "./collaboration.ts";

let net: TestNet;
let telcos: Client[];
let terms: Hex;
/** A finished task that only telco 0 receives. */
let taskId: Hex;

const policy = { minParties: 1, minCohort: 3, maxShare: 1 };
const draft = () => ({ terms, function: "cluster", params: { k: 3 }, recipients: [0] });

beforeAll(async () => {
  net = await testNet();
  telcos = await parties(net, 2);
  const program = await publishProgram(net, telcos[0]!);
  terms = await agree(telcos, program, { policy });
  for (const [i, points] of [telco1, telco2].entries()) {
    const rows = csvOf("latitude,longitude", points);
    await telcos[i]!.dataset.contribute({ terms, table: "locations", rows });
  }
  ({ taskId } = await runTask(telcos, 0, draft()));
}, 300_000);
afterAll(async () => {
  await net.close();
});

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${net.workers[0]!.endpoint}${path}`, init);
const codeOf = async (response: Response): Promise<[number, string]> => {
  const { code } = (await response.json()) as { code: string };
  return [response.status, code];
};

describe("uploads", () => {
  /** An envelope that nobody announced on chain. */
  async function unannounced(): Promise<{ dataset: Hex; body: Uint8Array<ArrayBuffer> }> {
    const dataKey = new Uint8Array(32).fill(3);
    const header: Header = {
      kind: "dataset",
      ...net.deployment,
      terms,
      member: 0,
      table: 0,
      epoch: 0,
      schema: ZERO_HASH,
      context: ZERO_HASH,
      chunkSize: CHUNK_SIZE,
      noncePrefix: "0x00000000000000",
      keyCommitment: commitKey(dataKey),
    };
    const chunks: Uint8Array[] = [];
    const plain = (async function* () {
      yield new Uint8Array(100);
    })();
    for await (const chunk of sealStream(dataKey, header, plain)) chunks.push(chunk);
    const leaves = await Promise.all(chunks.map(sha256));
    const body = Buffer.concat([encodePreamble({ header, leaves, wraps: [] }), ...chunks]);
    return { dataset: hashDataset(header, leaves), body: Uint8Array.from(body) };
  }
  const put = (dataset: Hex, body: Uint8Array<ArrayBuffer>) =>
    ask(`/v1/datasets/${dataset}`, {
      method: "PUT",
      body,
      headers: { "content-type": "application/octet-stream" },
    });

  it("are refused before their hash is on chain", async () => {
    const { dataset, body } = await unannounced();
    expect(await codeOf(await put(dataset, body))).toEqual([404, "NOT_COMMITTED"]);
  });

  it("are refused under a hash that is not theirs", async () => {
    const { body } = await unannounced();
    const [known] = await telcos[0]!.dataset.list(terms);
    expect(await codeOf(await put(known!.dataset, body))).toEqual([422, "HASH_MISMATCH"]);
  });

  it.each([
    ["junk", new Uint8Array(5000).fill(7)],
    ["nothing", new Uint8Array(0)],
  ])("of %s are refused", async (_, body) => {
    const [known] = await telcos[0]!.dataset.list(terms);
    const response = await put(known!.dataset, body);
    expect(response.status).toBe(422);
  });
});

describe("outputs", () => {
  it("are sealed for recipients only", async () => {
    // This worker may be some blocks behind the one whose result was the last.
    await expect
      .poll(async () => (await ask(`/v1/results/${taskId}/0`)).status, { timeout: 30_000 })
      .toBe(200);
    expect(await codeOf(await ask(`/v1/results/${taskId}/1`))).toEqual([403, "NOT_A_RECIPIENT"]);
    await expect(telcos[1]!.result.get(taskId)).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
  });

  it("open for their recipient only, whoever fetches them", async () => {
    const thief = net.client(0);
    await expect(thief.result.get(taskId)).rejects.toHaveProperty("code");
  });

  it("stay where they are before m results are on chain", async () => {
    const proposed = await telcos[0]!.task.propose(draft());
    const response = await ask(`/v1/results/${proposed.taskId}/0`);
    expect(response.status).toBeGreaterThanOrEqual(400);
    await telcos[0]!.task.cancel(proposed.taskId);
  });
});

describe("results on chain", () => {
  /** A task that is sealed, its seal, and a fabricated success of it. */
  async function sealed(): Promise<{ id: Hex; seal: Seal; result: Result }> {
    let asked: Hex | undefined;
    const ended = runTask(telcos, 0, draft(), (id) => (asked = id));
    await ended;
    const { receipt } = await telcos[0]!.audit.task(asked!);
    const { seal } = receipt.sealing!;
    const { result } = receipt.results[0]!;
    return { id: asked!, seal, result: { ...result, outputCommitment: `0x${"66".repeat(32)}` } };
  }
  const submit = async (seal: Seal, result: Result, key: Uint8Array, by: number) => {
    const signature = signDigest(key, digestOf(net.deployment, "Result", result));
    return net.contracts.taskManager
      .getFunction("submitResult")
      .staticCall(seal, result, { by, signature });
  };

  it("are refused from an outsider, and when replayed on another task", async () => {
    const { seal, result } = await sealed();
    const outsider = Wallet.createRandom().signingKey.privateKey;
    const key = Uint8Array.from(Buffer.from(outsider.slice(2), "hex"));
    await expect(submit(seal, result, key, 0)).rejects.toThrow("ResultInvalid");
    const { receipt } = await telcos[0]!.audit.task(taskId);
    const replayed = receipt.results[0]!;
    const replay = net.contracts.taskManager
      .getFunction("submitResult")
      .staticCall(seal, replayed.result, {
        by: replayed.by,
        signature: replayed.signature,
      });
    await expect(replay).rejects.toThrow("ResultInvalid");
  });
});

describe("workers a client does not trust", () => {
  const worker = () => net.workers[0]!.worker;

  it("are refused when simulated and that was not accepted", async () => {
    const trust = { measurements: [net.workers[0]!.measurement], acceptSimulated: false };
    const careful = net.client(0, { trust });
    await expect(careful.worker.verify(worker())).rejects.toMatchObject({
      code: "SIMULATED_REFUSED",
    });
    const contribution = { terms, table: "locations", rows: csvOf("latitude,longitude", telco1) };
    await expect(careful.dataset.contribute(contribution)).rejects.toHaveProperty("code");
  });

  it("are refused with a measurement that is not on the list", async () => {
    const careful = net.client(0, { trust: { measurements: [ZERO_HASH], acceptSimulated: true } });
    const refusal = { code: "MEASUREMENT_UNKNOWN" };
    await expect(careful.worker.verify(worker())).rejects.toMatchObject(refusal);
  });

  it("are refused when the terms demand hardware, before anything is sealed to them", async () => {
    const [first] = await telcos[0]!.worker.list();
    const { program } = (await telcos[0]!.contract.get(terms)).terms;
    const demand = {
      policy,
      minProtection: "hardware",
      workers: [first!.keys],
      threshold: 1,
    } as const;
    const refusal = { code: "PROTECTION_TOO_LOW" };
    await expect(agree(telcos, program, demand)).rejects.toMatchObject(refusal);
  });

  // Last: it moves the clock of the chain past every registration.
  it("are refused with evidence that has expired", async () => {
    await net.passTime(366 * 24 * 3600);
    const refusal = { code: "EVIDENCE_EXPIRED" };
    await expect(telcos[0]!.worker.verify(worker())).rejects.toMatchObject(refusal);
  });
});
