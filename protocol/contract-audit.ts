/**
 * The audit of a whole secret contract: who agreed, every committee with its votes, the evidence of each worker, every task with
 * its verdict, and the chain of its states. Pure, like the audit of one task, whose reports it takes.
 * @module
 */
import { checked, type AuditReport, type Check } from "./audit.ts";
import { ZERO_HASH, type Hex } from "./bytes.ts";
import { ProtocolError } from "./errors.ts";
import { select, type ChainEvent } from "./events.ts";
import { verifyRegistration } from "./evidence.ts";
import { collaborationFrom } from "./history.ts";
import { hashWorker } from "./identity.ts";
import type { Collaboration, Receipt } from "./receipt.ts";
import { resultStatus, type Committee, type Protection, type TaskState } from "./schema.ts";
import { committeeHash, digestOf, signerOf, type Deployment } from "./typed-data.ts";
import {
  verifyCommittee,
  verifyProgram,
  verifyResults,
  verifyTerms,
  type Compared,
} from "./verify.ts";

/** A task of the contract: its audit, or why there is none. */
export interface AuditedTask {
  readonly task: Hex;
  /** Block of the proposal. */
  readonly block: number;
  readonly function: string;
  readonly audited: { readonly report: AuditReport; readonly receipt: Receipt } | ProtocolError;
}

/** What the auditor read from the chain itself. */
export interface ContractFacts {
  readonly active: boolean;
  /** Hash of the committee in force. */
  readonly committee: Hex;
  readonly version: number;
  readonly stateRoot: Hex;
  readonly workerRegistry: Hex;
}

export interface ContractPapers {
  readonly deployment: Deployment;
  readonly terms: Hex;
  /** All of the contract and its program, and every registration of its workers, in chain order. */
  readonly events: readonly ChainEvent[];
  /** Canonical JSON; an error says why nobody gave it. */
  readonly manifest: string | ProtocolError;
  /** In the order they were proposed. */
  readonly tasks: readonly AuditedTask[];
  readonly facts: ContractFacts;
}

/**
 * `verified`: it came to a result and every check passed. `mismatch`: one did not. `pending`: nothing is wrong so far. `no result`:
 * nothing is wrong, and it was cancelled or ran out of time. `unverifiable`: what the audit needs could not be had.
 */
export type Verdict = "verified" | "mismatch" | "pending" | "no result" | "unverifiable";

export interface TaskVerdict {
  readonly task: Hex;
  readonly block: number;
  readonly function: string;
  readonly verdict: Verdict;
  /** Absent when unverifiable. */
  readonly state?: TaskState;
  /** Version of the committee that sealed it. */
  readonly committee?: number;
  readonly protection?: Protection;
  /** Why a task failed, in the workers' word. */
  readonly reason?: string;
  /** Codes of what is wrong, by check. */
  readonly faults: readonly { readonly check: string; readonly code: string }[];
}

export interface CommitteeVersion {
  readonly version: number;
  readonly threshold: number;
  /** Ids, in the committee's order. */
  readonly workers: readonly Hex[];
  /** Block in which it took over. */
  readonly block: number;
  /** Members that signed it: with version 1, those that joined. */
  readonly votes: readonly number[];
  /** Members that sealed their share to it. */
  readonly shares: readonly number[];
}

export interface WorkerProof {
  readonly worker: Hex;
  readonly operator: string;
  readonly endpoint: string;
  readonly measurement: Hex;
  /** As the evidence shows it; absent when it does not verify, with the code of why. */
  readonly protection?: Protection;
  readonly code?: string;
  /** Block time in Unix seconds. */
  readonly validUntil: number;
}

export interface ContractReport {
  readonly contract: Hex;
  readonly name: string;
  /** True when every check passed and no task is a mismatch or unverifiable. */
  readonly ok: boolean;
  readonly active: boolean;
  readonly checks: readonly Check[];
  readonly committees: readonly CommitteeVersion[];
  /** Of all committees, the latest registration of each. */
  readonly workers: readonly WorkerProof[];
  readonly tasks: readonly TaskVerdict[];
  /** Version and root of the state in force. */
  readonly state: { readonly version: number; readonly root: Hex };
}

