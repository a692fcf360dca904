/**
 * The checks on a task's papers, each a function that throws when something is not as it must be and otherwise says what it
 * compared. Enclaves run the first ones before `Ready`, and all that apply before a release; `audit` runs every one.
 * @module
 */
import { decodeBytes32String } from "ethers";
import { utf8, ZERO_HASH, type Hex } from "./bytes.ts";
import { ProtocolError } from "./errors.ts";
import { verifyRegistration } from "./evidence.ts";
import {
  compareInputs,
  hashManifest,
  hashParams,
  hashProgram,
  hashRelease,
  hashSeal,
  inputsRoot,
} from "./identity.ts";
import { parseCanonicalJson } from "./json.ts";
import { functionOf, parseManifest } from "./manifest.ts";
import { allowsRequest, parsePolicy } from "./policy.ts";
import type { Manifest } from "./program.ts";
import type { Collaboration, Question, Sealing, SignedResult, WorkerEvidence } from "./receipt.ts";
import {
  abilities,
  indicesOf,
  maskOf,
  protections,
  resultStatus,
  type CommitteeWorker,
  type Signed,
} from "./schema.ts";
import { committeeHash, digestOf, expectSigner, hashTask, hashTerms } from "./typed-data.ts";

/** What a check compared, for people. */
export type Compared = Readonly<Record<string, string | number>>;

function expectEqual(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new ProtocolError("HASH_MISMATCH", { what, expected, actual });
}
function expectTrue(condition: boolean, what: string): void {
  if (!condition) throw new ProtocolError("TERMS_INVALID", { what });
}
const at = <T>(list: readonly T[], index: number, what: string): T => {
  const item = list[index];
  if (item === undefined) throw new ProtocolError("TERMS_INVALID", { what: `no ${what} ${index}` });
  return item;
};

/** The terms hash to the contract's name, are well formed, and every member joined with its consent key. */
export function verifyTerms(c: Collaboration, terms: Hex): Compared {
  expectEqual("terms", hashTerms(c.deployment, c.terms), terms);
  const { members } = c.terms;
  const keys = members.map((member) => member.consentKey);
  expectTrue(new Set(keys).size === keys.length, "two members share a consent key");
  for (const [index, member] of members.entries()) {
    const join = c.joins.find((candidate) => candidate.member === index);
    if (!join) throw new ProtocolError("TERMS_INVALID", { what: `member ${index} has not joined` });
    const digest = digestOf(c.deployment, "Join", { ...join, terms: c.terms });
    expectSigner(`the joining of member ${index}`, digest, join.signature, member.consentKey);
    expectTrue(join.committeeVersion === c.committee.version, "shares for another committee");
    expectTrue(join.wraps.length === c.committee.workers.length + 1, "number of sealed shares");
  }
  return { terms, members: members.length };
}

/** Module and manifest are the program the terms name. */
export function verifyProgram(c: Collaboration): Compared {
  const program = hashProgram(c.moduleHash, hashManifest(utf8(c.manifest)));
  expectEqual("program", program, c.terms.program);
  return { program, module: c.moduleHash };
}

/** The committee is the terms' own, or a later one that every member signed. */
export function verifyCommittee(c: Collaboration): Compared {
  const hash = committeeHash(c.committee);
  const { workers, threshold, version } = c.committee;
  expectTrue(2 * threshold > workers.length && threshold <= workers.length, "threshold");
  expectTrue(new Set(workers.map((w) => w.signer)).size === workers.length, "a worker twice");
  if (version === 1) expectEqual("committee", hash, committeeHash(c.terms.committee));
  else {
    const terms = hashTerms(c.deployment, c.terms);
    const digest = digestOf(c.deployment, "CommitteeChange", { terms, committee: c.committee });
    for (const [index, member] of c.terms.members.entries())
      expectSigner(
        `committee ${version} by member ${index}`,
        digest,
        at(c.committeeSignatures, index, "signature of member"),
        member.consentKey,
      );
  }
  return { committee: hash, version, workers: workers.length, threshold };
}

