/**
 * A local network: chain, contracts, a test token, and workers set up and started with the commands an operator types. For the
 * demo, `net-up.ts` and end-to-end tests.
 * @module
 */
import { join } from "node:path";
import {
  NonceManager,
  Wallet,
  parseEther,
  type ContractTransactionResponse,
  type JsonRpcProvider,
  type TransactionResponse,
} from "ethers";
import type { Account } from "../client/sdk/dev-accounts.ts";
import { sleep } from "../client/sdk/wait.ts";
import type { Address, Hex } from "../protocol/bytes.ts";
import { connectProvider } from "../protocol/chain/node.ts";
import { connect, type Contracts } from "../protocol/contracts.ts";
import type { Deployment } from "../protocol/typed-data.ts";
import { startChain, type Chain } from "./chain.ts";
import { deploy, writeDeployment, type DeployOptions } from "./deploy.ts";
import { runCloister, startCloister, type Running } from "./process.ts";

const TOKEN = 10n ** 18n;
const STAKE = 1_000n * TOKEN;
const GAS_MONEY = parseEther("100");
const HEALTHY_MS = 60_000;

export interface NetOptions {
  readonly workers: number;
  /** Folder for everything; made when it is not there. */
  readonly home: string;
  readonly deploy?: DeployOptions;
  /** Milliseconds between a worker's looks at the chain; default 200. */
  readonly pollInterval?: number;
  /** Default 1. */
  readonly confirmations?: number;
  /** URL under which workers reach the chain; a test may stand between them. */
  readonly workerRpc?: (chainUrl: string) => string;
  /** Told what happens, for people. */
  readonly onStep?: (step: string) => void;
}

/** One worker, as its operator sees it. */
export interface NetWorker {
  readonly home: string;
  readonly endpoint: string;
  readonly operator: Address;
  readonly worker: Hex;
  readonly measurement: Hex;
  readonly logFile: string;
  /** SIGKILL to host, enclave and program at once. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again on the same home. */
  restart(): Promise<void>;
}

export interface Net {
  readonly chain: Chain;
  readonly provider: JsonRpcProvider;
  readonly deployment: Deployment;
  readonly deploymentFile: string;
  /** Sent by the deployer. */
  readonly contracts: Contracts;
  readonly workers: readonly NetWorker[];
  /** Accounts that are free for parties. */
  readonly accounts: readonly Account[];
  /** Gives an account test tokens, in smallest units. */
  mint(account: Address, amount: bigint): Promise<void>;
  /** One more worker, set up and running. */
  addWorker(): Promise<NetWorker>;
  close(): Promise<void>;
}

/** Starts everything; what fails takes down what was started before it. */
export async function startNet(options: NetOptions): Promise<Net> {
  const closing: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (let step = closing.pop(); step; step = closing.pop()) await step();
  };
  try {
    return await open(options, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  options: NetOptions,
  closing: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<Net> {
  const step = options.onStep ?? (() => undefined);
  step("chain");
  const chain = await startChain();
  closing.push(() => chain.close());
  const provider = connectProvider(chain.url);
  closing.push(() => provider.destroy());
  const [deployer, ...accounts] = chain.accounts as [Account, ...Account[]];
  const signer = new NonceManager(new Wallet(deployer.privateKey, provider));
  step("contracts");
  const fromBlock = await provider.getBlockNumber();
  const { secretContracts } = await deploy(signer, options.deploy);
  const deployment: Deployment = {
    chainId: chain.chainId,
    contracts: secretContracts.toLowerCase() as Address,
  };
  const contracts = await connect(deployment, signer);
  const held = { secretContracts, rpc: chain.url, fromBlock };
  const file = await writeDeployment(options.home, chain.chainId, held);

  // The local chain mines at once and refuses nonces out of order: one transaction of the deployer after the other.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = (send: () => Promise<ContractTransactionResponse | TransactionResponse>) => {
    const turn = queue.then(async () => void (await (await send()).wait()));
    queue = turn.catch(() => undefined);
    return turn;
  };
  const mint = (account: Address, amount: bigint) =>
    inTurn(() => contracts.token.mint(account, amount));
  const fund = async (account: Address) => {
    await inTurn(() => signer.sendTransaction({ to: account, value: GAS_MONEY }));
    await mint(account, STAKE);
  };
  const rpc = options.workerRpc?.(chain.url) ?? chain.url;
  const workers: NetWorker[] = [];
  let count = 0;
  const addWorker = async (): Promise<NetWorker> => {
    const index = count++;
    const home = join(options.home, `worker-${index + 1}`);
    const worker = await setUpWorker(options, { home, rpc, file, fund });
    closing.push(() => worker.stop());
    workers[index] = worker;
    return worker;
  };
  step("workers");
  const started = Array.from({ length: options.workers }, addWorker);
  // All of them end before one's failure takes down the rest.
  await Promise.allSettled(started);
  await Promise.all(started);
  return {
    chain,
    provider,
    deployment,
    deploymentFile: file,
    contracts,
    workers,
    accounts,
    mint,
    addWorker,
    close,
  };
}

interface Setup {
  readonly home: string;
  readonly rpc: string;
  /** File of the deployment. */
  readonly file: string;
  fund(operator: Address): Promise<void>;
}

/** `worker init`, money for its account, `worker register`, `worker start`. */
async function setUpWorker(options: NetOptions, setup: Setup): Promise<NetWorker> {
  const { home, rpc, file } = setup;
  const { pollInterval = 200, confirmations = 1 } = options;
  const command = (verb: string, more: Readonly<Record<string, string>> = {}) =>
    ["worker", verb, "--home", home].concat(
      Object.entries(more).flatMap(([name, value]) => [`--${name}`, value]),
    );
  const made = (await runCloister(
    command("init", {
      rpc,
      deployment: file,
      tee: "simulated",
      "poll-interval": String(pollInterval),
      confirmations: String(confirmations),
    }),
  )) as { operator: Address; endpoint: string };
  await setup.fund(made.operator);
  const stake = String(STAKE);
  const registered = (await runCloister(command("register", { stake }))) as {
    worker: Hex;
    measurement: Hex;
  };

  const logFile = join(home, "worker.log");
  const begin = async (): Promise<Running> => {
    const running = startCloister(command("start"), logFile);
    await healthy(made.endpoint, running);
    return running;
  };
  let running = await begin();
  return {
    home,
    ...made,
    ...registered,
    logFile,
    kill: () => running.kill(),
    stop: () => running.stop(),
    restart: async () => {
      running = await begin();
    },
  };
}

async function healthy(endpoint: string, running: Running): Promise<void> {
  for (const end = Date.now() + HEALTHY_MS; Date.now() < end; await sleep(50)) {
    if (running.exitCode() !== undefined) throw new Error(`a worker ended:\n${running.tail()}`);
    const answer = await fetch(`${endpoint}/healthz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
  }
  await running.kill();
  throw new Error(`a worker does not become healthy:\n${running.tail()}`);
}
