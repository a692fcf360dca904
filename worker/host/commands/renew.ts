/** `worker renew`: new evidence for the same keys, also while the worker runs. @module */
import { setTimeout } from "node:timers/promises";
import { Attestation } from "../../../protocol/api.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { connectProvider } from "../../../protocol/chain/node.ts";
import { connect } from "../../../protocol/contracts.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import { readConfig, type WorkerConfig } from "../../config.ts";
import { reach } from "../chain/provider.ts";
import { askWorker } from "../ask-worker.ts";
import type { Spawn } from "../enclave-process.ts";
import { homePaths } from "../home/paths.ts";
import { openParts } from "../parts.ts";
import { Services } from "../services.ts";
import { isWished, unwish, wish } from "../wish.ts";
import { isRunning } from "./drain.ts";
import { attestAndRegister } from "./register.ts";

export interface Renewal {
  readonly worker: Hex;
  /** The one the new evidence binds. */
  readonly epoch: number;
  /** Unix seconds of block time. */
  readonly validUntil: number;
}

/** Seconds that a running worker has for it. */
const PATIENCE = 180;
const INTERVAL = 200;

/**
 * Registers again with the same keys and no further stake. A running worker does it itself.
 * @throws ProtocolError NOT_FOUND when these keys were never registered; as {@link openParts}; TIMED_OUT, TRANSACTION_FAILED
 */
export async function renew(home: string, spawn: () => Promise<Spawn>): Promise<Renewal> {
  const config = readConfig(home);
  if (await isRunning(home)) return renewRunning(home, config);
  return renewStopped(home, config, await spawn());
}

async function renewStopped(home: string, config: WorkerConfig, spawn: Spawn): Promise<Renewal> {
  const services = new Services();
  try {
    const parts = await openParts(services, home, spawn);
    const worker = hashWorker(parts.self);
    const { epoch } = await registered(config, worker);
    if (epoch === 0)
      throw new ProtocolError("NOT_FOUND", { what: "registration of", name: worker });
    await attestAndRegister(parts, 0n);
    return await expectNewer(config, worker, epoch);
  } finally {
    await services.close();
  }
}

async function renewRunning(home: string, config: WorkerConfig): Promise<Renewal> {
  const { renew: file } = homePaths(home);
  const { worker } = await askWorker(config, "/v1/attestation", Attestation);
  const { epoch } = await registered(config, worker);
  wish(file);
  const late = Date.now() + 1000 * PATIENCE;
  while (isWished(file)) {
    if (Date.now() > late) {
      unwish(file);
      const next = "look into the worker's log";
      throw new ProtocolError("TIMED_OUT", { what: "the renewal", seconds: PATIENCE, next });
    }
    await setTimeout(INTERVAL);
  }
  return expectNewer(config, worker, epoch);
}

async function expectNewer(config: WorkerConfig, worker: Hex, before: number): Promise<Renewal> {
  const { epoch, validUntil } = await registered(config, worker);
  if (epoch > before) return { worker, epoch: epoch - 1, validUntil };
  const error = "the chain shows no new registration; the worker's log says why";
  throw new ProtocolError("TRANSACTION_FAILED", { method: "register", error });
}

async function registered({ rpc, chainId, contracts }: WorkerConfig, worker: Hex) {
  const provider = connectProvider(rpc, chainId);
  try {
    const { workerRegistry } = await reach(rpc, () => connect({ chainId, contracts }, provider));
    const { epoch, validUntil } = await reach(rpc, () => workerRegistry.workerOf(worker));
    return { epoch: Number(epoch), validUntil: Number(validUntil) };
  } finally {
    provider.destroy();
  }
}
