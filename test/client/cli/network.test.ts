/** Faults met on a real network: each named by its code, its exit code and the next command; and `doctor`, which finds them first. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Wallet } from "ethers";
import type { Hex } from "../../../protocol/bytes.ts";
import { failures, type Failures } from "../../../protocol/errors.ts";
import type { Member } from "../../../protocol/schema.ts";
import { buildProgram } from "../../../scripts/build-program.ts";
import { csvOf, testNet, TOKEN, type TestNet } from "../../e2e/collaboration.ts";
import { telco1 } from "../../worker/enclave/proof-of-concept.ts";
import { person, type Outcome, type Person } from "./support.ts";

let net: TestNet;
let place: string[];
let acme: Person;
let bell: Person;
/** Keys, but nothing else. */
let poor: Person;
let contract: Hex;
let waiting: Hex;

interface Refusal {
  readonly code: keyof Failures;
  readonly facts: Record<string, unknown>;
  readonly next: string;
}

/** What a command refuses with; its exit code must be the table's. */
async function refused(who: Person, ...args: string[]): Promise<Refusal> {
  const outcome: Outcome = await who.run(...args, "--json");
  const { error } = JSON.parse(outcome.stdout) as { error: Refusal };
  expect(outcome.code).toBe(failures[error.code].exit);
  expect(outcome.stderr).toContain(error.code);
  return error;
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
  place = ["--deployment", net.deploymentFile, "--confirmations", "1"];
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
}, 120_000);

afterAll(async () => {
  for (const someone of [acme, bell, poor]) someone.leave();
  await net.close();
});

const csv = csvOf("latitude,longitude", telco1);
const ask = () => ["--contract", contract, "--function", "cluster"];
const locations = () => ["--contract", contract, "--table", "locations", "--accept-simulated"];

