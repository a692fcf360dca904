/** `dataset withdraw` against a real worker process: what it keeps while a task is under way, and its enclave's word when it is gone. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Hex } from "../../../protocol/bytes.ts";
import { failures } from "../../../protocol/errors.ts";
import type { Member } from "../../../protocol/schema.ts";
import { digestOf, signerOf } from "../../../protocol/typed-data.ts";
import type { Attestation } from "../../../protocol/api.ts";
import { buildProgram } from "../../../client/kit/build.ts";
import { csvOf, testNet, type TestNet } from "../../e2e/collaboration.ts";
import { telco1, telco2 } from "../../worker/enclave/proof-of-concept.ts";
import { person, type Person } from "./support.ts";

interface Withdrawn {
  readonly erased: boolean;
  readonly workers: {
    readonly endpoint: string;
    readonly state: string;
    readonly signature?: Hex;
    readonly pins: { task: Hex; state: string }[];
    readonly reason?: string;
    readonly fault?: string;
  }[];
  readonly next?: string;
}

let net: TestNet;
let acme: Person;
let contract: Hex;

beforeAll(async () => {
  net = await testNet({ workers: 1 });
  acme = person("acme", ["--deployment", net.deploymentFile, "--confirmations", "1"]);
  const key = acme.file("key", net.accounts[0]!.privateKey);
  const { member } = await acme.json<{ member: Member }>("party", "keygen", "--import-key", key);
  await acme.json("trust", "add", net.workers[0]!.measurement);
  const folder = join(import.meta.dirname, "../../../programs/location-analytics");
  const built = await buildProgram(folder);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const [module, manifest] = [
    acme.file("module", text(built.module)),
    acme.file("manifest", text(built.manifest)),
  ];
  const files = ["--module", module, "--manifest", manifest];
  const { program } = await acme.json<{ program: string }>("program", "publish", ...files);
  const draft = {
    name: "test",
    program,
    members: [member],
    workers: [net.workers[0]!.worker],
    threshold: 1,
    minProtection: "simulated",
    policy: { minParties: 1, minCohort: 1, maxShare: 1, requests: [{ function: "cluster" }] },
  };
  const file = acme.file("draft.json", JSON.stringify(draft));
  ({ contract } = await acme.json<{ contract: Hex }>("contract", "create", file));
  await acme.json("contract", "join", contract, "--accept-simulated");
}, 120_000);

afterAll(async () => {
  acme.leave();
  await net.close();
});

const flags = () => ["--contract", contract];
const contribute = async (rows: typeof telco1): Promise<Hex> => {
  const file = acme.file("table.csv", csvOf("latitude,longitude", rows));
  const more = ["--table", "locations", "--accept-simulated"];
  return (await acme.json<{ dataset: Hex }>("dataset", "contribute", file, ...flags(), ...more))
    .dataset;
};
const withdraw = async (dataset: Hex, ...more: string[]) => {
  const { code, stdout } = await acme.run(
    "dataset",
    "withdraw",
    dataset,
    ...flags(),
    ...more,
    "--json",
  );
  return { code, said: JSON.parse(stdout) as Withdrawn };
};
const heldAt = () => readdirSync(join(net.workers[0]!.home, "datasets"));

describe("dataset withdraw", () => {
  it("waits for the task that names it, then shows the enclave's signature; nothing is left on the disk", async () => {
    const [dataset, other] = [await contribute(telco1), await contribute(telco2)];
    const ask = ["--function", "cluster", "--params", '{"k":1}', "--input", `0/0/${dataset}`];
    const { task } = await acme.json<{ task: Hex }>("task", "propose", ...flags(), ...ask);
    const { endpoint } = net.workers[0]!;
    const path = `/v1/datasets/${dataset}/erasure?terms=${contract}&member=0`;
    const stateAt = async () =>
      ((await (await fetch(`${endpoint}${path}`)).json()) as { state: string }).state;
    expect(await stateAt()).toBe("kept");

    const first = await withdraw(dataset);
    expect(first).toMatchObject({ code: 0, said: { erased: false } });
    expect(first.said.next).toBe(
      `cloister dataset withdraw ${dataset} --contract ${contract} --wait`,
    );
    await expect.poll(stateAt, { timeout: 20_000 }).toBe("pending");
    const { code, said } = await withdraw(dataset, "--wait", "--timeout", "1");
    expect(code).toBe(failures.TIMED_OUT.exit);
    expect(said.workers).toMatchObject([{ endpoint, state: "pending", pins: [{ task }] }]);
    const words = await acme.run("dataset", "withdraw", dataset, ...flags());
    expect(words.stdout).toContain(`sooner: cloister task veto ${task}`);
    expect(heldAt().toSorted()).toEqual([dataset, other].toSorted());

    await acme.json("task", "veto", task);
    const last = await withdraw(dataset, "--wait");
    expect(last).toMatchObject({ code: 0, said: { erased: true, workers: [{ state: "erased" }] } });
    const { keys } = (await (await fetch(`${endpoint}/v1/attestation`)).json()) as Attestation;
    const statement = { terms: contract, member: 0, dataset, sealingKey: keys.sealingKey };
    const digest = digestOf(net.deployment, "Erasure", statement);
    expect(signerOf(digest, last.said.workers[0]!.signature!)).toBe(keys.signer);
    expect(heldAt()).toEqual([other]);

    const listed = await acme.run("dataset", "list", ...flags());
    expect(listed.stdout).toContain("withdrawn, erased by 1 of 1 workers");
    const { datasets } = await acme.json<{ datasets: { dataset: Hex; workers?: object[] }[] }>(
      "dataset",
      "list",
      ...flags(),
    );
    expect(datasets).toMatchObject([
      { dataset, workers: [{ state: "erased" }] },
      { dataset: other },
    ]);
    expect(datasets[1]).not.toHaveProperty("workers");
  });

  it("of a worker that does not answer says so, and hears it when it is back after kill -9", async () => {
    const [worker] = net.workers;
    const dataset = await contribute([...telco1, ...telco2]);
    await worker!.kill();
    const silent = await withdraw(dataset, "--wait", "--timeout", "1");
    expect(silent.code).toBe(failures.TIMED_OUT.exit);
    expect(silent.said.workers).toMatchObject([{ state: "unknown", fault: "WORKER_UNREACHABLE" }]);
    await worker!.restart();
    const back = await withdraw(dataset, "--wait");
    expect(back).toMatchObject({ code: 0, said: { erased: true } });
    expect(heldAt()).not.toContain(dataset);
  });

  it("says how a replaced dataset can be looked at", async () => {
    const old = await contribute(telco1.slice(1));
    const file = acme.file("table.csv", csvOf("latitude,longitude", telco2.slice(1)));
    const more = ["--table", "locations", "--accept-simulated"];
    const { stderr, code } = await acme.run("dataset", "replace", old, file, ...flags(), ...more);
    expect(code).toBe(0);
    expect(stderr).toContain(`cloister dataset withdraw ${old} --contract ${contract} --wait`);
    expect((await withdraw(old, "--wait")).said.erased).toBe(true);
  });
});