/** Parameters and inputs are those of the task, the release identity follows from them. */
export function verifyTask(c: Collaboration, q: Question): Compared & { taskId: Hex } {
  const { task } = q;
  expectEqual("task's contract", task.terms, hashTerms(c.deployment, c.terms));
  expectEqual("parameters", hashParams(utf8(q.params)), task.paramsHash);
  const ascending = q.inputs.every(
    (input, i) => i === 0 || compareInputs(q.inputs[i - 1] as typeof input, input) < 0,
  );
  expectTrue(ascending, "inputs are not in ascending order");
  expectEqual("inputs", inputsRoot(q.inputs), task.inputsRoot);
  const spec = functionOf(manifestOf(c), task.functionName);
  expectTrue(task.changesState === spec.changesState, "whether the function changes the state");
  const release = hashRelease({
    program: c.terms.program,
    policy: c.terms.policy,
    functionName: task.functionName,
    rule: spec.release,
    params: parseCanonicalJson(q.params),
    privateParams: task.privateParams,
    epsilon: task.epsilon,
    inputs: q.inputs,
  });
  expectEqual("release", task.releaseId, release);
  return { taskId: hashTask(c.deployment, task), inputs: q.inputs.length, releaseId: release };
}

/**
 * The terms let these members ask, receive and contribute.
 * @throws ProtocolError TERMS_INVALID naming member and ability
 */
export function verifyAbilities(c: Collaboration, q: Question): Compared {
  const expectAbility = (index: number, ability: keyof typeof abilities): void => {
    const member = c.terms.members[index];
    if (!member || !(member.abilities & abilities[ability]))
      throw new ProtocolError("TERMS_INVALID", { what: `member ${index} may not ${ability}` });
  };
  expectAbility(q.task.requester, "request");
  for (const member of indicesOf(q.task.recipients)) expectAbility(member, "receive");
  for (const { member } of q.inputs) expectAbility(member, "contribute");
  return { requester: q.task.requester, recipients: indicesOf(q.task.recipients).join(", ") };
}

/**
 * A success answers a question that the policy allows; a refused one may be any.
 * @throws ProtocolError POLICY_INVALID, TERMS_INVALID
 */
export function verifyPolicy(c: Collaboration, q: Question, success: boolean): Compared {
  const policy = parsePolicy(c.terms.policy);
  const allowed = allowsRequest(policy, q.task.functionName, parseCanonicalJson(q.params));
  expectTrue(allowed || !success, "the policy does not allow this question");
  return { mode: policy.mode, question: q.task.functionName, allowed: String(allowed) };
}

/** Every member whose data is read signed the task with its consent key. */
export function verifyConsents(c: Collaboration, q: Question): Compared {
  const taskId = hashTask(c.deployment, q.task);
  const needed = contributorsOf(q);
  for (const index of indicesOf(needed)) {
    const consent = q.consents.find((candidate) => candidate.by === index);
    if (!consent) throw new ProtocolError("CONSENT_MISSING", { member: index, task: taskId });
    const { consentKey } = at(c.terms.members, index, "member");
    expectSigner(`the consent of member ${index}`, taskId, consent.signature, consentKey);
  }
  return { taskId, needed: indicesOf(needed).join(", ") };
}

/**
 * Members whose consent a task needs: whose data it reads, or ever entered the state; the requester too, when it brings private
 * parameters (its data) or changes the state (which its parameters then enter).
 */
export function contributorsOf(q: Pick<Question, "task" | "inputs" | "stateContributors">): number {
  const { requester, privateParams, changesState } = q.task;
  const members = q.inputs.map((input) => input.member);
  if (privateParams !== ZERO_HASH || changesState) members.push(requester);
  return (maskOf(members) | q.stateContributors) >>> 0;
}

export const manifestOf = (c: Collaboration): Manifest => parseManifest(utf8(c.manifest));