describe("refusals", () => {
  it("before all have joined: NOT_ACTIVE", async () => {
    await acme.json("contract", "join", contract, "--accept-simulated");
    const file = acme.file("table.csv", csv);
    const said = await refused(acme, "dataset", "contribute", file, ...locations());
    expect(said).toMatchObject({ code: "NOT_ACTIVE", facts: { terms: contract } });
    expect(said.next).toContain("contract join");
  });

  it("of strangers and of workers nobody trusts: NOT_A_MEMBER, MEASUREMENT_UNKNOWN", async () => {
    const joining = ["contract", "join", contract, "--accept-simulated"];
    expect((await refused(poor, ...joining)).code).toBe("NOT_A_MEMBER");
    const { measurement } = net.workers[0]!;
    await bell.json("trust", "remove", measurement);
    const unknown = await refused(bell, ...joining);
    expect(unknown).toMatchObject({
      code: "MEASUREMENT_UNKNOWN",
      next: expect.stringContaining("trust add"),
    });
    await bell.json("trust", "add", measurement);
    await bell.json(...joining);
  });

  it("of what cannot be asked: FUNCTION_UNKNOWN, PARAMETER_INVALID, USAGE, BALANCE_LOW", async () => {
    const file = acme.file("table.csv", csv);
    await acme.json("dataset", "contribute", file, ...locations());
    const other = ["--contract", contract, "--function", "guess"];
    expect((await refused(acme, "task", "propose", ...other)).code).toBe("FUNCTION_UNKNOWN");
    for (const params of ['{"k":0}', '{"k":1.5}', '{"k":51}', '{"k":"3"}', '{"k":3,"l":1}', "{}"]) {
      const said = await refused(acme, "task", "propose", ...ask(), "--params", params);
      expect(said.code).toBe("PARAMETER_INVALID");
    }
    expect((await refused(acme, "task", "propose", ...ask(), "--params", "k=3")).code).toBe(
      "USAGE",
    );
    const low = await refused(
      acme,
      "task",
      "propose",
      ...ask(),
      "--params",
      '{"k":3}',
      "--fee",
      "7tok",
    );
    expect(low).toMatchObject({
      code: "BALANCE_LOW",
      next: `cloister vault deposit ${7n * TOKEN}`,
    });
    expect((await refused(acme, "vault", "deposit", "7tokens")).code).toBe("AMOUNT_INVALID");
    expect((await refused(acme, "vault", "deposit", "11tok")).code).toBe("BALANCE_LOW");
  });

  it("of a bad file: its rows, and nothing is sent", async () => {
    const file = acme.file("bad.csv", "lat,lon\nin the arctic bro,1\n52,1\n53,2\n");
    const said = await refused(acme, "dataset", "contribute", file, ...locations());
    expect(said).toMatchObject({ code: "VALUE_NOT_NUMBER", facts: { row: 2, column: "latitude" } });
    const sent = await acme.json("dataset", "contribute", file, ...locations(), "--skip-invalid");
    expect(sent).toMatchObject({ rows: 2, skipped: 1 });
  });

  it("while something is missing: CONSENT_MISSING, NOT_FINAL, PAUSED, TIMED_OUT", async () => {
    const proposed = await acme.json<{ task: Hex }>(
      "task",
      "propose",
      ...ask(),
      "--params",
      '{"k":1}',
    );
    waiting = proposed.task;
    expect(await refused(bell, "task", "seal", waiting)).toMatchObject({
      code: "CONSENT_MISSING",
      next: `member 0 runs: cloister task consent ${waiting}`,
    });
    expect((await refused(acme, "result", "get", waiting)).code).toBe("NOT_FINAL");
    const watch = ["task", "status", waiting, "--watch", "--timeout", "1"];
    expect((await refused(bell, ...watch)).code).toBe("TIMED_OUT");
    await bell.json("contract", "pause", contract);
    const consent = join(acme.folder, "consent.json");
    await acme.json("task", "consent", waiting, "--out", consent);
    await acme.json("task", "consent", waiting);
    let said = await refused(bell, "task", "seal", waiting);
    for (let i = 0; i < 20 && said.code === "QUORUM_MISSING"; i++)
      said = await refused(bell, "task", "seal", waiting);
    expect(said).toMatchObject({ code: "PAUSED", facts: { by: [1] } });
    expect(said.next).toContain("contract resume");
  });

  it("of names nobody knows: NOT_FOUND", async () => {
    const nothing = `0x${"77".repeat(32)}`;
    for (const verb of [
      ["task", "status"],
      ["contract", "terms"],
      ["audit", "task"],
      ["program", "inspect"],
    ])
      expect((await refused(acme, ...verb, nothing)).code).toBe("NOT_FOUND");
  });

  it("of the wrong chain, also when gas is priced by hand: WRONG_CHAIN", async () => {
    const file = acme.file(
      "5.json",
      JSON.stringify({ secretContracts: net.deployment.contracts, rpc: net.chain.url }),
    );
    const said = await refused(acme, "party", "list", "--deployment", file);
    expect(said).toMatchObject({ code: "WRONG_CHAIN", facts: { expected: "5", actual: "31337" } });
  });
});

describe("gas flags", () => {
  it("price transactions", async () => {
    await acme.json("party", "register", "Acme", "--max-fee", "50", "--priority-fee", "1.5");
    const block = await net.provider.getBlock("latest", true);
    const all = await net.provider.getLogs({
      fromBlock: 0,
      address: await net.contracts.partyRegistry.getAddress(),
    });
    const sent = await net.provider.getTransaction(all.at(-1)!.transactionHash);
    expect(block).not.toBeNull();
    expect(sent).toMatchObject({
      maxFeePerGas: 50_000_000_000n,
      maxPriorityFeePerGas: 1_500_000_000n,
    });
  });

  it("two commands of one account at once do not spoil each other's nonce", async () => {
    const names = ["one", "two", "three"];
    await Promise.all(names.map((name) => acme.json("party", "register", name)));
    const { parties } = await acme.json<{ parties: { name: string }[] }>("party", "list");
    expect(names).toContain(parties[0]!.name);
  });
});

