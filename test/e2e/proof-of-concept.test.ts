/** The article's proof of concept through the whole system: chain, three workers, two telcos, an auditor. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "../../client/sdk/index.ts";
import { createClient } from "../../client/sdk/index.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { telco1, telco2 } from "../worker/enclave/proof-of-concept.ts";
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

let net: TestNet;
let telcos: Client[];
let open: Hex;
let strict: Hex;

async function contribute(terms: Hex): Promise<void> {
  for (const [i, points] of [telco1, telco2].entries()) {
    const label = String(i);
    const locations = csvOf("latitude,longitude", points);
    const training = csvOf(
      "latitude,longitude,label",
      points.map((point) => [...point, label]),
    );
    await telcos[i]!.dataset.contribute({ terms, table: "locations", rows: locations });
    await telcos[i]!.dataset.contribute({ terms, table: "training", rows: training });
  }
}

beforeAll(async () => {
  net = await testNet();
  telcos = await parties(net, 2);
  const program = await publishProgram(net, telcos[0]!);
  open = await agree(telcos, program, { policy: { minParties: 1, minCohort: 3, maxShare: 1 } });
  strict = await agree(telcos, program);
  await contribute(open);
  await contribute(strict);
}, 300_000);
afterAll(async () => {
  await net.close();
});

const auditor = () => createClient({ provider: net.provider, deployment: net.deployment });
const both = [0, 1];

describe("two telcos with an open policy", () => {
  it("cluster: London, Manchester, Amsterdam, the same for both, paid for and audited", async () => {
    const before = await telcos[0]!.vault.balance();
    const fee = 30n * TOKEN;
    const draft = { terms: open, function: "cluster", params: { k: 3 }, recipients: both, fee };
    const { taskId, state } = await runTask(telcos, 0, draft);
    expect(state).toBe("finalized");

    const opened = await Promise.all(telcos.map((telco) => telco.result.get(taskId)));
    expect(opened[0]!.output).toEqual(opened[1]!.output);
    const { centres } = opened[0]!.value as { centres: { size: number }[] };
    expect(centres).toHaveLength(3);
    expect(centres[0]).toEqual({ latitude: 52.354, longitude: 4.901, size: 4 });
    expect(centres).toContainEqual({ latitude: 51.516, longitude: -0.107, size: 3 });
    expect(centres).toContainEqual({ latitude: 53.484, longitude: -2.25, size: 3 });

    const { report } = await auditor().audit.task(taskId);
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report).toMatchObject({ ok: true, state: "finalized", protection: "simulated" });
    expect(report.checks.map((check) => check.name)).toEqual(
      expect.arrayContaining([
        "terms",
        "program",
        "consents",
        "seal",
        "evidence",
        "results",
        "chain",
      ]),
    );
    expect(await telcos[0]!.vault.balance()).toBe(before - fee);
  });

  it("classify: 6 and 4", async () => {
    const draft = {
      terms: open,
      function: "classify",
      params: { method: "knn" },
      recipients: both,
    };
    const { taskId } = await runTask(telcos, 1, draft);
    const { value } = await telcos[0]!.result.get(taskId);
    expect(value).toMatchObject({
      rows: 10,
      classes: [
        { label: "0", rows: 6 },
        { label: "1", rows: 4 },
      ],
    });
  });

  it("predict: the asker's own points, for the asker alone", async () => {
    const privateRows = csvOf("latitude,longitude", [
      [51.5, -0.1],
      [52.37, 4.9],
    ]);
    const params = { method: "knn", k: 1 };
    const draft = { terms: open, function: "predict", params, privateRows };
    const { taskId } = await runTask(telcos, 1, draft);
    expect((await telcos[1]!.result.get(taskId)).value).toEqual({ predictions: ["0", "1"] });
    await expect(telcos[0]!.result.get(taskId)).rejects.toHaveProperty("code", "NOT_A_RECIPIENT");
  });
});

describe("two telcos under the default policy", () => {
  it.each([
    ["cluster", { k: 3 }, "PARTIES_PER_CLUSTER"],
    ["classify", { method: "naive-bayes" }, "COHORT_TOO_SMALL"],
  ])("%s is refused with %s, and the refusal is proven", async (name, params, reason) => {
    const draft = { terms: strict, function: name, params, recipients: both };
    const { taskId, state } = await runTask(telcos, 0, draft);
    expect(state).toBe("failed");
    const refusal = { code: "TASK_FAILED", facts: { task: taskId, reason } };
    await expect(telcos[0]!.result.get(taskId)).rejects.toMatchObject(refusal);
    const { report } = await auditor().audit.task(taskId);
    expect(report).toMatchObject({ ok: true, state: "failed", reason });
  });
});
