/** Terms in plain words: what one agrees to, and what they do not protect. @module */
import { parsePolicy, type Policy } from "../../protocol/policy.ts";
import type { Manifest, ReleaseRule } from "../../protocol/program.ts";
import { abilities, type Terms } from "../../protocol/schema.ts";
import type { RegisteredWorker } from "./worker.ts";
import type { ContractStatus } from "./status.ts";
import type { Names } from "./lists.ts";
import { functionInWords } from "./function-words.ts";
import { moment } from "./units.ts";

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
    { title: "What its functions do", lines: functions(subject, policy) },
    { title: "Who is in", lines: members(subject) },
    { title: "Who computes", lines: workers(subject) },
    { title: "What may leave (exact mode)", lines: leaves(subject, policy) },
    { title: "What this does not protect", lines: unprotected(subject, policy) },
  ];
}

function agreed({ terms, manifest }: Subject, { requests }: Policy): string[] {
  return [
    `The program ${manifest.name} ${manifest.version} (${terms.program}) may run over data you contribute.`,
    ...(manifest.rows ? ["It gets the rows themselves: read its code before you join."] : []),
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

/** Functions of the program that the policy lets members ask, each once. */
const asked = ({ manifest }: Subject, { requests }: Policy) =>
  [...new Set(requests.map((request) => request.function))].map((name) => ({
    name,
    spec: Object.hasOwn(manifest.functions, name) ? manifest.functions[name] : undefined,
  }));

function functions(subject: Subject, policy: Policy): string[] {
  return asked(subject, policy).flatMap(({ name, spec }) =>
    spec
      ? functionInWords(spec, subject.manifest).map((line) => `${name}: ${line}`)
      : [`${name}: the program has no such function; asking it fails.`],
  );
}

function leaves(subject: Subject, policy: Policy): string[] {
  const said: Readonly<Record<ReleaseRule["kind"], string>> = {
    clusters: `Per cluster: its centre, rounded to ${policy.decimals} decimals, and its size; at most ${policy.maxClusters} clusters.`,
    classes: `Per class: how many rows fall into it, accuracy and confusion matrix; at most ${policy.maxClasses} classes, smaller ones released as "other".`,
    predictions: `Predictions for the asker's own points only, at most ${policy.maxPredictions} in a task.`,
    value: `A value that is not known before: only from data of at least ${policy.minParties} member(s). Its sums and counts over tables are computed by the worker, not by the program.`,
  };
  const kinds = new Set(asked(subject, policy).flatMap(({ spec }) => spec?.release.kind ?? []));
  return [
    ...[...kinds].map((kind) => said[kind]),
    `A group is released when it holds rows of at least ${policy.minParties} member(s), at least ${policy.minCohort} rows, and no more than ${100 * policy.maxShare} % of them of one member.`,
    "Anything else is refused, and the refusal is one public word.",
  ];
}

function unprotected(
  { terms, manifest, workers: all, threshold }: Subject,
  policy: Policy,
): string[] {
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
    manifest.rows
      ? "The program chooses who belongs together and what a value says, and could hide rows in that choice. The gate bounds form and size only."
      : "No row of a dataset enters the program. What it has in its state or gets as private parameters it can put into its answers: the gate bounds form and size only.",
    ...(threshold === 1
      ? [
          "One worker is enough: whether a veto, a pause or a seal is respected rests on that one operator.",
        ]
      : []),
    "Public for ever: who takes part, when, how many chunks of data, each question asked, the length of each answer.",
  ];
}
