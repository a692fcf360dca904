/** Events of the deployment's contracts, read from the client's own RPC node. @module */
import { toBeHex, zeroPadValue } from "ethers";
import type { Address, Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import {
  decodeLog,
  select,
  topicOf,
  type ChainEvent,
  type EventName,
  type EventOf,
} from "../../protocol/events.ts";
import { hashWorker } from "../../protocol/identity.ts";
import type { CommitteeWorker } from "../../protocol/schema.ts";
import type { Context } from "./context.ts";

type Topic = Hex | readonly Hex[] | null;

/** Events of one contract whose topics are these, in chain order. */
async function eventsOf(
  ctx: Context,
  address: Address,
  topics: readonly Topic[],
): Promise<ChainEvent[]> {
  const logs = await ctx.logs({ address, topics: topics as (string | string[] | null)[] });
  return logs.flatMap((log) => decodeLog(log) ?? []);
}

/** Sorts events of several reads into chain order and drops repetitions. */
export function inChainOrder(...lists: readonly (readonly ChainEvent[])[]): ChainEvent[] {
  const byPlace = new Map<string, ChainEvent>();
  for (const event of lists.flat()) byPlace.set(`${event.block}:${event.logIndex}`, event);
  return [...byPlace.values()].toSorted((a, b) => a.block - b.block || a.logIndex - b.logIndex);
}

/** Events of a secret contract but the steps of its state, which are as many as its tasks. */
const ofContract = (
  [
    "ContractCreated",
    "MemberJoined",
    "ContractActivated",
    "CommitteeChanged",
    "DatasetCommitted",
    "DatasetWithdrawn",
    "ContractPaused",
    "ContractResumed",
  ] as const
).map(topicOf);

/** All events of a secret contract but {@link stateEvents}, and the publication of its program. @throws ProtocolError NOT_FOUND */
export async function contractEvents(ctx: Context, terms: Hex): Promise<ChainEvent[]> {
  const { addresses } = await ctx.contracts();
  const own = await eventsOf(ctx, addresses.secretContracts, [ofContract, terms]);
  const created = createdIn(own, terms);
  const program = await programEvent(ctx, created.args.content.program);
  return inChainOrder(program ? [program] : [], own);
}

/** @throws ProtocolError NOT_FOUND */
export function createdIn(events: readonly ChainEvent[], terms: Hex): EventOf<"ContractCreated"> {
  const created = select(events, "ContractCreated").find((event) => event.args.terms === terms);
  if (!created) throw new ProtocolError("NOT_FOUND", { what: "secret contract", name: terms });
  return created;
}

export async function programEvent(
  ctx: Context,
  program: Hex,
): Promise<EventOf<"ProgramPublished"> | undefined> {
  const { addresses } = await ctx.contracts();
  const events = await eventsOf(ctx, addresses.programRegistry, [null, program]);
  return select(events, "ProgramPublished")[0];
}

/** Events of one task. @throws ProtocolError NOT_FOUND */
export async function taskEvents(ctx: Context, taskId: Hex): Promise<ChainEvent[]> {
  const { addresses } = await ctx.contracts();
  const events = await eventsOf(ctx, addresses.taskManager, [null, taskId]);
  if (select(events, "TaskProposed").length === 0)
    throw new ProtocolError("NOT_FOUND", { what: "task", name: taskId });
  return events;
}

/** Everything that tells a task's story: its own events, its secret contract's and its committee's. */
export async function storyOf(ctx: Context, taskId: Hex): Promise<ChainEvent[]> {
  const own = await taskEvents(ctx, taskId);
  const { terms } = (select(own, "TaskProposed")[0] as EventOf<"TaskProposed">).args;
  const contract = await contractEvents(ctx, terms);
  return inChainOrder(
    own,
    contract,
    await workerEvents(ctx, workersIn(contract, terms)),
    await stateEvents(ctx, terms, select(own, "TaskSealed")[0]?.args.facts.version),
  );
}

/** Workers of all committees a contract ever had, the latest first. */
export function workersIn(events: readonly ChainEvent[], terms: Hex): CommitteeWorker[] {
  const first = createdIn(events, terms).args.content.committee;
  const changes = select(events, "CommitteeChanged").map((event) => event.args.committee);
  return [first, ...changes].toReversed().flatMap((committee) => committee.workers);
}

/**
 * The steps of a contract's state to the version a task reads, and to the next one.
 * @param version the one a seal names; absent: the one in force
 */
async function stateEvents(ctx: Context, terms: Hex, version?: number): Promise<ChainEvent[]> {
  const { addresses, secretContracts } = await ctx.contracts();
  const reads = BigInt(version ?? (await secretContracts.statusOf(terms)).version);
  const versions = [reads, reads + 1n].map((one) => toBeHex(one, 32) as Hex);
  return eventsOf(ctx, addresses.secretContracts, [topicOf("StateAdvanced"), terms, versions]);
}

/** Tasks proposed under these terms. */
export async function proposals(ctx: Context, terms: Hex): Promise<EventOf<"TaskProposed">[]> {
  const { addresses } = await ctx.contracts();
  const topics = [topicOf("TaskProposed"), null, terms];
  return select(await eventsOf(ctx, addresses.taskManager, topics), "TaskProposed");
}

/** Registrations of these workers; of all, without the argument. */
export async function workerEvents(
  ctx: Context,
  workers?: readonly (CommitteeWorker | Hex)[],
): Promise<EventOf<"WorkerRegistered">[]> {
  const { addresses } = await ctx.contracts();
  const ids = workers?.map((worker) => (typeof worker === "string" ? worker : hashWorker(worker)));
  const topics = [topicOf("WorkerRegistered"), ...(ids ? [[...new Set(ids)]] : [])];
  return select(await eventsOf(ctx, addresses.workerRegistry, topics), "WorkerRegistered");
}

/** Events of one kind about an account. */
export async function accountEvents(
  ctx: Context,
  contract: "partyRegistry",
  name: EventName,
  account?: Address,
): Promise<ChainEvent[]> {
  const { addresses } = await ctx.contracts();
  const topics = [topicOf(name), ...(account ? [zeroPadValue(account, 32) as Hex] : [])];
  return eventsOf(ctx, addresses[contract], topics);
}

/** Time of the latest block, in Unix seconds: the clock of every deadline. */
export async function blockTime(ctx: Context): Promise<number> {
  const block = await ctx.provider.getBlock("latest");
  if (!block) throw new ProtocolError("RPC_UNREACHABLE", { url: "the chain's node" });
  return block.timestamp;
}