/** At least m different committee workers declared themselves ready for this task. */
export function verifyReadies(c: Collaboration, q: Question, readies: readonly Signed[]): Compared {
  const taskId = hashTask(c.deployment, q.task);
  const digest = digestOf(c.deployment, "Ready", { taskId, committee: committeeHash(c.committee) });
  expectDistinct(readies.map((ready) => ready.by));
  for (const { by, signature } of readies)
    expectSigner(`Ready of worker ${by}`, digest, signature, workerAt(c, by).signer);
  expectQuorum(readies.length, c.committee.threshold);
  return { ready: readies.map((ready) => ready.by).join(", "), threshold: c.committee.threshold };
}

/** The seal is this task's, under this committee, with enough protection. */
export function verifySeal(c: Collaboration, q: Question, { seal }: Sealing): Compared {
  expectEqual("sealed task", seal.taskId, hashTask(c.deployment, q.task));
  expectEqual("sealed terms", seal.terms, hashTerms(c.deployment, c.terms));
  expectEqual("sealed committee", seal.committee, committeeHash(c.committee));
  expectEqual("committee version", String(seal.committeeVersion), String(c.committee.version));
  // A consent is given until `sealBy` and not for ever.
  expectTrue(seal.time <= q.task.sealBy, "sealed too late");
  if (seal.protection < c.terms.minProtection)
    throw new ProtocolError("PROTECTION_TOO_LOW", {
      offered: protections[seal.protection] ?? "none",
      demanded: protections[c.terms.minProtection] ?? "unknown",
    });
  return { sealDigest: hashSeal(seal), block: seal.blockNumber, time: seal.time };
}

/** Each worker that declared itself ready holds evidence for its keys and code; the seal claims no more than the least of them. */
export function verifyWorkers(
  c: Collaboration,
  { seal, readies }: Sealing,
  evidence: readonly WorkerEvidence[],
): Compared {
  let protection = protections.length - 1;
  for (const { by } of readies) {
    const worker = workerAt(c, by);
    const proof = evidence.find((candidate) => candidate.by === by);
    if (!proof) throw new ProtocolError("EVIDENCE_INVALID", { what: `worker ${by} has none` });
    const facts = verifyRegistration(c.deployment, worker, proof, `worker ${by}`);
    protection = Math.min(protection, protections.indexOf(facts.protection));
  }
  expectEqual(
    "protection",
    protections[seal.protection] ?? "unknown",
    protections[protection] ?? "",
  );
  return { protection: protections[protection] ?? "none", workers: readies.length };
}

/** m different Ready workers signed the same success or the same failure of this seal. */
export function verifyResults(
  c: Collaboration,
  { seal, readies }: Sealing,
  results: readonly SignedResult[],
): Compared & { outcome: SignedResult["result"] } {
  const sealDigest = hashSeal(seal);
  const ready = new Set(readies.map(({ by }) => by));
  const votes = new Map<string, Set<number>>();
  for (const { by, result, signature } of results) {
    const digest = digestOf(c.deployment, "Result", result);
    expectSigner(`the result of worker ${by}`, digest, signature, workerAt(c, by).signer);
    expectEqual(`seal of worker ${by}'s result`, result.sealDigest, sealDigest);
    if (result.status === resultStatus.abstention || !ready.has(by)) continue;
    const voters = votes.get(digest) ?? new Set<number>();
    votes.set(digest, voters.add(by));
    if (voters.size >= c.committee.threshold)
      return { result: digest, agreed: [...voters].join(", "), outcome: result } as never;
  }
  const most = Math.max(0, ...[...votes.values()].map((voters) => voters.size));
  throw new ProtocolError("QUORUM_MISSING", { have: most, need: c.committee.threshold });
}

/** Reason code of a result, empty on success. The contract takes any bytes; what is no text stays hex. */
export function reasonOf(reason: Hex): string {
  try {
    return decodeBytes32String(reason);
  } catch {
    return reason;
  }
}

const workerAt = (c: Collaboration, index: number): CommitteeWorker =>
  at(c.committee.workers, index, "worker");

function expectDistinct(indices: readonly number[]): void {
  expectTrue(new Set(indices).size === indices.length, "a worker counts twice");
}
function expectQuorum(have: number, need: number): void {
  if (have < need) throw new ProtocolError("QUORUM_MISSING", { have, need });
}
