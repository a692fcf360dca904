/** The SDK against one real worker, set up and started by its operator's commands. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createClient,
  newPartyKeys,
  type Client,
  type ContractDraft,
} from "../../../client/sdk/index.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { defaultPolicy, type Policy } from "../../../protocol/policy.ts";
import type { Table } from "../../../protocol/program.ts";
import { buildProgram } from "../../../client/kit/build.ts";
import { startNet, type Net } from "../../../scripts/net.ts";

const root = join(import.meta.dirname, "../../..");

/** The proof of concept's own example: telco 1 in London and Manchester, telco 2 in Amsterdam. */
const telco1 = [
  "51.507221,-0.127600",
  "51.531900,-0.106272",
  "51.507877,-0.087732",
  "53.480759,-2.242631",
  "53.489761,-2.272540",
  "53.481170,-2.235970",
];
const telco2 = [
  "52.370216,4.895168",
  "52.377892,4.899730",
  "52.324430,4.930760",
  "52.344720,4.880060",
];
const requests: Policy["requests"] = [{ function: "cluster" }, { function: "predict" }];

describe("a real worker", () => {
  let net: Net;
  let home: string;
  let parties: Client[];
  let program: Hex;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "cloister-test-"));
    net = await startNet({ workers: 1, home });
    const { provider, deployment } = net;
    const measurements = net.workers.map((worker) => worker.measurement);
    parties = net.accounts.slice(0, 2).map(({ privateKey }) =>
      createClient({
        provider,
        deployment,
        signer: new Wallet(privateKey, provider),
        keys: newPartyKeys(),
        trust: { measurements, acceptSimulated: true },
        pollMs: 50,
      }),
    );
    const [author] = parties as [Client];
    program = await author.program.publish(
      await buildProgram(join(root, "programs/location-analytics")),
    );
    await author.program.upload(
      program,
      net.workers.map((worker) => worker.endpoint),
    );
  });
  afterAll(async () => {
    await net.close();
    await rm(home, { recursive: true, force: true });
  });

  async function collaboration(policy: Partial<Policy>): Promise<Hex> {
    const [author] = parties as [Client];
    const draft: ContractDraft = {
      name: "proof of concept",
      program,
      members: await Promise.all(parties.map((party) => party.party.member())),
      workers: (await author.worker.list()).map((worker) => worker.keys),
      threshold: 1,
      policy: { ...defaultPolicy, requests, ...policy },
      minProtection: "simulated",
    };
    const terms = await author.contract.create(draft);
    for (const party of parties) await party.contract.join(terms);
    return terms;
  }

  async function contribute(terms: Hex): Promise<void> {
    for (const [i, rows] of [telco1, telco2].entries()) {
      const { dataset } = parties[i]!;
      const locations = ["latitude,longitude", ...rows].join("\n");
      await dataset.contribute({ terms, table: "locations", rows: locations });
      const training = ["latitude,longitude,label", ...rows.map((row) => `${row},${i}`)].join("\n");
      await dataset.contribute({ terms, table: "training", rows: training });
    }
  }

  async function run(terms: Hex, question: { function: string; params: object; rows?: string }) {
    const [asker, other] = parties as [Client, Client];
    return asker.task.run(
      {
        terms,
        function: question.function,
        params: question.params as never,
        ...(question.rows && { privateRows: question.rows }),
      },
      { timeoutSeconds: 60, onProposed: ({ taskId }) => void other.task.consent(taskId) },
    );
  }

  it("finds London, Manchester and Amsterdam, and proves it", async () => {
    const terms = await collaboration({ minParties: 1, minCohort: 3, maxShare: 1 });
    await contribute(terms);
    const { taskId, state } = await run(terms, { function: "cluster", params: { k: 3 } });
    expect(state).toBe("finalized");
    const opened = await parties[0]!.result.get(taskId);
    expect(opened.value).toMatchObject({
      centres: [
        { latitude: 52.354, longitude: 4.901, size: 4 },
        { latitude: 51.516, longitude: -0.107, size: 3 },
        { latitude: 53.484, longitude: -2.25, size: 3 },
      ],
    });
    await expect(parties[1]!.result.get(taskId)).rejects.toMatchObject({ code: "NOT_A_RECIPIENT" });
    const { provider, deployment } = net;
    const { report } = await createClient({ provider, deployment }).audit.task(taskId, opened);
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report.ok).toBe(true);

    // Own private points, which only the enclave opens.
    const rows = "latitude,longitude\n51.52,-0.1\n52.36,4.9\n";
    const predicted = await run(terms, {
      function: "predict",
      params: { method: "knn", k: 3 },
      rows,
    });
    expect(predicted.state).toBe("finalized");
    const { value } = await parties[0]!.result.get(predicted.taskId);
    expect(JSON.stringify(value)).toMatch(/"0".*"1"/);
  });

  it("is killed during an upload, and the upload goes on", async () => {
    const terms = await collaboration({});
    const rows = 3_000_000;
    const table: Table = {
      rows,
      columns: {
        latitude: { type: "fixed", values: Int32Array.from({ length: rows }, (_, i) => i) },
        longitude: { type: "fixed", values: Int32Array.from({ length: rows }, (_, i) => -i) },
      },
    };
    const [worker] = net.workers;
    let killed: Promise<void> | undefined;
    const { deliveries } = await parties[0]!.dataset.contribute({
      terms,
      table: "locations",
      rows: table,
      onProgress: ({ stage }) => {
        if (stage === "uploading") killed ??= worker!.kill().then(() => worker!.restart());
      },
    });
    await killed;
    expect(killed).toBeDefined();
    expect(deliveries).toEqual([{ endpoint: worker!.endpoint, complete: true }]);
  });
});
