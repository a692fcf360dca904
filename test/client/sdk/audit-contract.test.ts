/** The audit of a secret contract: what a real chain says of one over FAKE workers, and what it says when a node lies about it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderContractPage } from "../../../client/report/contract-page.ts";
import { contractPapers } from "../../../client/sdk/audit-contract.ts";
import { contextOf } from "../../../client/sdk/context.ts";
import { ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import {
  auditContract,
  type AuditedTask,
  type ContractPapers,
} from "../../../protocol/contract-audit.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { ChainEvent, EventName, EventOf } from "../../../protocol/events.ts";
import { hashSeal, hashWorker } from "../../../protocol/identity.ts";
import { digestOf } from "../../../protocol/typed-data.ts";
import { startFakeWorld, type FakeWorld } from "../support/fake-world.ts";

let world: FakeWorld;
let terms: Hex;
let taskId: Hex;
let papers: ContractPapers;

beforeAll(async () => {
  world = await startFakeWorld();
  terms = await world.activeContract();
  const clients = world.parties.map(({ client }) => client);
  for (const client of clients)
    await client.dataset.contribute({ terms, table: "points", rows: "x,y\n1,2\n3,4\n" });
  const workers = world.workers.slice(1).map(({ keys }) => keys);
  const votes = await Promise.all(
    clients.map((client) => client.contract.voteCommittee(terms, { workers, threshold: 2 })),
  );
  await clients[0]!.contract.changeCommittee(votes);
  for (const client of clients) await client.contract.reshare(terms);
  ({ taskId } = await clients[0]!.task.propose({ terms, function: "count", params: {} }));
  const { provider, deployment } = world;
  papers = await contractPapers(contextOf({ provider, deployment }), terms);
}, 120_000);
afterAll(() => world.close());

/** Events of one name, changed. */
const lying = <N extends EventName>(
  name: N,
  change: (args: EventOf<N>["args"]) => object,
  where: (args: EventOf<N>["args"]) => boolean = () => true,
): readonly ChainEvent[] =>
  papers.events.map((event) => {
    const { args } = event as EventOf<N>;
    if (event.name !== name || !where(args)) return event;
    return { ...event, args: { ...args, ...change(args) } } as ChainEvent;
  });
const failed = (changes: Partial<ContractPapers>) => {
  const { ok, checks } = auditContract({ ...papers, ...changes });
  expect(ok).toBe(false);
  return checks.filter((check) => !check.ok).map(({ name, code }) => `${name}: ${code}`);
};

describe("the audit of a contract", () => {
  it("shows members' votes, every committee, each worker's evidence, and open tasks", () => {
    const report = auditContract(papers);
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report).toMatchObject({
      ok: true,
      active: true,
      state: { version: 0, root: ZERO_HASH },
      committees: [
        { version: 1, threshold: 2, votes: [0, 1], shares: [0, 1] },
        { version: 2, threshold: 2, votes: [0, 1], shares: [0, 1] },
      ],
      tasks: [{ task: taskId, function: "count", verdict: "pending", state: "proposed" }],
    });
    expect(report.workers.map(({ worker, protection }) => [worker, protection])).toEqual(
      world.workers.map(({ keys }) => [hashWorker(keys), "simulated"]),
    );
  });

  it("finds a committee that a member did not sign, and one that skipped a version", () => {
    const signed = lying("CommitteeChanged", ({ signatures: [first] }) => ({
      signatures: [first, first],
    }));
    expect(failed({ events: signed })).toContain("committees: SIGNATURE_INVALID");
    expect(auditContract({ ...papers, events: signed }).committees[1]!.votes).toEqual([0]);
    const skipped = lying("CommitteeChanged", ({ committee }) => ({
      committee: { ...committee, version: 3 },
    }));
    expect(failed({ events: skipped })).toContain("committees: HASH_MISMATCH");
  });

  it("finds other terms, a share that was not given again, evidence of other keys, another committee in force", () => {
    const named = lying("ContractCreated", ({ content }) => ({
      content: { ...content, name: "another" },
    }));
    expect(failed({ events: named })).toContain("terms: HASH_MISMATCH");
    const kept = papers.events.filter(
      ({ name, args }) => name !== "MemberJoined" || !("member" in args) || args.member !== 1,
    );
    expect(failed({ events: kept })).toEqual(["terms: TERMS_INVALID", "shares: TERMS_INVALID"]);
    const { evidence } = papers.events.find(
      (event): event is EventOf<"WorkerRegistered"> => event.name === "WorkerRegistered",
    )!.args;
    const bound = lying("WorkerRegistered", () => ({ evidence }));
    expect(failed({ events: bound })).toEqual(["workers: EVIDENCE_INVALID"]);
    const facts = { ...papers.facts, committee: ZERO_HASH };
    expect(failed({ facts })).toEqual(["in force: HASH_MISMATCH"]);
  });

  it("says of a task whose papers are wrong, or cannot be had, what is the matter", () => {
    const [task] = papers.tasks as [AuditedTask];
    const lost = { ...task, audited: new ProtocolError("WORKER_UNREACHABLE", gone) };
    const report = auditContract({ ...papers, tasks: [lost] });
    expect(report).toMatchObject({
      ok: false,
      tasks: [
        { verdict: "unverifiable", faults: [{ check: "receipt", code: "WORKER_UNREACHABLE" }] },
      ],
    });
    const { audited } = task as { audited: Exclude<AuditedTask["audited"], ProtocolError> };
    // What is open while a task waits is a fault once it claims a result.
    const receipt = { ...audited.receipt, state: "finalized" as const };
    const claimed = auditContract({
      ...papers,
      tasks: [{ ...task, audited: { ...audited, receipt } }],
    });
    expect(claimed.tasks[0]).toMatchObject({ verdict: "mismatch", state: "finalized" });
    expect(claimed.tasks[0]!.faults).toContainEqual({ check: "consents", code: "CONSENT_MISSING" });
    const cancelled = { ...audited.receipt, state: "cancelled" as const };
    const over = [{ ...task, audited: { ...audited, receipt: cancelled } }];
    expect(auditContract({ ...papers, tasks: over }).tasks[0]!.verdict).toBe("no result");
  });
  const gone = { endpoint: "http://x", cause: "gone" };
});

