/** A real chain with the real contracts, three telcos with real clients, and FAKE workers registered with simulated evidence. */
import { NonceManager, Wallet, type JsonRpcProvider } from "ethers";
import {
  connectProvider,
  createClient,
  newPartyKeys,
  type Client,
  type ContractDraft,
  type PartyKeys,
} from "../../../client/sdk/index.ts";
import type { Address, Hex } from "../../../protocol/bytes.ts";
import { connect, type Contracts } from "../../../protocol/contracts.ts";
import { simulatedEvidence } from "../../../protocol/evidence.ts";
import { hashBinding, hashWorker } from "../../../protocol/identity.ts";
import { canonicalJson } from "../../../protocol/json.ts";
import { defaultPolicy } from "../../../protocol/policy.ts";
import type { Manifest } from "../../../protocol/program.ts";
import type { Deployment } from "../../../protocol/typed-data.ts";
import { utf8 } from "../../../protocol/bytes.ts";
import type { Account } from "../../../client/sdk/dev-accounts.ts";
import { startChain, type Chain } from "../../../scripts/chain.ts";
import { deploy, type DeployOptions } from "../../../scripts/deploy.ts";
import { FakeWorker, fakeMeasurement } from "./fake-worker.ts";

const column = (name: string) => ({ name, type: "fixed", scale: 6, min: -180, max: 180 }) as const;

/** A program small enough to be read here; nobody runs it. */
export const manifest: Manifest = {
  name: "fake-program",
  version: "1.0.0",
  runtime: 1,
  rows: false,
  tables: [{ name: "points", columns: [column("x"), column("y")] }],
  functions: {
    count: {
      params: {
        type: "object",
        properties: { k: { type: "integer", minimum: 1, maximum: 50 } },
        additionalProperties: false,
      },
      privateTable: { name: "own", columns: [column("x")] },
      reads: ["points"],
      changesState: false,
      release: { kind: "value", schema: { type: "integer", minimum: 0, maximum: 1_000_000 } },
    },
  },
};
export const files = {
  module: utf8("export default {};"),
  manifest: utf8(canonicalJson(manifest)),
};

export interface Party {
  readonly client: Client;
  readonly keys: PartyKeys;
  readonly account: Account;
}

export interface FakeWorld {
  readonly chain: Chain;
  readonly provider: JsonRpcProvider;
  readonly deployment: Deployment;
  readonly contracts: Contracts;
  readonly workers: readonly FakeWorker[];
  readonly parties: readonly Party[];
  /** A client of `party`, with other options. */
  clientOf(party: number, options?: Partial<Parameters<typeof createClient>[0]>): Client;
  /** A draft of terms with all parties and workers. */
  draft(changes?: Partial<ContractDraft>): Promise<ContractDraft>;
  /** Creates a contract that all parties join. */
  activeContract(changes?: Partial<ContractDraft>): Promise<Hex>;
  close(): Promise<void>;
}

const TOKENS = 10n ** 24n;

export async function startFakeWorld(
  options: { workers?: number; parties?: number; deploy?: DeployOptions } = {},
): Promise<FakeWorld> {
  const { workers: workerCount = 3, parties: partyCount = 2 } = options;
  const chain = await startChain();
  const provider = connectProvider(chain.url);
  const walletOf = ({ privateKey }: Account) => new NonceManager(new Wallet(privateKey, provider));
  const [deployer, ...others] = chain.accounts as [Account, ...Account[]];
  const addresses = await deploy(walletOf(deployer), options.deploy);
  const deployment: Deployment = {
    chainId: chain.chainId,
    contracts: addresses.secretContracts.toLowerCase() as Address,
  };
  const contracts = await connect(deployment, walletOf(deployer));
  for (const { address } of others) await (await contracts.token.mint(address, TOKENS)).wait();

  const workers = Array.from({ length: workerCount }, (_, i) => new FakeWorker(`worker ${i}`));
  for (const [i, worker] of workers.entries()) {
    await worker.listen();
    const operator = others[10 + i] as Account;
    await registerFake(provider, deployment, operator, worker);
  }
  const trust = { measurements: [fakeMeasurement], acceptSimulated: true };
  const accounts = others
    .slice(0, partyCount)
    .map((account) => ({ account, keys: newPartyKeys() }));
  const clientOf: FakeWorld["clientOf"] = (party, changes = {}) => {
    const { account, keys } = accounts[party] as (typeof accounts)[number];
    const signer = new Wallet(account.privateKey, provider);
    return createClient({ provider, deployment, trust, signer, keys, pollMs: 50, ...changes });
  };
  const parties = accounts.map((entry, i) => ({ ...entry, client: clientOf(i) }));
  const { client } = parties[0] as Party;
  const program = await client.program.publish(files);
  await client.program.upload(
    program,
    workers.map((worker) => worker.endpoint),
  );
  const draft: FakeWorld["draft"] = async (changes = {}) => ({
    name: "fake collaboration",
    program,
    members: await Promise.all(parties.map((party) => party.client.party.member())),
    workers: workers.map((worker) => worker.keys),
    threshold: Math.floor(workerCount / 2) + 1,
    policy: { ...defaultPolicy, requests: [{ function: "count" }] },
    minProtection: "simulated",
    ...changes,
  });
  return {
    chain,
    provider,
    deployment,
    contracts,
    workers,
    parties,
    clientOf,
    draft,
    activeContract: async (changes) => {
      const terms = await client.contract.create(await draft(changes));
      for (const party of parties) await party.client.contract.join(terms);
      return terms;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      provider.destroy();
      await chain.close();
    },
  };
}

/** Registers a fake worker as its operator would. */
export async function registerFake(
  provider: JsonRpcProvider,
  deployment: Deployment,
  operator: Account,
  worker: FakeWorker,
): Promise<void> {
  const signer = new NonceManager(new Wallet(operator.privateKey, provider));
  const { token, vault, workerRegistry, addresses } = await connect(deployment, signer);
  const stake = 1000n * 10n ** 18n;
  await (await token.approve(addresses.vault, stake)).wait();
  await (await vault.deposit(stake)).wait();
  const block = await provider.getBlock("latest");
  const { epoch } = await workerRegistry.workerOf(hashWorker(worker.keys));
  const registry = addresses.workerRegistry;
  const evidence = simulatedEvidence({
    measurement: worker.keys.measurement,
    binding: hashBinding({
      chainId: deployment.chainId,
      registry,
      operator: operator.address,
      signer: worker.keys.signer,
      sealingKey: worker.keys.sealingKey,
      epoch: Number(epoch),
    }),
    blockNumber: block?.number ?? 0,
    blockHash: (block?.hash ?? "0x") as Hex,
  });
  await (await workerRegistry.register(worker.keys, worker.endpoint, 1, evidence, stake)).wait();
  worker.attestation = {
    worker: hashWorker(worker.keys),
    keys: worker.keys,
    operator: operator.address,
    registry,
    epoch: Number(epoch),
    kind: 1,
    evidence,
    protection: "simulated",
  };
}
