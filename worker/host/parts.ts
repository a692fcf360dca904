/** What `register` and `start` both need, opened in order. @module */
import { mkdirSync } from "node:fs";
import { isError, type JsonRpcProvider } from "ethers";
import { connectProvider } from "../../protocol/chain/node.ts";
import { ProtocolError, hasCode } from "../../protocol/errors.ts";
import { connect, type Contracts } from "../../protocol/contracts.ts";
import type { CommitteeWorker } from "../../protocol/schema.ts";
import type { Deployment } from "../../protocol/typed-data.ts";
import { readConfig, type WorkerConfig } from "../config.ts";
import { expectChain, reach } from "./chain/provider.ts";
import { Sender } from "./chain/send.ts";
import { EnclaveClient } from "./enclave.ts";
import type { Spawn } from "./enclave-process.ts";
import { openKeystore, readPassword, walletOf } from "./home/keystore.ts";
import { lockHome } from "./home/lock.ts";
import { homePaths, type HomePaths } from "./home/paths.ts";
import { createLog, type Log } from "./log.ts";
import type { Services } from "./services.ts";
import { Store } from "./store/store.ts";
import { backoff, wait } from "./wait.ts";

export interface Parts {
  readonly paths: HomePaths;
  readonly config: WorkerConfig;
  readonly deployment: Deployment;
  readonly log: Log;
  readonly store: Store;
  readonly enclave: EnclaveClient;
  /** Keys and code of the enclave. */
  readonly self: CommitteeWorker;
  /** What the operating system adds around programs, in words. */
  readonly confinement: readonly string[];
  readonly provider: JsonRpcProvider;
  readonly contracts: Contracts;
  readonly sender: Sender;
}

const RESTART_DELAY = 500;

/**
 * Opens a home: lock, journal, enclave, chain, sender.
 * @param patient whether to wait for an RPC node that does not answer
 * @throws ProtocolError HOME_LOCKED, CONFIG_INVALID, KEYSTORE_PASSWORD, WRONG_CHAIN, RPC_UNREACHABLE unless patient
 */
export async function openParts(
  services: Services,
  home: string,
  spawn: Spawn,
  patient = false,
): Promise<Parts> {
  const config = readConfig(home);
  const paths = homePaths(home);
  const { chainId, contracts: root, rpc, gas, limits } = config;
  const log = createLog(config.logLevel);
  await services.start(() => lockHome(paths));
  mkdirSync(paths.datasets, { recursive: true });
  const store = await services.start(() => new Store(paths.journal));
  const key = await openKeystore(paths.keystore, readPassword(config.passwordFile));
  const wallet = walletOf(key);
  key.wipe();

  const enclave = await services.start(
    () =>
      new EnclaveClient(
        { seconds: limits.enclaveSeconds, restartDelay: RESTART_DELAY },
        spawn,
        log.child({ part: "enclave" }),
      ),
  );
  const { json } = await enclave.ask("describe", {});
  const { signer, sealingKey, measurement, confinement } = json;

  await expectRightChain(config, log, services.signal, patient);
  const provider = connectProvider(rpc, chainId);
  await services.start(() => ({ close: () => provider.destroy() }));
  const deployment = { chainId, contracts: root };
  const contracts = await connectTo(deployment, provider, rpc);
  const sender = await services.start(
    () =>
      new Sender(gas, {
        provider,
        url: rpc,
        wallet,
        intents: store.intents,
        log: log.child({ part: "send" }),
      }),
  );
  const self = { signer, sealingKey, measurement };
  const known = { paths, config, deployment, log, store };
  return { ...known, enclave, self, confinement, provider, contracts, sender };
}

async function expectRightChain(
  { rpc, chainId }: WorkerConfig,
  log: Log,
  signal: AbortSignal,
  patient: boolean,
): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await expectChain(rpc, chainId);
    } catch (error) {
      if (!patient || !hasCode(error, "RPC_UNREACHABLE")) throw error;
      if (failures === 1) log.warn(error.facts, "waiting for the RPC node");
      if (!(await wait(backoff(failures, 500, 30_000), signal))) throw error;
    }
  }
}

async function connectTo(
  deployment: Deployment,
  provider: JsonRpcProvider,
  rpc: string,
): Promise<Contracts> {
  try {
    return await reach(rpc, () => connect(deployment, provider));
  } catch (error) {
    const cause = error instanceof ProtocolError ? error.cause : error;
    // What is there answers nothing, or something else.
    if (!isError(cause, "BAD_DATA") && !isError(cause, "CALL_EXCEPTION")) throw error;
    const faults = [`/contracts there is no deployment at ${deployment.contracts}`];
    throw new ProtocolError("CONFIG_INVALID", { file: "worker.json", faults }, { cause });
  }
}