describe("the states of a contract", () => {
  const roots = ["11", "22"].map((byte): Hex => `0x${byte.repeat(32)}`);

  /** A task that changed the state from `version`, as its workers signed it. */
  function changing(version: number, reads: Hex, makes: Hex): AuditedTask {
    const [task] = papers.tasks as [AuditedTask];
    const { audited } = task as { audited: Exclude<AuditedTask["audited"], ProtocolError> };
    const { collaboration, question } = audited.receipt;
    const seal = {
      taskId,
      terms,
      committeeVersion: 2,
      committee: papers.facts.committee,
      version,
      stateRoot: reads,
      blockNumber: 1,
      time: 1,
      protection: 1,
    };
    const result = {
      sealDigest: hashSeal(seal) as Hex,
      status: 1,
      reason: ZERO_HASH,
      nextStateRoot: makes,
      outputCommitment: ZERO_HASH,
      outputLength: 0,
    };
    const digest = digestOf(world.deployment, "Result", result);
    const results = [0, 1].map((by) => ({
      by,
      result,
      signature: world.workers[by + 1]!.sign(digest),
    }));
    const readies = [0, 1].map((by) => ({ by, signature: results[by]!.signature }));
    const receipt = {
      ...audited.receipt,
      collaboration,
      question: { ...question, task: { ...question.task, changesState: true } },
      sealing: { seal, readies },
      results,
      state: "finalized" as const,
    };
    return { ...task, audited: { report: { ...audited.report, ok: true }, receipt } };
  }
  const steps = (...given: readonly Hex[]): readonly ChainEvent[] => [
    ...papers.events,
    ...given.map((stateRoot, i) => ({
      ...papers.events[0]!,
      name: "StateAdvanced" as const,
      args: { terms, version: i + 1, stateRoot, contributors: 0 },
      block: 1_000 + i,
    })),
  ];
  const [one, two] = roots as [Hex, Hex];
  const at = (version: number, stateRoot: Hex) => ({ ...papers.facts, version, stateRoot });
  const states = (changes: Partial<ContractPapers>) =>
    auditContract({ ...papers, ...changes }).checks.find(({ name }) => name === "states");

  it("follow each other, each from an agreed task that read the one before", () => {
    const tasks = [changing(0, ZERO_HASH, one), changing(1, one, two)];
    const right = { tasks, events: steps(one, two), facts: at(2, two) };
    expect(states(right)).toMatchObject({ ok: true, compared: { versions: 2, root: two } });
  });

  it.each<[string, () => Partial<ContractPapers>, string]>([
    [
      "a root that no task made",
      () => ({ tasks: [], events: steps(one), facts: at(1, one) }),
      "NOT_FOUND",
    ],
    [
      "a version left out",
      () => ({ events: steps(one).slice(0, -1), facts: at(1, one) }),
      "HASH_MISMATCH",
    ],
    [
      "a root that is not the agreed one",
      () => ({ tasks: [changing(0, ZERO_HASH, two)], events: steps(one), facts: at(1, one) }),
      "HASH_MISMATCH",
    ],
    [
      "a task that read another state",
      () => ({ tasks: [changing(0, two, one)], events: steps(one), facts: at(1, one) }),
      "HASH_MISMATCH",
    ],
    [
      "another root in force",
      () => ({ tasks: [changing(0, ZERO_HASH, one)], events: steps(one), facts: at(1, two) }),
      "HASH_MISMATCH",
    ],
  ])("are found out by %s", (_, lie, code) => {
    expect(states(lie())).toMatchObject({ ok: false, code });
  });
});

describe("the page of a contract", () => {
  it("is one file that shows verdict, tasks and votes, and runs nothing", () => {
    const page = renderContractPage(auditContract(papers));
    for (const shown of ["Verified", terms, taskId, "pending", "SIMULATED", "Committees"])
      expect(page).toContain(shown);
    expect(page).not.toMatch(/<script|src=|javascript:/);
  });

  it("makes no markup of a name", () => {
    const report = { ...auditContract(papers), name: '<img src=x onerror="a()">' };
    expect(renderContractPage(report)).not.toContain("<img");
  });
});