/** @throws ProtocolError NOT_FOUND when the contract is not among the events */
export function auditContract(papers: ContractPapers): ContractReport {
  const { terms, facts } = papers;
  const all = collaborationsOf(papers);
  const [first] = all as [Collaboration];
  const latest = all.at(-1) ?? first;
  const workers = workerProofs(papers, all);
  const tasks = papers.tasks.map(verdictOf);
  const checks = [
    checked("terms", () => verifyTerms(first, terms)),
    checked("program", () => {
      if (papers.manifest instanceof ProtocolError) throw papers.manifest;
      return verifyProgram(first);
    }),
    checked("committees", () => verifyCommittees(all)),
    checked("shares", () => verifyTerms(latest, terms)),
    checked("workers", () => verifyWorkerProofs(workers)),
    checked("states", () => verifyStates(papers)),
    checked("in force", () => compareFacts(facts, latest.committee)),
  ];
  const bad = tasks.some(({ verdict }) => verdict === "mismatch" || verdict === "unverifiable");
  return {
    contract: terms,
    name: first.terms.name,
    ok: !bad && checks.every(({ ok }) => ok),
    active: facts.active,
    checks,
    committees: committeesOf(papers, all),
    workers,
    tasks,
    state: { version: facts.version, root: facts.stateRoot },
  };
}

/** One for each committee, in order. */
function collaborationsOf({ deployment, terms, events, manifest }: ContractPapers) {
  const text = manifest instanceof ProtocolError ? "{}" : manifest;
  const versions = [1, ...changesIn(events, terms).map(({ args }) => args.committee.version)];
  return versions.map((version) => collaborationFrom(deployment, events, terms, text, version));
}

const changesIn = (events: readonly ChainEvent[], terms: Hex) =>
  select(events, "CommitteeChanged").filter(({ args }) => args.terms === terms);

function verifyCommittees(all: readonly Collaboration[]): Compared {
  for (const [i, c] of all.entries()) {
    expectSame("committee version", String(c.committee.version), String(i + 1));
    verifyCommittee(c);
  }
  return { versions: all.length };
}

function committeesOf(
  { events, terms }: ContractPapers,
  all: readonly Collaboration[],
): CommitteeVersion[] {
  const created = select(events, "ContractCreated").find(({ args }) => args.terms === terms);
  const blocks = [created?.block ?? 0, ...changesIn(events, terms).map(({ block }) => block)];
  return all.map((c, i) => {
    const { version, threshold, workers } = c.committee;
    const shares = c.joins.map(({ member }) => member);
    const votes = version === 1 ? shares : votersOf(c, terms);
    const ids = workers.map(hashWorker);
    return { version, threshold, workers: ids, block: blocks[i] ?? 0, votes, shares };
  });
}

/** Members whose signature on this committee is theirs. */
function votersOf({ deployment, terms, committee, committeeSignatures }: Collaboration, name: Hex) {
  const digest = digestOf(deployment, "CommitteeChange", { terms: name, committee });
  return [...terms.members.keys()].filter(
    (at) => signerOf(digest, committeeSignatures[at] ?? "0x") === terms.members[at]?.consentKey,
  );
}

function workerProofs(
  { deployment, events, facts }: ContractPapers,
  all: readonly Collaboration[],
): WorkerProof[] {
  const seats = all.flatMap((c) =>
    c.committee.workers.map((keys) => [hashWorker(keys), keys] as const),
  );
  return [...new Map(seats)].map(([worker, keys]) => {
    const { measurement } = keys;
    const last = select(events, "WorkerRegistered").findLast(({ args }) => args.worker === worker);
    if (!last)
      return { worker, measurement, operator: "", endpoint: "", validUntil: 0, code: "NOT_FOUND" };
    const { operator, endpoint, validUntil } = last.args;
    const said = { worker, measurement, operator, endpoint, validUntil };
    try {
      expectSame("registry", last.address, facts.workerRegistry);
      const registration = { ...last.args, registry: last.address };
      const { protection } = verifyRegistration(deployment, keys, registration, `worker ${worker}`);
      return { ...said, protection };
    } catch (error) {
      if (error instanceof ProtocolError) return { ...said, code: error.code };
      throw error;
    }
  });
}

