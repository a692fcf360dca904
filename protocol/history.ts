/**
 * From events to papers: what a secret contract, a task and its receipt are, told from the chain alone. Pure; the worker reads
 * the events from its journal, the auditor from an RPC node.
 * @module
 */
import { fromHex, fromUtf8, type Hex } from "./bytes.ts";
import { ProtocolError } from "./errors.ts";
import { select, type ChainEvent } from "./events.ts";
import type { Collaboration, Question, Receipt, Sealing, WorkerEvidence } from "./receipt.ts";
import { hashWorker } from "./identity.ts";
import { indicesOf, type Signed, type TaskState } from "./schema.ts";
import type { Deployment } from "./typed-data.ts";

const missing = (what: string, name: string) => new ProtocolError("NOT_FOUND", { what, name });

/**
 * Terms, joins and committee in force.
 * @param events all events of the secret contract and its program's `ProgramPublished`, in chain order
 * @param manifest canonical JSON of the program's manifest; its hash is checked by whoever uses the collaboration
 * @param committeeVersion the one a past seal names; absent: the latest
 * @throws ProtocolError NOT_FOUND
 */
export function collaborationFrom(
  deployment: Deployment,
  events: readonly ChainEvent[],
  terms: Hex,
  manifest: string,
  committeeVersion?: number,
): Collaboration {
  const own = events.filter((event) => "terms" in event.args && event.args.terms === terms);
  const created = select(own, "ContractCreated")[0];
  if (!created) throw missing("secret contract", terms);
  const content = created.args.content;
  const published = select(events, "ProgramPublished").find(
    (event) => event.args.program === content.program,
  );
  if (!published) throw missing("program", content.program);
  const changes = select(own, "CommitteeChanged");
  const change = committeeVersion
    ? changes.find((event) => event.args.committee.version === committeeVersion)
    : changes.at(-1);
  const committee = change?.args.committee ?? content.committee;
  const joins = new Map(
    select(own, "MemberJoined")
      .filter((event) => event.args.committeeVersion === committee.version)
      .map(({ args }) => {
        const { member, shareCommitment, wraps, signature } = args;
        const join = {
          member,
          committeeVersion: committee.version,
          shareCommitment,
          wraps,
          signature,
        };
        return [member, join] as const;
      }),
  );
  return {
    deployment: { chainId: deployment.chainId, contracts: deployment.contracts },
    terms: content,
    joins: [...joins.values()].toSorted((a, b) => a.member - b.member),
    committee,
    committeeSignatures: change?.args.signatures ?? [],
    moduleHash: published.args.moduleHash,
    manifest,
  };
}

/** Signatures by index: later ones with the same index are dropped. */
export function mergeSigned(...lists: readonly (readonly Signed[])[]): Signed[] {
  const byIndex = new Map<number, Signed>();
  for (const signed of lists.flat()) if (!byIndex.has(signed.by)) byIndex.set(signed.by, signed);
  return [...byIndex.values()].toSorted((a, b) => a.by - b.by);
}

const ofTask = (events: readonly ChainEvent[], taskId: Hex) =>
  events.filter((event) => "taskId" in event.args && event.args.taskId === taskId);

/**
 * What a task asks, with the consents the chain has seen.
 * @param mailbox consents that came another way
 * @throws ProtocolError NOT_FOUND
 */
export function questionFrom(
  events: readonly ChainEvent[],
  taskId: Hex,
  mailbox: readonly Signed[] = [],
): Question {
  const own = ofTask(events, taskId);
  const proposed = select(own, "TaskProposed")[0];
  if (!proposed) throw missing("task", taskId);
  const onChain = select(own, "TaskConsented").map(({ args }) => ({
    by: args.member,
    signature: args.signature,
  }));
  const sealed = select(own, "TaskSealed")[0]?.args.consents ?? [];
  return {
    task: proposed.args.task,
    inputs: proposed.args.inputs,
    params: fromUtf8(fromHex(proposed.args.params), "parameters"),
    consents: mergeSigned(sealed, onChain, mailbox),
    stateContributors: stateContributorsAt(events, proposed.args.terms, own),
  };
}