describe("net status", () => {
  it("shows chain, contracts and workers", async () => {
    expect(await acme.json("net", "status")).toMatchObject({
      chainId: 31337,
      contracts: { secretContracts: net.deployment.contracts },
      workers: [{ endpoint: net.workers[0]!.endpoint, answers: true }],
    });
  });
});

describe("doctor", () => {
  type Found = Record<string, { state: string; says: string; cure?: string }>;
  async function examine(who: Person, ...more: string[]): Promise<{ ok: boolean; found: Found }> {
    const { code, stdout } = await who.run("doctor", "--json", ...more);
    const { ok, checks } = JSON.parse(stdout) as {
      ok: boolean;
      checks: ({ name: string } & Found[string])[];
    };
    expect(code === 0).toBe(ok);
    return { ok, found: Object.fromEntries(checks.map((check) => [check.name, check])) };
  }
  const fault = (says: string, cure: string) => ({
    state: "fault",
    says: expect.stringContaining(says),
    cure: expect.stringContaining(cure),
  });

  it("finds nothing where nothing is wrong", async () => {
    await acme.json("vault", "deposit", "1tok");
    const { ok, found } = await examine(acme);
    expect(Object.entries(found).filter(([, check]) => check.state !== "ok")).toEqual([]);
    expect(ok).toBe(true);
  });

  it("finds an account without gas, an empty vault, an enclave that is not trusted", async () => {
    const { ok, found } = await examine(poor);
    expect(ok).toBe(false);
    expect(found["gas"]).toEqual(expect.objectContaining(fault("GAS_LOW", "send it")));
    expect(found["vault"]).toEqual(expect.objectContaining(fault("BALANCE_LOW", "vault deposit")));
    expect(found["measurements"]).toEqual(
      expect.objectContaining(fault("MEASUREMENT_UNKNOWN", "trust add")),
    );
  });

  it("finds a node that is down, a wrong chain, an address without contracts", async () => {
    const down = await examine(acme, "--rpc", "http://127.0.0.1:1");
    expect(down.found["rpc"]).toEqual(
      expect.objectContaining(fault("RPC_UNREACHABLE", "--rpc URL")),
    );
    const held = { secretContracts: net.deployment.contracts, rpc: net.chain.url };
    const elsewhere = acme.file("5.json", JSON.stringify(held));
    const wrong = await examine(acme, "--deployment", elsewhere);
    expect(wrong.found["chain id"]).toEqual(
      expect.objectContaining(fault("WRONG_CHAIN", "chain 5")),
    );
    const nothing = { ...held, secretContracts: Wallet.createRandom().address };
    const empty = await examine(
      acme,
      "--deployment",
      acme.file("31337.json", JSON.stringify(nothing)),
    );
    expect(empty.found["contracts"]).toEqual(
      expect.objectContaining(fault("NOT_FOUND", "--deployment FILE")),
    );
  });

  it("finds a worker that does not answer, then expired evidence and a clock that is off", async () => {
    await net.workers[0]!.stop();
    const silent = await examine(acme);
    expect(silent.found["workers"]).toEqual(
      expect.objectContaining(fault("WORKER_UNREACHABLE", "worker start")),
    );
    await net.passTime(28 * 86_400);
    const soon = await examine(acme);
    expect(soon.found["evidence"]).toEqual(
      expect.objectContaining(fault("expires within", "worker register")),
    );
    await net.passTime(3 * 86_400);
    const late = await examine(acme);
    expect(late.found["evidence"]).toEqual(
      expect.objectContaining(fault("EVIDENCE_EXPIRED", "worker register")),
    );
    expect(late.found["clock"]).toEqual(expect.objectContaining(fault("ahead of", "block time")));
    const cancelled = await bell.json("task", "cancel", waiting);
    expect(cancelled).toMatchObject({ state: "cancelled" });
  });
});
