/** `worker status`: what is due and by when, what was earned, what runs out. From the home, the running worker and the chain. @module */
import { existsSync, readFileSync } from "node:fs";
import { Type } from "typebox";
import { WorkerStatus, type Due, type Expiry } from "../../../protocol/api.ts";
import type { Address, Hex } from "../../../protocol/bytes.ts";
import { connectProvider } from "../../../protocol/chain/node.ts";
import { connect } from "../../../protocol/contracts.ts";
import { ProtocolError, hasCode } from "../../../protocol/errors.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import { parseShape, protections, type CommitteeWorker } from "../../../protocol/schema.ts";
import { readConfig, type WorkerConfig } from "../../config.ts";
import { askWorker } from "../ask-worker.ts";
import { chainReader } from "../chain/reader.ts";
import { reach } from "../chain/provider.ts";
import { ChainView } from "../chain/view.ts";
import { dueTasks } from "../due.ts";
import { EnclaveClient } from "../enclave.ts";
import type { Spawn } from "../enclave-process.ts";
import { expiryOf } from "../evidence.ts";
import { homePaths } from "../home/paths.ts";
import { createLog } from "../log.ts";
import { Store } from "../store/store.ts";
import { isWished } from "../wish.ts";
import { isRunning } from "./drain.ts";

/** Amounts are in smallest units, as decimal text; times are Unix seconds of block time. */
export interface OperatorStatus {
  readonly home: string;
  readonly running: boolean;
  readonly draining: boolean;
  readonly operator: Address;
  /** Absent while the enclave has no keys yet. */
  readonly worker?: Hex;
  readonly endpoint: string;
  /** Absent while these keys are not registered. */
  readonly evidence?: Expiry;
  readonly protection?: string;
  /** Of the running worker: by what it does or waits for. Otherwise by state on chain. */
  readonly jobs: Readonly<Record<string, number>>;
  readonly due: readonly Due[];
  readonly money: {
    /** Balance in the vault: fees earned and not withdrawn, and deposits. */
    readonly vault: string;
    /** Wei for transactions. */
    readonly gas: string;
    readonly stake: string;
    readonly lockedUntil: number;
    /** Of the token. */
    readonly decimals: number;
  };
  /** What to do, with the command; the most urgent first. */
  readonly advice: readonly string[];
}

/** Wei under which an operator is asked to send some: about thirty transactions at 10 gwei. */
const GAS_LOW = 10n ** 17n;

/** @throws ProtocolError CONFIG_INVALID, RPC_UNREACHABLE */
export async function status(home: string, spawn: () => Promise<Spawn>): Promise<OperatorStatus> {
  const config = readConfig(home);
  const paths = homePaths(home);
  const running = await isRunning(home);
  const answer = running ? await answerOf(config) : undefined;
  const operator = operatorOf(paths.keystore);
  const self = answer ? undefined : await selfOf(paths.sealed, spawn);
  const worker = answer?.worker ?? (self && hashWorker(self));
  const chain = await onChain(config, operator, worker);
  const journal = answer ?? fromJournal(config, paths.journal, self);
  const draining = isWished(paths.drain);
  const { validUntil, protection, ...money } = chain.money;
  const renew = `cloister worker renew --home ${home}`;
  const evidence = validUntil > 0 ? expiryOf(validUntil, chain.now, renew) : undefined;
  const facts = { home, running, answers: answer !== undefined, draining, evidence };
  return {
    home,
    running,
    draining,
    operator,
    ...(worker && { worker }),
    endpoint: config.endpoint,
    ...(evidence && { evidence, protection: protections[protection] ?? "none" }),
    jobs: journal.jobs,
    due: journal.due ?? [],
    money,
    advice: adviceOf({ ...facts, gas: BigInt(money.gas), operator }),
  };
}

async function answerOf(config: WorkerConfig): Promise<WorkerStatus | undefined> {
  try {
    return await askWorker(config, "/v1/status", WorkerStatus);
  } catch (error) {
    // Locked and silent: it starts, or another command has the home.
    if (hasCode(error, "WORKER_UNREACHABLE")) return undefined;
    throw error;
  }
}

