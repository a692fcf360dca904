/**
 * Withdrawing a dataset, and the workers' signed word that it is erased. A worker's answer counts for nothing but its signature, by
 * the key that the members agreed on.
 * @module
 */
import { ErasureStatus, type Pin } from "../../protocol/api.ts";
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { select, type ChainEvent } from "../../protocol/events.ts";
import { hashWorker } from "../../protocol/identity.ts";
import type { CommitteeWorker, DatasetName } from "../../protocol/schema.ts";
import { digestOf, expectSigner } from "../../protocol/typed-data.ts";
import { datasetsIn, knownContract, ownEntry } from "./collaboration.ts";
import type { Context } from "./context.ts";
import { requestJson } from "./http.ts";
import { createdIn, workerEvents } from "./ledger.ts";
import { transact } from "./transact.ts";
import { sleep } from "./wait.ts";

/** How far one worker is with the erasure of a dataset. */
export interface WorkerErasure {
  /** Its id. */
  readonly worker: Hex;
  /** Absent when it never registered. */
  readonly endpoint?: string;
  /** `kept`: it has not seen the withdrawal with its confirmations yet; `unknown`: see `fault`. */
  readonly state: "erased" | "pending" | "kept" | "unknown";
  /** On `Erasure`, verified; once erased. */
  readonly signature?: Hex;
  /** Tasks under way for which it still keeps the dataset. */
  readonly pins: readonly Pin[];
  /** Why there is no word of it that counts. */
  readonly fault?: ProtocolError;
}

/**
 * Takes a dataset back: no new task can name it, and every worker that was to hold it erases it as soon as no task under way
 * names it. Done again, it only asks the workers.
 * @param waitSeconds how long to wait until all have signed; without it they are asked once
 * @returns each worker's word, the last one heard
 * @throws ProtocolError NOT_A_MEMBER, TRANSACTION_FAILED
 */
async function withdraw(
  ctx: Context,
  terms: Hex,
  dataset: Hex,
  { waitSeconds = 0 }: { readonly waitSeconds?: number } = {},
): Promise<WorkerErasure[]> {
  const known = await knownContract(ctx, terms);
  const { index: member } = await ownEntry(ctx, known);
  const isDone = datasetsIn(known.events).some(
    (entry) => entry.member === member && entry.dataset === dataset && entry.withdrawn,
  );
  if (!isDone)
    await transact(ctx, "dataset.withdraw", (to) =>
      to.secretContracts.withdrawDataset(terms, member, dataset),
    );
  const end = Date.now() + 1000 * waitSeconds;
  for (;;) {
    const all = await erasures(ctx, { terms, member, dataset });
    if (all.every(({ state }) => state === "erased") || Date.now() >= end) return all;
    await sleep(Math.max(ctx.pollMs, 250));
  }
}

/**
 * Asks every worker that was to hold a dataset whether it is erased, and verifies what they signed.
 * @throws ProtocolError NOT_FOUND
 */
async function erasures(ctx: Context, name: DatasetName): Promise<WorkerErasure[]> {
  const { events } = await knownContract(ctx, name.terms);
  const workers = holdersOf(events, name);
  const registered = await workerEvents(ctx, workers);
  const endpoints = new Map(registered.map(({ args }) => [args.worker, args.endpoint]));
  return Promise.all(workers.map((keys) => ask(ctx, name, keys, endpoints.get(hashWorker(keys)))));
}

async function ask(
  ctx: Context,
  name: DatasetName,
  keys: CommitteeWorker,
  endpoint: string | undefined,
): Promise<WorkerErasure> {
  const worker = hashWorker(keys);
  try {
    if (endpoint === undefined)
      throw new ProtocolError("NOT_FOUND", { what: "registration of worker", name: worker });
    const { terms, member, dataset } = name;
    const path = `/v1/datasets/${dataset}/erasure?terms=${terms}&member=${member}`;
    const { state, pins, signature } = await requestJson(ctx, endpoint, path, ErasureStatus);
    if (state !== "erased") return { worker, endpoint, state, pins };
    const statement = { terms, member, dataset, sealingKey: keys.sealingKey };
    const digest = digestOf(ctx.deployment, "Erasure", statement);
    const signed = signature ?? "0x";
    expectSigner(`the erasure by worker ${worker}`, digest, signed, keys.signer);
    return { worker, endpoint, state, pins: [], signature: signed };
  } catch (fault) {
    // One worker that is silent or lies must not keep the others from being heard.
    if (!(fault instanceof ProtocolError)) throw fault;
    return {
      worker,
      ...(endpoint !== undefined && { endpoint }),
      state: "unknown",
      pins: [],
      fault,
    };
  }
}

/** Workers of every committee that was in force between the commitment and the withdrawal, each once. */
function holdersOf(
  events: readonly ChainEvent[],
  { terms, member, dataset }: DatasetName,
): CommitteeWorker[] {
  const placeOf = (name: "DatasetCommitted" | "DatasetWithdrawn") =>
    events.findIndex(
      ({ name: its, args }) => its === name && args.member === member && args.dataset === dataset,
    );
  const committees = [
    { at: 0, ...createdIn(events, terms).args.content },
    ...select(events, "CommitteeChanged").map((event) => ({
      at: events.indexOf(event),
      ...event.args,
    })),
  ];
  const withdrawn = placeOf("DatasetWithdrawn");
  const first = committees.findLastIndex(({ at }) => at <= placeOf("DatasetCommitted"));
  const inForce = committees
    .slice(Math.max(0, first))
    .filter(({ at }) => withdrawn < 0 || at < withdrawn);
  const workers = inForce.flatMap(({ committee }) => committee.workers);
  return [...new Map(workers.map((keys) => [hashWorker(keys), keys])).values()];
}

export const withdrawVerbs = { withdraw, erasures };