function verifyWorkerProofs(workers: readonly WorkerProof[]): Compared {
  const bad = workers.find(({ code }) => code !== undefined);
  if (bad)
    throw new ProtocolError("EVIDENCE_INVALID", { what: `worker ${bad.worker}: ${bad.code}` });
  return { workers: workers.length };
}

/**
 * Versions count up by one; each root is the one that an agreed result named on the version before, and every sealed task read the
 * root that its version had.
 */
function verifyStates({ events, terms, tasks, facts }: ContractPapers): Compared {
  const roots: Hex[] = [ZERO_HASH];
  const advanced = select(events, "StateAdvanced").filter(({ args }) => args.terms === terms);
  for (const { args } of advanced) {
    expectSame("state version", String(args.version), String(roots.length));
    roots.push(args.stateRoot);
  }
  const explained = new Set<number>();
  for (const { task, audited } of tasks) {
    if (audited instanceof ProtocolError || !audited.receipt.sealing) continue;
    const { collaboration, question, sealing, results } = audited.receipt;
    const { version, stateRoot } = sealing.seal;
    expectSame(`state that task ${task} read`, stateRoot, roots[version] ?? "none");
    if (!question.task.changesState || audited.receipt.state !== "finalized") continue;
    const { outcome } = verifyResults(collaboration, sealing, results);
    if (outcome.status !== resultStatus.success) continue;
    expectSame(`state after task ${task}`, roots[version + 1] ?? "none", outcome.nextStateRoot);
    explained.add(version + 1);
  }
  for (const version of roots.keys())
    if (version > 0 && !explained.has(version))
      throw new ProtocolError("NOT_FOUND", { what: "task that made state", name: String(version) });
  const root = roots.at(-1) ?? ZERO_HASH;
  expectSame("state version in force", String(facts.version), String(roots.length - 1));
  expectSame("state in force", facts.stateRoot, root);
  return { versions: roots.length - 1, root };
}

function compareFacts(facts: ContractFacts, committee: Committee): Compared {
  expectSame("committee in force", committeeHash(committee), facts.committee);
  return { committee: facts.committee, version: committee.version };
}

function expectSame(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new ProtocolError("HASH_MISMATCH", { what, expected, actual });
}

function verdictOf({ task, block, function: name, audited }: AuditedTask): TaskVerdict {
  const asked = { task, block, function: name };
  if (audited instanceof ProtocolError)
    return {
      ...asked,
      verdict: "unverifiable",
      faults: [{ check: "receipt", code: audited.code }],
    };
  const { report, receipt } = audited;
  const version = receipt.sealing?.seal.committeeVersion;
  const wrong = report.checks.filter((check) => !check.ok && !isOpen(check, receipt));
  return {
    ...asked,
    verdict: report.ok ? "verified" : wrong.length > 0 ? "mismatch" : unfinished[receipt.state],
    state: receipt.state,
    ...(version !== undefined && { committee: version }),
    protection: report.protection,
    ...(report.reason && { reason: report.reason }),
    faults: wrong.map(({ name: check, code = "" }) => ({ check, code })),
  };
}

/** What a task without faults is that came to no result. */
const unfinished: Readonly<Record<TaskState, Verdict>> = {
  none: "unverifiable",
  proposed: "pending",
  sealed: "pending",
  finalized: "mismatch",
  failed: "mismatch",
  cancelled: "no result",
  expired: "no result",
};

/** Whether a failed check only says that somebody has not acted: no fault before a task came to a result. */
function isOpen({ name, code }: Check, { state, collaboration }: Receipt): boolean {
  if (state === "finalized" || state === "failed") return false;
  // A task that nobody sealed is shown under the committee in force, which may lack shares.
  if (name === "terms") return collaboration.joins.length < collaboration.terms.members.length;
  return code === "CONSENT_MISSING" || code === "QUORUM_MISSING";
}
