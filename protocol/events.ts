/**
 * Events of the contracts as plain values: integers up to 64 bits are numbers, larger ones decimal strings, bytes and addresses
 * lower-case hex. What is stored, compared and put into receipts is exactly this.
 * @module
 */
import { Interface, type Log, type ParamType } from "ethers";
import {
  partyRegistryAbi,
  programRegistryAbi,
  secretContractsAbi,
  taskManagerAbi,
  workerRegistryAbi,
} from "./abi.ts";
import type { Address, Hex } from "./bytes.ts";
import { taskStates, type TaskState } from "./schema.ts";
import type {
  Committee,
  CommitteeWorker,
  InputRef,
  Result,
  Seal,
  Signed,
  Task,
  Terms,
} from "./schema.ts";

/** Arguments by event. */
export interface EventArguments {
  readonly PartyRegistered: { account: Address; name: string };
  readonly ProgramPublished: {
    program: Hex;
    moduleHash: Hex;
    manifestHash: Hex;
    uri: string;
    publisher: Address;
  };
  readonly WorkerRegistered: {
    worker: Hex;
    operator: Address;
    keys: CommitteeWorker;
    endpoint: string;
    kind: number;
    evidence: Hex;
    epoch: number;
    protection: number;
    validUntil: number;
  };
  readonly ContractCreated: { terms: Hex; content: Terms };
  readonly MemberJoined: {
    terms: Hex;
    member: number;
    committeeVersion: number;
    shareCommitment: Hex;
    wraps: Hex[];
    signature: Hex;
  };
  readonly ContractActivated: { terms: Hex };
  readonly CommitteeChanged: { terms: Hex; committee: Committee; signatures: Hex[] };
  readonly DatasetCommitted: {
    terms: Hex;
    member: number;
    dataset: Hex;
    table: number;
    epoch: number;
    chunks: number;
  };
  readonly DatasetWithdrawn: { terms: Hex; member: number; dataset: Hex };
  readonly ContractPaused: { terms: Hex; member: number };
  readonly ContractResumed: { terms: Hex; member: number };
  readonly StateAdvanced: {
    terms: Hex;
    version: number;
    stateRoot: Hex;
    /** Mask of the members whose data ever entered the state. */
    contributors: number;
  };
  readonly TaskProposed: {
    taskId: Hex;
    terms: Hex;
    task: Task;
    inputs: InputRef[];
    /** Bytes of the canonical JSON. */
    params: Hex;
  };
  readonly TaskConsented: { taskId: Hex; member: number; signature: Hex };
  readonly TaskReady: { taskId: Hex; worker: number; signature: Hex };
  readonly TaskSealed: {
    taskId: Hex;
    terms: Hex;
    sealDigest: Hex;
    facts: Seal;
    /** Mask of the workers that count. */
    ready: number;
    consents: Signed[];
    readies: Signed[];
  };
  readonly ResultSubmitted: { taskId: Hex; worker: number; result: Result; signature: Hex };
  readonly TaskAdvanced: { taskId: Hex; state: TaskState };
  readonly TaskVetoed: { taskId: Hex; member: number };
}
export type EventName = keyof EventArguments;

/** Where an event stands on the chain. */
export interface Position {
  readonly address: Address;
  readonly block: number;
  readonly blockHash: Hex;
  readonly transactionHash: Hex;
  readonly logIndex: number;
}
export type EventOf<N extends EventName> = {
  readonly [K in N]: Position & { readonly name: K; readonly args: EventArguments[K] };
}[N];
export type ChainEvent = EventOf<EventName>;

const interfaces = [
  secretContractsAbi,
  taskManagerAbi,
  workerRegistryAbi,
  programRegistryAbi,
  partyRegistryAbi,
].map((abi) => new Interface(abi));

/** ethers' values as plain ones. */
function plain(type: ParamType, value: unknown): unknown {
  if (type.arrayChildren) {
    const child = type.arrayChildren;
    return Array.from(value as Iterable<unknown>, (item) => plain(child, item));
  }
  if (type.components) {
    const fields = type.components.map((field, i) => [
      field.name,
      plain(field, (value as readonly unknown[])[i]),
    ]);
    return Object.fromEntries(fields);
  }
  if (typeof value === "bigint") {
    const bits = Number(/\d+$/.exec(type.baseType)?.[0] ?? 256);
    return bits <= 64 ? Number(value) : value.toString();
  }
  const isHex = type.baseType === "address" || type.baseType.startsWith("bytes");
  return isHex ? (value as string).toLowerCase() : value;
}

/** What of a log is read; proven logs have no more. */
export type RawLog = Pick<
  Log,
  "address" | "topics" | "data" | "blockNumber" | "blockHash" | "transactionHash" | "index"
>;

/** The event a log is, or undefined when it is none of ours (which addresses are ours is the caller's filter). */
export function decodeLog(log: RawLog): ChainEvent | undefined {
  for (const abi of interfaces) {
    const parsed = abi.parseLog(log);
    if (!parsed) continue;
    const args = Object.fromEntries(
      parsed.fragment.inputs.map((input, i) => [input.name, plain(input, parsed.args[i])]),
    );
    if (parsed.name === "TaskAdvanced") args["state"] = taskStates[args["state"] as number];
    return {
      name: parsed.name,
      args,
      address: log.address.toLowerCase(),
      block: log.blockNumber,
      blockHash: log.blockHash,
      transactionHash: log.transactionHash,
      logIndex: log.index,
    } as ChainEvent;
  }
  return undefined;
}

/** First topic of an event, for log filters. */
export function topicOf(name: EventName): Hex {
  for (const abi of interfaces) {
    const event = abi.getEvent(name);
    if (event) return event.topicHash as Hex;
  }
  throw new TypeError(`no event ${name} in the ABI`);
}

/** Events of these names, typed. */
export function select<N extends EventName>(
  events: readonly ChainEvent[],
  ...names: N[]
): EventOf<N>[] {
  const wanted: readonly string[] = names;
  return events.filter((event) => wanted.includes(event.name)) as unknown as EventOf<N>[];
}