/**
 * Members whose data entered the state that a task reads: of the version its seal names, or of the latest while it has none.
 * @throws ProtocolError NOT_FOUND when that version's event is missing
 */
function stateContributorsAt(
  events: readonly ChainEvent[],
  terms: Hex,
  own: readonly ChainEvent[],
): number {
  const advanced = select(events, "StateAdvanced").filter(({ args }) => args.terms === terms);
  const version = select(own, "TaskSealed")[0]?.args.facts.version;
  if (version === undefined) return advanced.at(-1)?.args.contributors ?? 0;
  if (version === 0) return 0;
  const reads = advanced.find(({ args }) => args.version === version);
  if (!reads) throw missing("state version", String(version));
  return reads.args.contributors;
}

/** What sealing fixed; undefined while the task is not sealed. */
export function sealingFrom(events: readonly ChainEvent[], taskId: Hex): Sealing | undefined {
  const own = ofTask(events, taskId);
  const sealed = select(own, "TaskSealed")[0];
  if (!sealed) return undefined;
  // Later ones first: one that was given for an earlier committee was given again for this one, or does not count.
  const onChain = select(own, "TaskReady")
    .map(({ args }) => ({ by: args.worker, signature: args.signature }))
    .toReversed();
  const readies = mergeSigned(sealed.args.readies, onChain);
  const counts = new Set(indicesOf(sealed.args.ready));
  return { seal: sealed.args.facts, readies: readies.filter(({ by }) => counts.has(by)) };
}

/** State of a task as its events tell it. */
export function stateFrom(events: readonly ChainEvent[], taskId: Hex): TaskState {
  const own = ofTask(events, taskId);
  return (
    select(own, "TaskAdvanced").at(-1)?.args.state ??
    (select(own, "TaskProposed").length > 0 ? "proposed" : "none")
  );
}

/** Signed results of a task, in the order the chain saw them. */
export const resultsFrom = (events: readonly ChainEvent[], taskId: Hex): Receipt["results"] =>
  select(ofTask(events, taskId), "ResultSubmitted").map(({ args }) => ({
    by: args.worker,
    result: args.result,
    signature: args.signature,
  }));

/**
 * The receipt of a task.
 * @param events all events of the task, its secret contract, program and workers, in chain order
 * @throws ProtocolError NOT_FOUND
 */
export function receiptFrom(
  deployment: Deployment,
  events: readonly ChainEvent[],
  taskId: Hex,
  manifest: string,
): Receipt {
  const question = questionFrom(events, taskId);
  const sealing = sealingFrom(events, taskId);
  const collaboration = collaborationFrom(
    deployment,
    events,
    question.task.terms,
    manifest,
    sealing?.seal.committeeVersion,
  );
  return {
    version: 1,
    collaboration,
    question,
    ...(sealing && { sealing }),
    evidence: sealing ? evidenceFrom(events, collaboration, sealing) : [],
    results: resultsFrom(events, taskId),
    state: stateFrom(events, taskId),
  };
}

/** Evidence of each Ready worker: its last registration before the seal. Others may never have registered. */
function evidenceFrom(
  events: readonly ChainEvent[],
  collaboration: Collaboration,
  sealing: Sealing,
): WorkerEvidence[] {
  return sealing.readies.map(({ by }) => {
    const keys = collaboration.committee.workers[by];
    if (!keys) throw missing("committee worker", String(by));
    const id = hashWorker(keys);
    const registered = select(events, "WorkerRegistered").findLast(
      (event) => event.args.worker === id && event.block <= sealing.seal.blockNumber,
    );
    if (!registered) throw missing("registration of worker", id);
    const { operator, epoch, kind, evidence } = registered.args;
    return { by, registry: registered.address, operator, epoch, kind, evidence };
  });
}
