/** One sealed task, from opened inputs to a verdict: answer the call, commit to the output and to the next state. @module */
import { concat, ZERO_HASH } from "../../protocol/bytes.ts";
import { hasCode, ProtocolError } from "../../protocol/errors.ts";
import { hashSeal } from "../../protocol/identity.ts";
import { parseCanonicalJson } from "../../protocol/json.ts";
import { parsePolicy } from "../../protocol/policy.ts";
import type { Manifest } from "../../protocol/program.ts";
import type { FailureReason } from "../../protocol/reasons.ts";
import type { Collaboration, Question } from "../../protocol/receipt.ts";
import type { Seal } from "../../protocol/schema.ts";
import { commitOutput, guestSeed, outputSalt, taskSecret } from "../../protocol/secrets.ts";
import type { StateRecord } from "../../protocol/state/record.ts";
import { contributorsOf } from "../../protocol/verify.ts";
import { answerCall } from "./answer.ts";
import { taskIdOf } from "./open/admission.ts";
import type { TaskInputs } from "./open/task-inputs.ts";
import type { CallFacts, Guest } from "./runtime/outcome.ts";
import type { Verdict } from "./sign/signer.ts";
import type { OpenState } from "./state/open-state.ts";
import type { Rewritten } from "./state/rewrite.ts";
import { RunState } from "./state/run-state.ts";

/** What a task made of the state: nodes for the host, and what the next root stands for. */
export interface NextState extends Rewritten {
  readonly record: StateRecord;
}

export interface TaskRun {
  readonly verdict: Verdict;
  /** salt || output, for recipients only; empty without success. */
  readonly held: Uint8Array;
  /** Of a success that changes the state. */
  readonly tree?: NextState;
}

export interface RunFacts {
  readonly collaboration: Collaboration;
  readonly question: Question;
  readonly seal: Seal;
  readonly manifest: Manifest;
  readonly module: Uint8Array;
  readonly inputs: TaskInputs;
  /** Bytes of output, over which the verdict is LIMIT_OUTPUT. */
  readonly maxOutput: number;
}

const NOTHING = new Uint8Array(0);

const failed = (reason: FailureReason): TaskRun => ({
  verdict: { kind: "failure", reason },
  held: NOTHING,
});

/**
 * Runs a task. It never throws: a sealed task that gets no signed word from a Ready worker costs that worker's stake.
 * @param openSecret opens the contract secret
 * @param openState opens the state that the seal names
 */
export async function runTask(
  facts: RunFacts,
  openSecret: () => Promise<Uint8Array>,
  openState: (contractSecret: Uint8Array) => Promise<OpenState>,
  guest: Guest,
): Promise<TaskRun> {
  try {
    const secret = await openSecret();
    return await attempt(facts, secret, await openState(secret), guest);
  } catch (error) {
    const reason = hasCode(error, "CANNOT_OPEN") ? "CANNOT_OPEN" : "INTERNAL";
    return { verdict: { kind: "abstention", reason }, held: NOTHING };
  }
}

async function attempt(
  facts: RunFacts,
  contractSecret: Uint8Array,
  known: OpenState,
  guest: Guest,
): Promise<TaskRun> {
  const { question, inputs, seal } = facts;
  const { task } = question;
  // Whose consents were checked is the host's word; whose data is in the state, the root says.
  if (known.contributors !== question.stateContributors)
    throw new ProtocolError("HASH_MISMATCH", {
      what: "state's contributors",
      expected: String(known.contributors),
      actual: String(question.stateContributors),
    });
  const secret = await taskSecret(contractSecret, inputs.dataKeys, hashSeal(seal));
  const state = new RunState(known.nodes, known.node, task.changesState);
  const { manifest, module } = facts;
  const call = { manifest, module, facts: await factsOf(facts, secret) };
  const contributors = contributorsOf(question);
  // Half of the window: the other half is for signing, and for getting the word onto the chain.
  const answer = await answerCall({ ...call, contributors }, state, guest, task.resultWindow / 2);
  if (answer.kind === "abstention") return { verdict: answer, held: NOTHING };
  if (answer.kind === "failure") return failed(answer.reason);
  const { output } = answer;
  if (output.length > facts.maxOutput)
    return { verdict: { kind: "abstention", reason: "LIMIT_OUTPUT" }, held: NOTHING };

  const next = task.changesState ? await nextState(facts, known, state) : undefined;
  if (task.changesState && !next) return failed("STATE_TOO_LARGE");
  const salt = await outputSalt(secret);
  return {
    verdict: {
      kind: "success",
      outputCommitment: commitOutput(salt, output),
      outputLength: output.length,
      nextStateRoot: next ? await known.nodes.sealer.root(next.record) : ZERO_HASH,
    },
    held: concat(salt, output),
    ...(next && { tree: next }),
  };
}

/** Everything the program is told; nothing of it is the host's word alone but the seal's block and time (with m = 1). */
async function factsOf(
  { collaboration, question, inputs, seal }: RunFacts,
  secret: Uint8Array,
): Promise<CallFacts> {
  const { task } = question;
  const { terms } = collaboration;
  return {
    caller: task.requester,
    members: terms.members.map(({ account, abilities }) => ({ account, abilities })),
    task: {
      id: taskIdOf(collaboration, question),
      terms: task.terms,
      functionName: task.functionName,
      recipients: task.recipients,
      sealedBlock: seal.blockNumber,
      sealedAt: seal.time,
      version: seal.version,
    },
    policy: parsePolicy(terms.policy),
    params: parseCanonicalJson(question.params),
    tables: inputs.tables,
    ...(inputs.privateTable && { privateTable: inputs.privateTable }),
    seed: await guestSeed(secret),
  };
}

async function nextState(
  { question, seal }: RunFacts,
  known: OpenState,
  state: RunState,
): Promise<NextState | undefined> {
  const tree = await state.commit(hashSeal(seal));
  if (!tree) return undefined;
  // As the contract counts: everybody whose consent this task needed.
  const contributors = contributorsOf(question);
  return { ...tree, record: { version: known.version + 1, contributors, node: tree.root } };
}
