/** Terms in plain words: what one agrees to, and what they do not protect. @module */
import { parsePolicy, type Policy } from "../../protocol/policy.ts";
import type { Manifest } from "../../protocol/program.ts";
import { abilities, type Terms } from "../../protocol/schema.ts";
import type { RegisteredWorker } from "../sdk/worker.ts";
import type { ContractStatus } from "../sdk/status.ts";
import type { Names } from "./lists.ts";
import { moment } from "./screen.ts";

export interface Subject {
  readonly terms: Terms;
  readonly manifest: Manifest;
  readonly status: ContractStatus;
  /** Of the committee in force, with its threshold. */
  readonly workers: readonly RegisteredWorker[];
  readonly threshold: number;
  readonly names: Names;
}

export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What a member reads before it joins. */
export function termsInWords(subject: Subject): Section[] {
  const policy = parsePolicy(subject.terms.policy);
  return [
    { title: "What you agree to", lines: agreed(subject, policy) },
    { title: "Who is in", lines: members(subject) },
    { title: "Who computes", lines: workers(subject) },
    { title: "What may leave (exact mode)", lines: leaves(policy) },
    { title: "What this does not protect", lines: unprotected(subject, policy) },
  ];
}

function agreed({ terms, manifest }: Subject, { requests }: Policy): string[] {
  return [
    `The program ${manifest.name} ${manifest.version} (${terms.program}) may run over data you contribute.`,
    ...(manifest.rows
      ? ["It gets the rows themselves. Read it: cloister program inspect PROGRAM --out FOLDER."]
      : []),
    ...requests.map(({ function: name, params }) =>
      params === undefined
        ? `It may be asked: ${name}, with any parameters.`
        : `It may be asked: ${name} with ${JSON.stringify(params)}.`,
    ),
    "Each task that reads your data needs your signature. You may veto a task until it is sealed, and pause everything.",
    `A task is sealed ${terms.vetoBlocks} block(s) after its proposal, or later.`,
    "Members and policy never change. The committee may change when every member signs it.",
  ];
}

function members({ terms, status, names }: Subject): string[] {
  const lines = terms.members.map((member, index) => {
    const may = Object.entries(abilities)
      .filter(([, bit]) => member.abilities & bit)
      .map(([name]) => name);
    const joined = status.joined.includes(index) ? "joined" : "has not joined";
    return `Member ${index}: ${names(member.account)}, ${joined}; may ${may.join(", ")}.`;
  });
  const [first, ...others] = status.pausedBy;
  const paused =
    first === undefined
      ? []
      : [`Paused by member ${[first, ...others].join(", ")}: nothing is sealed.`];
  const open = status.active
    ? "Active: all have joined."
    : `Not active: all must join by ${moment(status.joinBy)}, block time.`;
  return [...lines, open, ...paused];
}

function workers({ workers: all, threshold, names }: Subject): string[] {
  const lines = all.map(
    (worker, index) =>
      `Worker ${index}: ${worker.endpoint}, operator ${names(worker.operator)}, protection ${worker.protection}, evidence until ${moment(worker.validUntil)}.`,
  );
  return [...lines, `${threshold} of ${all.length} must sign the same result before it counts.`];
}

function leaves(policy: Policy): string[] {
  return [
    `Per cluster: its centre, rounded to ${policy.decimals} decimals, and its size; at most ${policy.maxClusters} clusters.`,
    `Per class: how many rows fall into it, accuracy and confusion matrix; at most ${policy.maxClasses} classes, smaller ones released as "other".`,
    `Predictions for the asker's own points only, at most ${policy.maxPredictions} in a task.`,
    `A group is released when it holds rows of at least ${policy.minParties} member(s), at least ${policy.minCohort} rows, and no more than ${100 * policy.maxShare} % of them of one member.`,
    "Anything else is refused, and the refusal is one public word.",
  ];
}

function unprotected({ terms, workers: all, threshold }: Subject, policy: Policy): string[] {
  const simulated = all.filter((worker) => worker.protection !== "hardware");
  return [
    ...(simulated.length > 0
      ? [
          `SIMULATED WORKERS: the operator of each of ${simulated.length} worker(s) can read every row you contribute, and forge results.`,
        ]
      : []),
    ...(terms.members.length === 2
      ? ["Two parties: each can compute the other's aggregates, by subtracting its own rows."]
      : []),
    ...(policy.minParties < 3 && terms.members.length > 2
      ? [
          `Groups of ${policy.minParties} member(s) are released: who is alone with you in one can compute your part.`,
        ]
      : []),
    "It is not differentially private: two runs that differ in one customer can give that customer away.",
    "The program chooses who belongs together, and could hide rows in that choice. The gate bounds form and size only.",
    ...(threshold === 1
      ? [
          "One worker is enough: whether a veto, a pause or a seal is respected rests on that one operator.",
        ]
      : []),
    "Public for ever: who takes part, when, how many chunks of data, each question asked, the length of each answer.",
  ];
}

/** Sections as text, long lines as they are. */
export const sectionsText = (sections: readonly Section[], bold: (text: string) => string) =>
  sections
    .map(({ title, lines }) => [bold(title), ...lines.map((line) => `  - ${line}`)].join("\n"))
    .join("\n\n");
