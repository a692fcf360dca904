/**
 * Deploys Cloister: `node scripts/deploy.ts --rpc URL --key-file FILE [--token ADDRESS]` writes
 * `deployments/<chainId>.json` where one stands. Contracts know each other by immutable addresses, so those to come are predicted.
 * @module
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ContractFactory, NonceManager, Wallet, getCreateAddress, type Signer } from "ethers";
import type { DeploymentFile } from "../protocol/chain/deployment.ts";
import { connectProvider } from "../protocol/chain/node.ts";

export interface DeployOptions {
  /** ERC-20 of the vault; absent: a new TestToken, for local chains only. */
  readonly token?: string;
  /** Smallest units of the token. */
  readonly minStake?: bigint;
  /** Seconds a worker's evidence lasts. */
  readonly evidenceLifetime?: number;
  /** Verifiers of the kinds of evidence 2, 3, ...; kind 1 is the simulated one. */
  readonly verifiers?: readonly string[];
}

export interface Addresses {
  readonly secretContracts: string;
  readonly taskManager: string;
  readonly workerRegistry: string;
  readonly vault: string;
  readonly callbackRelay: string;
  readonly partyRegistry: string;
  readonly programRegistry: string;
  readonly simulatedVerifier: string;
  readonly token: string;
}

const DEFAULT_MIN_STAKE = 100n * 10n ** 18n;
const DEFAULT_EVIDENCE_LIFETIME = 30 * 24 * 60 * 60;

const root = join(import.meta.dirname, "..");

/** @param signer must send nothing else meanwhile: addresses depend on its nonce */
export async function deploy(signer: Signer, options: DeployOptions = {}): Promise<Addresses> {
  const from = await signer.getAddress();
  let nonce = await signer.getNonce("pending");
  const send = async (name: string, ...args: unknown[]): Promise<string> => {
    const expected = getCreateAddress({ from, nonce });
    const factory = await factoryOf(name, signer);
    const contract = await factory.deploy(...args, { nonce });
    nonce += 1;
    await contract.waitForDeployment();
    const actual = await contract.getAddress();
    if (actual !== expected)
      throw new Error(
        `${name} was to be at ${expected} and is at ${actual}: is the account shared?`,
      );
    return actual;
  };

  const token = options.token ?? (await send("test/TestToken"));
  const partyRegistry = await send("PartyRegistry");
  const programRegistry = await send("ProgramRegistry");
  const simulatedVerifier = await send("attestation/SimulatedVerifier");

  // The four that know each other, in the order in which they are sent.
  const ahead = (steps: number): string => getCreateAddress({ from, nonce: nonce + steps });
  const [vault, workerRegistry, taskManager, secretContracts] = [0, 1, 2, 3].map(ahead) as [
    string,
    string,
    string,
    string,
  ];
  await send("Vault", token, taskManager, workerRegistry);
  await send(
    "WorkerRegistry",
    vault,
    taskManager,
    [simulatedVerifier, ...(options.verifiers ?? [])],
    options.minStake ?? DEFAULT_MIN_STAKE,
    options.evidenceLifetime ?? DEFAULT_EVIDENCE_LIFETIME,
  );
  await send("TaskManager", secretContracts, workerRegistry, vault);
  await send("SecretContracts", partyRegistry, programRegistry, workerRegistry, taskManager, vault);
  const callbackRelay = await send("CallbackRelay", taskManager);
  return {
    secretContracts,
    taskManager,
    workerRegistry,
    vault,
    callbackRelay,
    partyRegistry,
    programRegistry,
    simulatedVerifier,
    token,
  };
}

/** Writes `deployments/<chainId>.json` into a folder. @returns the file's path */
export async function writeDeployment(
  folder: string,
  chainId: number,
  deployment: DeploymentFile,
): Promise<string> {
  const file = join(folder, "deployments", `${chainId}.json`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(deployment, null, 2)}\n`);
  return file;
}

/** @param path under `contracts/`, without `.sol` */
export async function factoryOf(path: string, signer: Signer): Promise<ContractFactory> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const file = join(root, "artifacts", "contracts", `${path}.sol`, `${name}.json`);
  const { abi, bytecode } = JSON.parse(await readFile(file, "utf8"));
  return new ContractFactory(abi, bytecode, signer);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rpc: { type: "string" },
      "key-file": { type: "string" },
      token: { type: "string" },
    },
  });
  const { rpc, "key-file": keyFile, token } = values;
  if (rpc === undefined || keyFile === undefined)
    throw new Error("usage: node scripts/deploy.ts --rpc URL --key-file FILE [--token ADDRESS]");

  const provider = connectProvider(rpc);
  try {
    const { chainId } = await provider.getNetwork();
    const key = (await readFile(keyFile, "utf8")).trim();
    const signer = new NonceManager(new Wallet(key, provider));
    const fromBlock = await provider.getBlockNumber();
    const { secretContracts, callbackRelay } = await deploy(
      signer,
      token === undefined ? {} : { token },
    );
    await writeDeployment(resolve(), Number(chainId), { secretContracts, fromBlock });
    process.stderr.write(
      `SecretContracts of chain ${chainId} at ${secretContracts}\n` +
        // Nobody but consumers needs it, and each of them says itself which one it listens to.
        `CallbackRelay at ${callbackRelay}, for contracts that take public outputs\n`,
    );
  } finally {
    provider.destroy();
  }
}

if (import.meta.main) await main();
