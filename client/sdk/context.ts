/** What every verb of the SDK works with: one chain, one deployment, and what this client may sign and open. @module */
import {
  JsonRpcApiProvider,
  type ContractRunner,
  type Log,
  type Provider,
  type Signer,
  type TransactionRequest,
} from "ethers";
import type { Address, Hex } from "../../protocol/bytes.ts";
import { logReader, type LogFilter } from "../../protocol/chain/logs.ts";
import { connect, type Contracts } from "../../protocol/contracts.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Deployment } from "../../protocol/typed-data.ts";
import type { PartyKeys } from "./keys.ts";
import type { ProgramFiles } from "./program.ts";

/** Which enclaves a client seals data to. */
export interface Trust {
  /** Measurements this client read, built or was told by somebody it believes. */
  readonly measurements: readonly Hex[];
  /** True only when it is accepted that operators of workers can read every input. */
  readonly acceptSimulated: boolean;
}

/** One transaction that was mined, for whoever counts gas or shows what happened. */
export interface Sent {
  readonly method: string;
  readonly hash: Hex;
  readonly gasUsed: bigint;
}

export interface ClientOptions {
  /** See `connectProvider` for settings that make ethers answer at once. */
  readonly provider: Provider;
  /** Pays and sends; absent: the client only reads. */
  readonly signer?: Signer;
  readonly deployment: Deployment;
  /** Block of the deployment: nothing is looked for below it. Default 0. */
  readonly fromBlock?: number;
  /** Blocks one `eth_getLogs` may span; absent: all of them, and less when the node refuses. */
  readonly logRange?: number;
  /** Where programs are kept, once fetched and checked; default: in memory. */
  readonly programs?: ProgramShelf;
  /** Consent and sealing key; absent: nothing can be signed or opened. */
  readonly keys?: PartyKeys;
  /** Absent: no worker is trusted. */
  readonly trust?: Trust;
  readonly fetch?: typeof globalThis.fetch;
  /** Blocks, the transaction's own included, before a transaction counts. Default 1. */
  readonly confirmations?: number;
  /** Milliseconds between looks at a chain or worker while waiting. Default 250. */
  readonly pollMs?: number;
  readonly onTransaction?: (sent: Sent) => void;
}

/** Programs by hash: bytes that never change, and that whoever takes them from here has hashed. */
export interface ProgramShelf {
  get(program: Hex): ProgramFiles | undefined;
  set(program: Hex, files: ProgramFiles): unknown;
}

export interface Context {
  readonly provider: Provider;
  readonly deployment: Deployment;
  /** Logs since the deployment, in chain order, however many reads that takes. */
  logs(filter: LogFilter): Promise<Log[]>;
  readonly trust: Trust;
  readonly fetch: typeof globalThis.fetch;
  readonly confirmations: number;
  readonly pollMs: number;
  readonly onTransaction: (sent: Sent) => void;
  /** The deployment's contracts, found once; they send by the signer when there is one. */
  contracts(): Promise<Contracts>;
  /** Lower-case address of the signer. @throws ProtocolError KEY_MISSING */
  account(): Promise<Address>;
  /** @throws ProtocolError KEY_MISSING */
  keys(): PartyKeys;
  /** Runs one sender at a time, so that nonces of one account never cross. */
  inTurn<T>(send: () => Promise<T>): Promise<T>;
  readonly programs: ProgramShelf;
}

export function contextOf(options: ClientOptions): Context {
  const { provider, signer, keys } = options;
  const contracts = options.deployment.contracts.toLowerCase() as Address;
  const deployment: Deployment = { chainId: options.deployment.chainId, contracts };
  const read = logReader(provider, options.logRange);
  let connected: Promise<Contracts> | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  return {
    provider,
    deployment,
    logs: (filter) => read(filter, options.fromBlock ?? 0),
    trust: options.trust ?? { measurements: [], acceptSimulated: false },
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
    confirmations: options.confirmations ?? 1,
    pollMs: options.pollMs ?? 250,
    onTransaction: options.onTransaction ?? (() => undefined),
    contracts: () => {
      connected ??= connectTo(deployment, provider, signer).catch((error: unknown) => {
        // The node may answer the next time.
        connected = undefined;
        throw error;
      });
      return connected;
    },
    account: async () => {
      if (!signer) throw new ProtocolError("KEY_MISSING", { what: "account to send with" });
      return (await signer.getAddress()).toLowerCase() as Address;
    },
    keys: () => {
      if (!keys) throw new ProtocolError("KEY_MISSING", { what: "consent and sealing key" });
      return keys;
    },
    inTurn: (send) => {
      const turn = queue.then(send);
      queue = turn.catch(() => undefined);
      return turn;
    },
    programs: options.programs ?? new Map(),
  };
}

async function connectTo(
  deployment: Deployment,
  provider: Provider,
  signer: Signer | undefined,
): Promise<Contracts> {
  const expected = String(deployment.chainId);
  const actual = await chainIdOf(provider);
  if (actual !== expected) throw new ProtocolError("WRONG_CHAIN", { expected, actual });
  return connect(deployment, signer ? withMargin(signer.connect(provider)) : provider);
}

/** Asked of the node itself: a provider may have been told another. */
async function chainIdOf(provider: Provider): Promise<string> {
  if (provider instanceof JsonRpcApiProvider)
    return BigInt(String(await provider.send("eth_chainId", []))).toString();
  return (await provider.getNetwork()).chainId.toString();
}

/**
 * Gas limits a quarter above the estimate: what another transaction does in between (the last of several joins activates the
 * contract) may make ours dearer. Unused gas costs nothing.
 */
function withMargin(signer: Signer): ContractRunner {
  const limit = async (tx: TransactionRequest) => ((await signer.estimateGas(tx)) * 5n) / 4n;
  return {
    provider: signer.provider,
    call: (tx) => signer.call(tx),
    resolveName: (name) => signer.resolveName(name),
    estimateGas: limit,
    sendTransaction: async (tx) =>
      signer.sendTransaction({ ...tx, gasLimit: tx.gasLimit ?? (await limit(tx)) }),
  };
}
