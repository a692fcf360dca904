/** Puts the facts of a job together, out of the journal. @module */
import { createHash } from "node:crypto";
import { ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { hashSeal } from "../../../protocol/identity.ts";
import type { Question, Sealing } from "../../../protocol/receipt.ts";
import { indicesOf, resultStatus, type CommitteeWorker } from "../../../protocol/schema.ts";
import { committeeHash, digestOf } from "../../../protocol/typed-data.ts";
import { contributorsOf, verifyResults } from "../../../protocol/verify.ts";
import type { Block } from "../chain/reader.ts";
import type { ChainView } from "../chain/view.ts";
import { indexIn } from "../inbox/access.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { JobRecord, OutputRecord, Store } from "../store/store.ts";
import type { Job, ProposalFacts, ResultFacts } from "./job.ts";
import type { Mailboxes } from "./mailbox.ts";

export interface ObserveOptions {
  /** Whether to promise nothing more. */
  readonly draining: boolean;
  readonly autoSeal: boolean;
  readonly sealGraceBlocks: number;
  readonly sealTurnBlocks: number;
}

export interface ObservePorts {
  readonly view: ChainView;
  readonly store: Store;
  readonly inbox: Pick<Inbox, "isComplete" | "preamble">;
  readonly mailboxes: Mailboxes;
  readonly self: CommitteeWorker;
}

/** @param clock Unix milliseconds */
export function observe(
  options: ObserveOptions,
  ports: ObservePorts,
  task: Hex,
  record: JobRecord,
  head: Block,
  clock: number,
): Job {
  const { view, store, self } = ports;
  const proposal = view.proposal(task);
  const common = { task, state: view.state(task), clock, notBefore: record.notBefore };
  const { draining } = options;
  const at = { block: head.number, time: head.time };
  if (!proposal) {
    const unknown = { sealBy: 0, opens: 0, ready: false, consentsComplete: false, before: 0 };
    const nothing = { ...unknown, readies: { have: 0, need: 1, of: 1 }, ...seals(options) };
    return {
      ...common,
      head: at,
      index: -1,
      missing: [],
      blocked: false,
      draining,
      proposal: nothing,
    };
  }
  const { terms } = proposal.args;
  const sealing = view.sealing(task);
  const committee = sealing
    ? view.committee(terms, sealing.seal.committeeVersion)
    : view.committee(terms);
  const index = indexIn(committee, self);
  const question = view.question(task, ports.mailboxes.of(task).consents);
  const output = sealing && store.outputs.get(hashSeal(sealing.seal));
  return {
    ...common,
    head: at,
    index,
    missing: missingOf(ports, question),
    blocked: isBlocked(ports, record),
    draining,
    proposal: proposalFacts(options, ports, question, record, index, proposal.block),
    ...(sealing && {
      seal: {
        resultBy: sealing.seal.time + question.task.resultWindow,
        mine: sealing.readies.some(({ by }) => by === index),
      },
    }),
    ...(sealing && output && { result: resultFacts(view, question, sealing, output) }),
  };
}

/** Members whose consent the task needs. */
export const neededConsents = (question: Question): number[] => indicesOf(contributorsOf(question));

/** Envelopes a task reads, and whose they are. */
export function inputsOf({ task, inputs }: Question): { dataset: Hex; member: number }[] {
  if (task.privateParams === ZERO_HASH) return [...inputs];
  return [...inputs, { dataset: task.privateParams, member: task.requester }];
}

/** Name of a preamble's bytes. */
export const preambleHash = (preamble: Uint8Array): Hex =>
  `0x${createHash("sha256").update(preamble).digest("hex")}`;

function missingOf({ view, store, inbox }: ObservePorts, question: Question): Hex[] {
  const program = view.terms(question.task.terms)?.program;
  const lacking = inputsOf(question)
    .map(({ dataset }) => dataset)
    .filter((dataset) => !inbox.isComplete(dataset));
  return program && !store.programs.get(program) ? [program, ...lacking] : lacking;
}

function isBlocked({ inbox }: ObservePorts, { blocked }: JobRecord): boolean {
  const preamble = blocked && inbox.preamble(blocked.dataset);
  return preamble !== undefined && preambleHash(preamble) === blocked?.preamble;
}

const seals = (options: ObserveOptions) => ({
  autoSeal: options.autoSeal,
  graceBlocks: options.sealGraceBlocks,
  turnBlocks: options.sealTurnBlocks,
});

function proposalFacts(
  options: ObserveOptions,
  { view, mailboxes }: ObservePorts,
  question: Question,
  record: JobRecord,
  index: number,
  proposedAt: number,
): ProposalFacts {
  const { task } = question;
  const committee = view.committee(task.terms);
  const given = new Set(question.consents.map(({ by }) => by));
  const ready = mailboxes.of(digestOf(view.deployment, "Task", task)).readies;
  return {
    sealBy: task.sealBy,
    opens: proposedAt + (view.terms(task.terms)?.vetoBlocks ?? 0),
    ready: committee !== undefined && record.ready?.committee === committeeHash(committee),
    consentsComplete: neededConsents(question).every((member) => given.has(member)),
    readies: {
      have: ready.length,
      need: committee?.threshold ?? 1,
      of: committee?.workers.length ?? 1,
    },
    before: ready.filter(({ by }) => by < index).length,
    ...(record.sealableSince !== undefined && { sealableSince: record.sealableSince }),
    ...seals(options),
  };
}

const statusName = (status: number): ResultFacts["status"] =>
  status === resultStatus.success
    ? "success"
    : status === resultStatus.failure
      ? "failure"
      : "abstention";

function resultFacts(
  view: ChainView,
  question: Question,
  sealing: Sealing,
  output: OutputRecord,
): ResultFacts {
  const { deployment } = view;
  const digest = digestOf(deployment, "Result", output.result);
  const results = view.results(digestOf(deployment, "Task", question.task));
  const submitted = results.some(
    ({ by, result }) => by === output.by && digestOf(deployment, "Result", result) === digest,
  );
  const agreed = agreedDigest(view, question, sealing);
  return {
    status: statusName(output.result.status),
    submitted,
    ...(agreed !== undefined && { agreed: agreed === digest }),
    abstentions: output.abstentions,
    retryAt: output.retryAt,
  };
}

/** Digest of the result that m workers signed; undefined while there is none. */
function agreedDigest(view: ChainView, question: Question, sealing: Sealing): Hex | undefined {
  const { task } = question;
  const id = digestOf(view.deployment, "Task", task);
  if (!["finalized", "failed"].includes(view.state(id))) return undefined;
  const collaboration = view.collaboration(task.terms, sealing.seal.committeeVersion);
  const { outcome } = verifyResults(collaboration, sealing, view.results(id));
  return digestOf(view.deployment, "Result", outcome);
}
