/** One sealed task, from opened inputs to a verdict: check the question, run the program, pass the gate, commit to the output. @module */
import { concat, type Hex } from "../../protocol/bytes.ts";
import { hasCode } from "../../protocol/errors.ts";
import { parseCanonicalJson } from "../../protocol/json.ts";
import { functionOf } from "../../protocol/manifest.ts";
import { allowsRequest, parsePolicy } from "../../protocol/policy.ts";
import type { Manifest } from "../../protocol/program.ts";
import type { FailureReason } from "../../protocol/reasons.ts";
import type { Collaboration, Question } from "../../protocol/receipt.ts";
import { commitOutput, guestSeed, outputSalt, taskSecret } from "../../protocol/secrets.ts";
import { Check } from "typebox/schema";
import { release } from "./gate/release.ts";
import type { TaskInputs } from "./open/task-inputs.ts";
import type { GuestCall, Outcome } from "./runtime/outcome.ts";
import type { Verdict } from "./sign/signer.ts";

export interface TaskRun {
  readonly verdict: Verdict;
  /** salt || output, for recipients only; empty without success. */
  readonly held: Uint8Array;
}

export interface RunFacts {
  readonly collaboration: Collaboration;
  readonly question: Question;
  readonly sealDigest: Hex;
  readonly manifest: Manifest;
  readonly module: Uint8Array;
  readonly inputs: TaskInputs;
  /** Bytes of output, over which the verdict is LIMIT_OUTPUT. */
  readonly maxOutput: number;
}

/** Runs a program in its own process, for at most so many seconds. */
export type Guest = (call: GuestCall, maxSeconds: number) => Promise<Outcome>;

/**
 * Runs a task. It never throws: a sealed task that gets no signed word from a Ready worker costs that worker's stake.
 * @param openSecret opens the contract secret
 */
export async function runTask(
  facts: RunFacts,
  openSecret: () => Promise<Uint8Array>,
  guest: Guest,
): Promise<TaskRun> {
  try {
    return await attempt(facts, await openSecret(), guest);
  } catch (error) {
    const reason = hasCode(error, "CANNOT_OPEN") ? "CANNOT_OPEN" : "INTERNAL";
    return { verdict: { kind: "abstention", reason }, held: new Uint8Array(0) };
  }
}

async function attempt(
  facts: RunFacts,
  contractSecret: Uint8Array,
  guest: Guest,
): Promise<TaskRun> {
  const { collaboration, question, manifest, inputs } = facts;
  const { task } = question;
  const policy = parsePolicy(collaboration.terms.policy);
  const params = parseCanonicalJson(question.params);
  const refused = refuse(facts);
  if (refused) return { verdict: { kind: "failure", reason: refused }, held: new Uint8Array(0) };

  const secret = await taskSecret(contractSecret, inputs.dataKeys, facts.sealDigest);
  const context = {
    caller: task.requester,
    params,
    tables: inputs.tables,
    ...(inputs.privateTable && { privateTable: inputs.privateTable }),
    seed: await guestSeed(secret),
  };
  const call = { module: facts.module, functionName: task.functionName, context };
  // Half of the window: the other half is for signing, and for getting the word onto the chain.
  const outcome = await guest(call, task.resultWindow / 2);
  if (outcome.kind !== "proposal") return { verdict: outcome, held: new Uint8Array(0) };

  const released = release({
    manifest,
    functionName: task.functionName,
    policy,
    proposal: outcome.proposal,
    tables: inputs.tables,
    privateTable: inputs.privateTable,
    recipients: task.recipients,
    requester: task.requester,
  });
  if (!released.ok)
    return { verdict: { kind: "failure", reason: released.reason }, held: new Uint8Array(0) };
  if (released.output.length > facts.maxOutput)
    return { verdict: { kind: "abstention", reason: "LIMIT_OUTPUT" }, held: new Uint8Array(0) };
  const salt = await outputSalt(secret);
  return {
    verdict: {
      kind: "success",
      outputCommitment: commitOutput(salt, released.output),
      outputLength: released.output.length,
    },
    held: concat(salt, released.output),
  };
}

/** What can be refused before the program runs: the same for every worker, so it is a signed failure. */
function refuse({
  collaboration,
  question,
  manifest,
  inputs,
}: RunFacts): FailureReason | undefined {
  const { functionName } = question.task;
  const spec = functionOf(manifest, functionName);
  const params = parseCanonicalJson(question.params);
  if (!allowsRequest(parsePolicy(collaboration.terms.policy), functionName, params))
    return "REQUEST_NOT_ALLOWED";
  if (!Check(spec.params as object, params)) return "PARAMETER_INVALID";
  if (Boolean(spec.privateTable) !== Boolean(inputs.privateTable)) return "PARAMETER_INVALID";
  const read = new Set(spec.reads);
  const given = Object.entries(inputs.tables).filter(([, datasets]) => datasets.length > 0);
  // Reading more than the function declares would put rows of a table into a release that its members did not expect there.
  const exact = given.length === read.size && given.every(([name]) => read.has(name));
  return exact ? undefined : "TABLE_MISSING";
}
