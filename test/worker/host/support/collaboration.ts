/** A chain, a deployment, parties with the SDK and workers as processes: the world of the end-to-end tests. @module */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NonceManager, Wallet, parseEther } from "ethers";
import {
  connectProvider,
  createClient,
  newPartyKeys,
  type Client,
} from "../../../../client/sdk/index.ts";
import type { Address, Hex } from "../../../../protocol/bytes.ts";
import { connect } from "../../../../protocol/contracts.ts";
import { defaultPolicy } from "../../../../protocol/policy.ts";
import type { CommitteeWorker } from "../../../../protocol/schema.ts";
import { buildProgram } from "../../../../client/kit/build.ts";
import { startChain, type Chain } from "../../../../scripts/chain.ts";
import { deploy } from "../../../../scripts/deploy.ts";
import { runWorker, WorkerCommand } from "./command.ts";

const STAKE = 200n * 10n ** 18n;
const program = join(import.meta.dirname, "../../../../programs/location-analytics");

export class Collaboration {
  readonly chain: Chain;
  readonly contracts: Address;
  readonly folder: string;
  readonly #provider: ReturnType<typeof connectProvider>;
  readonly #running = new Set<WorkerCommand>();
  #accounts = 1;

  constructor(chain: Chain, contracts: Address, folder: string) {
    this.chain = chain;
    this.contracts = contracts;
    this.folder = folder;
    this.#provider = connectProvider(chain.url);
  }

  static async begin(): Promise<Collaboration> {
    const chain = await startChain();
    const provider = connectProvider(chain.url);
    const deployer = new NonceManager(new Wallet(chain.accounts[0]!.privateKey, provider));
    const { secretContracts } = await deploy(deployer);
    provider.destroy();
    const folder = await mkdtemp(join(tmpdir(), "cloister-worker-"));
    return new Collaboration(chain, secretContracts.toLowerCase() as Address, folder);
  }

  async end(): Promise<void> {
    await Promise.all([...this.#running].map((worker) => worker.stop("SIGKILL")));
    this.#provider.destroy();
    await this.chain.close();
    await rm(this.folder, { recursive: true });
  }

  get deployment() {
    return { chainId: this.chain.chainId, contracts: this.contracts };
  }

  /** `worker init`, money for its operator, `worker register`. @returns its home */
  async addWorker(name: string, ...options: string[]): Promise<string> {
    const home = join(this.folder, name);
    const flags = {
      home,
      rpc: this.chain.url,
      contracts: this.contracts,
      tee: "simulated",
      confirmations: "1",
      "poll-interval": "100",
    };
    const given = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
    const made = await runWorker("init", ...given, ...options);
    if (made.code !== 0) throw new Error(made.stderr);
    const { operator } = made.json as { operator: Address };
    const rich = this.#signer();
    const { token } = await connect(this.deployment, rich);
    await (await rich.sendTransaction({ to: operator, value: parseEther("10") })).wait();
    await (await token.mint(operator, STAKE)).wait();
    const registered = await runWorker("register", "--home", home, "--stake", String(STAKE));
    if (registered.code !== 0) throw new Error(registered.stderr);
    return home;
  }

  async start(home: string): Promise<WorkerCommand> {
    const worker = await WorkerCommand.start(home);
    this.#running.add(worker);
    return worker;
  }

  /** Keys of a running worker. */
  async keysOf({ endpoint }: WorkerCommand): Promise<CommitteeWorker> {
    const response = await fetch(`${endpoint}/v1/attestation`);
    return ((await response.json()) as { keys: CommitteeWorker }).keys;
  }

  party(measurements: readonly Hex[], fetch?: typeof globalThis.fetch): Client {
    return createClient({
      ...(fetch && { fetch }),
      provider: this.#provider,
      signer: this.#signer(),
      deployment: this.deployment,
      keys: newPartyKeys(),
      trust: { measurements, acceptSimulated: true },
      pollMs: 100,
    });
  }

  /** A secret contract of these parties over these workers, joined by all. */
  async contract(
    parties: readonly Client[],
    workers: readonly WorkerCommand[],
    threshold: number,
  ): Promise<Hex> {
    const [first] = parties as [Client];
    const files = await buildProgram(program);
    const hash = await first.program.publish(files);
    await first.program.upload(
      hash,
      workers.map((worker) => worker.endpoint),
    );
    const terms = await first.contract.create({
      name: "Test",
      program: hash,
      members: await Promise.all(parties.map((party) => party.party.member())),
      workers: await Promise.all(workers.map((worker) => this.keysOf(worker))),
      threshold,
      policy: {
        ...defaultPolicy,
        minParties: 1,
        minCohort: 3,
        maxShare: 1,
        requests: [{ function: "cluster" }],
      },
      minProtection: "simulated",
    });
    for (const party of parties) await party.contract.join(terms);
    return terms;
  }

  #signer(): NonceManager {
    const account = this.chain.accounts[this.#accounts++]!;
    return new NonceManager(new Wallet(account.privateKey, this.#provider));
  }
}

export const london = `latitude,longitude
51.507221,-0.127600
51.531900,-0.106272
51.507877,-0.087732
53.480759,-2.242631
53.489761,-2.272540
53.481170,-2.235970
`;
export const amsterdam = `latitude,longitude
52.370216,4.895168
52.377892,4.899730
52.324430,4.930760
52.344720,4.880060
`;
