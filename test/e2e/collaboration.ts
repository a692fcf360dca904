/** Parties that already work together on a local network: what most end-to-end tests start from. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import {
  createClient,
  newPartyKeys,
  type Client,
  type ClientOptions,
  type ContractDraft,
} from "../../client/sdk/index.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { defaultPolicy, type Policy } from "../../protocol/policy.ts";
import { buildProgram } from "../../client/kit/build.ts";
import { buildContracts } from "../../scripts/chain.ts";
import { startNet, type Net, type NetOptions } from "../../scripts/net.ts";

export const TOKEN = 10n ** 18n;
const MONEY = 1_000n * TOKEN;

export interface TestNet extends Net {
  /** A client for the account of this number, that takes simulated workers. */
  client(index: number, options?: Partial<ClientOptions>): Client;
  /** Moves the clock of the chain, in seconds. */
  passTime(seconds: number): Promise<void>;
}

/** A network in a folder that goes with it. */
export async function testNet(options: Partial<NetOptions> = {}): Promise<TestNet> {
  await buildContracts();
  const home = mkdtempSync(join(tmpdir(), "cloister-e2e-"));
  const net = await startNet({ workers: 3, home, ...options });
  const client = (index: number, more: Partial<ClientOptions> = {}): Client => {
    const account = net.accounts[index]!;
    return createClient({
      provider: net.provider,
      deployment: net.deployment,
      signer: new Wallet(account.privateKey, net.provider),
      keys: newPartyKeys(),
      trust: {
        measurements: net.workers.map((worker) => worker.measurement),
        acceptSimulated: true,
      },
      pollMs: 100,
      ...more,
    });
  };
  return {
    ...net,
    client,
    passTime: async (seconds) => {
      await net.provider.send("evm_increaseTime", [seconds]);
      await net.provider.send("evm_mine", []);
    },
    close: async () => {
      await net.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** `count` parties with money in the vault. */
export async function parties(net: TestNet, count: number): Promise<Client[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const client = net.client(index);
      await net.mint(net.accounts[index]!.address, MONEY);
      await client.party.register(`telco ${index + 1}`);
      await client.vault.deposit(MONEY);
      return client;
    }),
  );
}

const folder = join(import.meta.dirname, "..", "..", "programs", "location-analytics");

/** Publishes `location-analytics` and hands it to every worker. */
export async function publishProgram(net: TestNet, author: Client): Promise<Hex> {
  const hash = await author.program.publish(await buildProgram(folder));
  await author.program.upload(
    hash,
    net.workers.map((worker) => worker.endpoint),
  );
  return hash;
}

/** A secret contract that all of these joined, over all workers of the network unless the draft says otherwise. */
export async function agree(
  clients: readonly Client[],
  program: Hex,
  options: { policy?: Partial<Policy> } & Partial<Omit<ContractDraft, "policy">> = {},
): Promise<Hex> {
  const [author] = clients as [Client];
  const requests = ["cluster", "classify", "predict"].map((name) => ({ function: name }));
  const { policy, ...draft } = options;
  const terms = await author.contract.create({
    name: "test",
    program,
    members: await Promise.all(clients.map((client) => client.party.member())),
    workers: (await author.worker.list()).map((worker) => worker.keys),
    threshold: 2,
    minProtection: "simulated",
    ...draft,
    policy: { ...defaultPolicy, requests, ...policy },
  });
  await Promise.all(clients.map((client) => client.contract.join(terms)));
  return terms;
}

/** Runs a task to its end, with the consent of all. */
export async function runTask(
  clients: readonly Client[],
  asker: number,
  draft: Parameters<Client["task"]["run"]>[0],
  onProposed: (taskId: Hex) => void = () => undefined,
): Promise<{ taskId: Hex; state: string }> {
  const consents: Promise<unknown>[] = [];
  const ended = clients[asker]!.task.run(draft, {
    onProposed: ({ taskId }) => {
      onProposed(taskId);
      for (const [i, client] of clients.entries())
        if (i !== asker) consents.push(client.task.consent(taskId));
    },
  });
  const end = await ended;
  await Promise.all(consents);
  return end;
}

/** Rows as a party's file has them. */
export const csvOf = (header: string, rows: readonly (readonly (number | string)[])[]): string =>
  [header, ...rows.map((row) => row.join(","))].join("\n");
