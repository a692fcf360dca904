/** The committee of a secret contract: who computes, and what a change of it still waits for. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { collaborationFrom } from "../../protocol/history.ts";
import { hashWorker } from "../../protocol/identity.ts";
import type { Committee, CommitteeWorker } from "../../protocol/schema.ts";
import { datasetsIn, knownContract, type Known } from "./collaboration.ts";
import { countVotes, unsharedIn, type CommitteeVote } from "./committee.ts";
import type { Context } from "./context.ts";
import { namesFrom, type Names } from "./lists.ts";
import { partyVerbs } from "./party.ts";
import { contractStatus } from "./status.ts";
import { heldBy } from "./upload.ts";
import { workerVerbs, type RegisteredWorker } from "./worker.ts";

/** Who must act next; `watch` when no person does. */
export interface CommitteeStep {
  readonly who: string;
  readonly what: string;
  readonly act: "vote" | "reshare" | "rewrap" | "watch";
}

export interface Seat {
  readonly worker: Hex;
  /** Absent when the chain knows no registration. */
  readonly registered?: RegisteredWorker;
}

/** A dataset that some worker in force cannot open yet. */
export interface Lacking {
  readonly dataset: Hex;
  readonly member: number;
  /** Endpoints; one that does not answer counts as not holding it. */
  readonly workers: readonly string[];
}

export interface CommitteeView {
  readonly contract: Hex;
  readonly version: number;
  readonly threshold: number;
  readonly workers: readonly Seat[];
  /** Members whose share the workers in force do not have. */
  readonly unshared: readonly number[];
  readonly lacking: readonly Lacking[];
  /** The votes that were given for the next committee. */
  readonly votes?: {
    readonly committee: Committee;
    readonly voted: readonly number[];
    readonly missing: readonly number[];
  };
  /** Until these end no committee can change. */
  readonly sealedTasks: number;
  /** Empty when nothing is missing. */
  readonly next: readonly CommitteeStep[];
}

/**
 * @param votes for the next committee
 * @throws ProtocolError those of reading a contract, and of {@link countVotes}
 */
export async function committeeView(
  ctx: Context,
  terms: Hex,
  votes: readonly CommitteeVote[] = [],
): Promise<CommitteeView> {
  const known = await knownContract(ctx, terms);
  const { committee } = known;
  const collaboration = collaborationFrom(ctx.deployment, known.events, terms, "{}");
  const { sealedTasks, active } = await contractStatus(ctx, terms);
  const all = await workerVerbs.list(ctx);
  const workers = committee.workers.map((keys) => seatOf(keys, all));
  const view = {
    contract: terms,
    version: committee.version,
    threshold: committee.threshold,
    workers,
    // Before the contract is active members join, which is said elsewhere.
    unshared: active ? unsharedIn(collaboration) : [],
    lacking: await lackingIn(ctx, known, workers),
    ...(votes.length > 0 && { votes: await countVotes(ctx, known, votes) }),
    sealedTasks,
  };
  return { ...view, next: nextSteps(view, known, namesFrom(await partyVerbs.list(ctx))) };
}

function seatOf(keys: CommitteeWorker, all: readonly RegisteredWorker[]): Seat {
  const worker = hashWorker(keys);
  const registered = all.find(({ id }) => id === worker);
  return { worker, ...(registered && { registered }) };
}

async function lackingIn(
  ctx: Context,
  { events, committee }: Known,
  seats: readonly Seat[],
): Promise<Lacking[]> {
  // Version 1 got everything from the owners, who were told at once who did not take it.
  if (committee.version === 1) return [];
  const datasets = datasetsIn(events).filter(({ withdrawn }) => !withdrawn);
  const lists = await Promise.all(
    seats.map(async ({ worker, registered }) => {
      const without: { dataset: Hex; at: string }[] = [];
      for (const { dataset } of datasets)
        if (!registered || !(await isHeld(ctx, registered.endpoint, dataset)))
          without.push({ dataset, at: registered?.endpoint ?? worker });
      return without;
    }),
  );
  return datasets.flatMap(({ dataset, member }) => {
    const workers = lists.flat().flatMap((entry) => (entry.dataset === dataset ? entry.at : []));
    return workers.length > 0 ? [{ dataset, member, workers }] : [];
  });
}

/** A worker keeps a dataset only with a data key for itself; one that does not answer holds nothing. */
async function isHeld(ctx: Context, endpoint: string, dataset: Hex): Promise<boolean> {
  try {
    return (await heldBy(ctx, endpoint, dataset)).complete;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

function nextSteps(
  { votes, unshared, lacking, sealedTasks }: Omit<CommitteeView, "next">,
  { terms }: Known,
  names: Names,
): CommitteeStep[] {
  const step = (act: CommitteeStep["act"], what: string) => (member: number) => ({
    who: `member ${member}, ${names(terms.members[member]?.account ?? "")}`,
    what,
    act,
  });
  if (votes && votes.missing.length > 0)
    return votes.missing.map(step("vote", "sign the same committee"));
  if (votes && sealedTasks > 0) {
    const what = `finish ${sealedTasks} sealed task(s): no committee changes before`;
    return [{ who: "the workers", what, act: "watch" }];
  }
  const owners = [...new Set(lacking.map(({ member }) => member))];
  return [
    ...unshared.map(step("reshare", "seal the share to the workers in force")),
    ...owners.map(step("rewrap", "give the workers in force the data keys")),
  ];
}
