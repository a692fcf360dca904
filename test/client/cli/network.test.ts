/**
 * A network such as real ones are: the worker and the parties reach the chain through a FAKE of a picky public node. What the
 * deployment's file says of it is followed; and `doctor` finds what is wrong before somebody meets it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Wallet } from "ethers";
import { DeploymentFile } from "../../../protocol/chain/deployment.ts";
import { failures } from "../../../protocol/errors.ts";
import { parseShape } from "../../../protocol/schema.ts";
import { parseConfig } from "../../../worker/config.ts";
import { testNet, TOKEN, type TestNet } from "../../e2e/collaboration.ts";
import { startPickyNode, tooWide, type PickyNode } from "../../support/picky-node.ts";
import { cloister, person, type Person } from "./support.ts";

let net: TestNet;
/** In front of the chain, for everybody. */
let node: PickyNode;
let chainUrl = "";
let acme: Person;
/** Keys, but nothing else. */
let poor: Person;

const gas = { maxFeePerGas: 50, maxPriorityFeePerGas: 1.5 };

beforeAll(async () => {
  node = await startPickyNode(() => chainUrl);
  // All of the story is longer than this.
  node.maxRange = 20;
  net = await testNet({
    workers: 1,
    workerRpc: (url) => {
      chainUrl = url;
      return node.url;
    },
  });
  const held = parseShape(
    DeploymentFile,
    JSON.parse(readFileSync(net.deploymentFile, "utf8")),
    "file",
  );
  const place = { ...held, chainId: net.deployment.chainId, rpc: node.url, gas };
  [acme, poor] = [person("acme"), person("poor")];
  const file = acme.file("place.json", JSON.stringify(place));
  for (const someone of [acme, poor])
    (someone.flags as string[]).push("--confirmations", "1", "--deployment", file);
  const { address, privateKey } = net.accounts[0]!;
  await acme.json("party", "keygen", "--import-key", acme.file("key", privateKey));
  await net.mint(address, 10n * TOKEN);
  await acme.json("trust", "add", net.workers[0]!.measurement);
  await poor.json("party", "keygen");
}, 300_000);

afterAll(async () => {
  for (const someone of [acme, poor]) someone.leave();
  await net.close();
  await node.close();
});

/** `worker init` in a folder of Acme's. */
const initWorker = (name: string, deployment: string, ...more: string[]) => {
  const flags = ["--home", join(acme.folder, name), "--tee", "simulated"];
  return cloister(["worker", "init", ...flags, "--deployment", deployment, ...more]);
};

/** The last transaction of an account. */
async function lastSent(account: string) {
  const address = await net.contracts.partyRegistry.getAddress();
  const logs = await net.provider.getLogs({ fromBlock: 0, address });
  const sent = await net.provider.getTransaction(logs.at(-1)!.transactionHash);
  expect(sent?.from.toLowerCase()).toBe(account);
  return sent!;
}

describe("a picky node", () => {
  it("served the worker that got here: it read the chain in pieces", async () => {
    const answer = await fetch(`${net.workers[0]!.endpoint}/healthz`);
    expect(await answer.json()).toMatchObject({ ok: true, rpc: true, synced: true });
    expect(node.spans.length).toBeGreaterThan(1);
    expect(Math.max(...node.spans)).toBeLessThanOrEqual(20);
  });

  it("gives the same lists as any other, in its own time", async () => {
    await acme.json("party", "register", "Acme");
    node.refusal = tooWide[2]!;
    [node.dropNext, node.throttleNext] = [1, 1];
    const { parties } = await acme.json<{ parties: { name: string }[] }>("party", "list");
    expect(parties).toMatchObject([{ name: "Acme" }]);
    const direct = await acme.json<{ parties: unknown[] }>("party", "list", "--rpc", chainUrl);
    expect(parties).toEqual(direct.parties);
  });

  it("of another chain is refused, by parties and by operators", async () => {
    node.chainId = "0x5";
    const outcome = await acme.run("party", "list", "--json");
    const init = await initWorker("lost", join(acme.folder, "place.json"));
    node.chainId = undefined;
    expect(outcome.code).toBe(failures.WRONG_CHAIN.exit);
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      error: { code: "WRONG_CHAIN", facts: { expected: "31337", actual: "5" } },
    });
    expect(init).toMatchObject({
      code: failures.WRONG_CHAIN.exit,
      stderr: expect.stringContaining("WRONG_CHAIN"),
    });
  });
});

describe("what the deployment's file says", () => {
  it("prices transactions, where no flag says otherwise", async () => {
    const account = net.accounts[0]!.address;
    await acme.json("party", "register", "Acme");
    expect(await lastSent(account)).toMatchObject({ maxPriorityFeePerGas: 1_500_000_000n });
    await acme.json("party", "register", "Acme & Co", "--max-fee", "30", "--priority-fee", "2");
    const flagged = await lastSent(account);
    expect(flagged).toMatchObject({ maxPriorityFeePerGas: 2_000_000_000n });
    expect(flagged.maxFeePerGas).toBeLessThanOrEqual(30_000_000_000n);
  });

  it("is how many blocks a transaction waits for, unless a flag says it", async () => {
    const held = JSON.parse(readFileSync(join(acme.folder, "place.json"), "utf8")) as object;
    const file = acme.file("patient.json", JSON.stringify({ ...held, confirmations: 5 }));
    const register = ["--home", acme.home, "--deployment", file, "party", "register", "Patient"];
    const password = ["--password-file", join(acme.folder, "password")];
    expect(await cloister([...register, ...password])).toMatchObject({ code: 0 });
    const { blockNumber } = await lastSent(net.accounts[0]!.address);
    expect((await net.provider.getBlockNumber()) - blockNumber! + 1).toBeGreaterThanOrEqual(5);
  });

  it("is taken over by a worker's home", async () => {
    const example = JSON.parse(
      readFileSync(
        join(import.meta.dirname, "../../../docs/operations/deployment.example.json"),
        "utf8",
      ),
    ) as object;
    const { secretContracts } = parseShape(DeploymentFile, example, "example");
    const here = { ...example, secretContracts, chainId: 31337, rpc: node.url };
    const file = acme.file("here.json", JSON.stringify(here));
    const init = await initWorker("worker", file, "--max-fee", "70");
    expect(init).toMatchObject({ code: 0 });
    const written = JSON.parse(
      readFileSync(join(acme.folder, "worker", "worker.json"), "utf8"),
    ) as unknown;
    expect(parseConfig(written, "worker.json")).toMatchObject({
      rpc: node.url,
      contracts: secretContracts.toLowerCase(),
      fromBlock: 9_100_000,
      logRange: 10_000,
      confirmations: 3,
      gas: { maxFeePerGas: 70, maxPriorityFeePerGas: 1.5 },
    });
  });
});

it("two commands of one account at once do not spoil each other's nonce", async () => {
  const names = ["one", "two", "three"];
  await Promise.all(names.map((name) => acme.json("party", "register", name)));
  const { parties } = await acme.json<{ parties: { name: string }[] }>("party", "list");
  expect(names).toContain(parties[0]!.name);
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
    const held = { secretContracts: net.deployment.contracts, rpc: node.url };
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
      expect.objectContaining(fault("expires within", "worker renew")),
    );
    await net.passTime(3 * 86_400);
    const late = await examine(acme);
    expect(late.found["evidence"]).toEqual(
      expect.objectContaining(fault("EVIDENCE_EXPIRED", "worker renew")),
    );
    expect(late.found["clock"]).toEqual(expect.objectContaining(fault("ahead of", "block time")));
  });
});