const Keystore = Type.Object({ address: Type.String({ pattern: "^(0x)?[0-9a-fA-F]{40}$" }) });

/** The address stands open in a keystore: no password is needed to look. */
function operatorOf(file: string): Address {
  try {
    const { address } = parseShape(Keystore, JSON.parse(readFileSync(file, "utf8")), "keystore");
    return `0x${address.replace(/^0x/, "").toLowerCase()}` as Address;
  } catch (cause) {
    throw new ProtocolError("FILE_UNREADABLE", { file, cause: "no keystore" }, { cause });
  }
}

/** Keys of an enclave that does not run; looking must not make any. */
async function selfOf(
  sealed: string,
  spawn: () => Promise<Spawn>,
): Promise<CommitteeWorker | undefined> {
  if (!existsSync(sealed)) return undefined;
  const options = { seconds: 30, restartDelay: 0 };
  const enclave = new EnclaveClient(options, await spawn(), createLog("silent"));
  try {
    const { signer, sealingKey, measurement } = (await enclave.ask("describe", {})).json;
    return { signer, sealingKey, measurement };
  } finally {
    await enclave.close();
  }
}

function fromJournal(
  { chainId, contracts }: WorkerConfig,
  journal: string,
  self: CommitteeWorker | undefined,
): { jobs: Record<string, number>; due: Due[] } {
  if (!self || !existsSync(journal)) return { jobs: {}, due: [] };
  const store = new Store(journal);
  try {
    const view = new ChainView({ chainId, contracts }, store);
    const jobs: Record<string, number> = {};
    for (const [task] of store.jobs.entries()) {
      const state = view.state(task as Hex);
      jobs[state] = (jobs[state] ?? 0) + 1;
    }
    return { jobs, due: dueTasks(view, store, self) };
  } finally {
    store.close();
  }
}

async function onChain(
  { rpc, chainId, contracts: root }: WorkerConfig,
  operator: Address,
  worker: Hex | undefined,
) {
  const provider = connectProvider(rpc, chainId);
  try {
    return await reach(rpc, async () => {
      const { vault, token, workerRegistry } = await connect(
        { chainId, contracts: root },
        provider,
      );
      const [head, balance, gas, record, decimals] = await Promise.all([
        chainReader(provider, rpc, []).block("latest"),
        vault.balanceOf(operator),
        provider.getBalance(operator),
        worker && workerRegistry.workerOf(worker),
        token.decimals(),
      ]);
      const money = {
        vault: String(balance),
        gas: String(gas),
        stake: String(record?.stake ?? 0n),
        lockedUntil: Number(record?.lockedUntil ?? 0),
        decimals: Number(decimals),
        validUntil: Number(record?.validUntil ?? 0),
        protection: Number(record?.protection ?? 0),
      };
      return { now: head?.time ?? 0, money };
    });
  } finally {
    provider.destroy();
  }
}

interface Situation {
  readonly home: string;
  readonly running: boolean;
  readonly answers: boolean;
  readonly draining: boolean;
  readonly evidence: Expiry | undefined;
  readonly gas: bigint;
  readonly operator: Address;
}

function adviceOf({
  home,
  running,
  answers,
  draining,
  evidence,
  gas,
  operator,
}: Situation): string[] {
  const advice: string[] = [];
  if (!evidence)
    advice.push(`These keys are not registered: cloister worker register --home ${home} --stake N`);
  else if (evidence.next) {
    const left = evidence.secondsLeft;
    const when = left > 0 ? `expires in ${Math.floor(left / 3600)} hours` : "has expired";
    advice.push(`The evidence ${when}: ${evidence.next}`);
  }
  if (gas < GAS_LOW) advice.push(`${operator} has ${gas} wei left for gas: send it some`);
  if (draining) advice.push(`It takes no new task: cloister worker drain --home ${home} --undo`);
  else if (!running) advice.push(`It does not run: cloister worker start --home ${home}`);
  else if (!answers) advice.push("It runs and does not answer: look into its log");
  return advice;
}
