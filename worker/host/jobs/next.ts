/**
 * What to do next for a task: one pure function for the first time and for every time after a crash.
 * @module
 */
import type { TaskState } from "../../../protocol/schema.ts";
import type { Job, ProposalFacts, ResultFacts, SealFacts } from "./job.ts";

export type Action =
  /** Load what is needed and have the enclave sign `Ready`. */
  | { readonly do: "ready" }
  /** Ask the other workers of the committee for consents and Ready signatures. */
  | { readonly do: "gather" }
  | { readonly do: "seal" }
  | { readonly do: "run" }
  /** Have the enclave sign that it cannot answer: silence would cost the stake. */
  | { readonly do: "abstain" }
  /** Put the journalled result on chain. */
  | { readonly do: "submit" }
  /** Nothing is left to do; `keep` says whether the output is still served. */
  | { readonly do: "forget"; readonly keep: boolean }
  | { readonly do: "wait"; readonly for: Waiting };

export type Waiting =
  | "committee"
  | "inputs"
  | "data-key"
  | "drain-end"
  | "turn"
  | "seal"
  | "cancellation"
  | "quorum"
  | "expiry"
  | "retry";

/** Runs that may end in an abstention before this worker leaves the task to others. */
export const MOST_ABSTENTIONS = 3;

/** Seconds after which no seal of the last moment turns up any more: it is seen with its confirmations only. */
export const LATE_SEAL = 900;

const wait = (reason: Waiting): Action => ({ do: "wait", for: reason });

const drop = (): Action => ({ do: "forget", keep: false });

/** One row for each state: a missing one does not compile. */
const decide: { readonly [S in TaskState]: (job: Job) => Action } = {
  none: drop,
  proposed: (job) => beforeSeal(job, job.proposal),
  sealed: (job) => (job.seal?.mine ? afterSeal(job, job.seal) : wait("quorum")),
  finalized: afterEnd,
  failed: afterEnd,
  cancelled: drop,
  expired: drop,
};

export const next = (job: Job): Action => decide[job.state](job);

/**
 * Whether somebody counts on this worker: its `Ready` may still be sealed, or a result or its output is due. Who goes away before
 * that loses stake or fee.
 */
export function isOwed(job: Job): boolean {
  if (job.state === "proposed")
    return job.index >= 0 && job.proposal.ready && job.head.time <= job.proposal.sealBy + LATE_SEAL;
  if (job.state === "sealed") return job.seal?.mine === true && job.head.time <= job.seal.resultBy;
  return next(job).do !== "forget";
}

function beforeSeal(job: Job, proposal: ProposalFacts): Action {
  if (job.head.time > proposal.sealBy) return wait("cancellation");
  if (job.index < 0) return wait("committee");
  if (!proposal.ready) {
    if (job.draining) return wait("drain-end");
    if (job.missing.length > 0) return wait("inputs");
    if (job.blocked) return wait("data-key");
    return job.clock < job.notBefore ? wait("retry") : { do: "ready" };
  }
  return sealing(job, proposal);
}

function sealing(job: Job, proposal: ProposalFacts): Action {
  const { readies, sealableSince, graceBlocks, turnBlocks, before } = proposal;
  const { block } = job.head;
  const complete = proposal.consentsComplete && readies.have >= readies.need;
  if (!complete || sealableSince === undefined || block < proposal.opens) return { do: "gather" };
  if (!proposal.autoSeal) return wait("seal");
  // Who is not sealed in does not run: the last Ready signatures get some time.
  const all = readies.have === readies.of;
  const from = Math.max(sealableSince, proposal.opens) + (all ? 0 : graceBlocks);
  if (!all && block < from) return { do: "gather" };
  if (block < from + before * turnBlocks) return wait("turn");
  return job.clock < job.notBefore ? wait("retry") : { do: "seal" };
}

function afterSeal(job: Job, seal: SealFacts): Action {
  if (job.head.time > seal.resultBy) return wait("expiry");
  const { result } = job;
  if (!result) return run(job);
  if (!result.submitted) return submit(job);
  return mayRunAgain(result) ? runAgain(job, result) : wait("quorum");
}

/** The task has its result; what this worker still owes is its own equal one, to be paid and to serve the output. */
function afterEnd(job: Job): Action {
  const { seal, result } = job;
  if (!seal?.mine || job.head.time > seal.resultBy) return { do: "forget", keep: true };
  if (!result) return run(job);
  if (mayRunAgain(result)) return runAgain(job, result);
  return owes(result) ? submit(job) : { do: "forget", keep: true };
}

const mayRunAgain = (result: ResultFacts): boolean =>
  result.status === "abstention" && result.abstentions < MOST_ABSTENTIONS;

const owes = (result: ResultFacts): boolean => !result.submitted && result.agreed === true;

function run(job: Job): Action {
  if (job.missing.length > 0)
    // It said that it was ready and lost an input since; with the input back it may still run and answer.
    return job.result || job.state !== "sealed" ? wait("inputs") : { do: "abstain" };
  return job.clock < job.notBefore ? wait("retry") : { do: "run" };
}

const runAgain = (job: Job, result: ResultFacts): Action =>
  job.clock < result.retryAt ? wait("retry") : run(job);

function submit(job: Job): Action {
  return job.clock < job.notBefore ? wait("retry") : { do: "submit" };
}
