/**
 * The audit of one task: named checks, each with what was compared. One pure function serves command line, web page and
 * tests; it trusts nothing but signatures, hashes and what the caller read from the chain.
 * @module
 */
import { toHex, fromHex, type Hex } from "./bytes.ts";
import { hashSeal } from "./identity.ts";
import { ProtocolError } from "./errors.ts";
import type { Receipt } from "./receipt.ts";
import {
  protections,
  resultStatus,
  type Protection,
  type Result,
  type TaskState,
} from "./schema.ts";
import { verifyTransition, type StateVersion } from "./state/transition.ts";
import { commitOutput } from "./secrets.ts";
import { digestOf, hashTask } from "./typed-data.ts";
import {
  reasonOf,
  verifyAbilities,
  verifyCommittee,
  verifyConsents,
  verifyPolicy,
  verifyProgram,
  verifyReadies,
  verifyResults,
  verifySeal,
  verifyTask,
  verifyTerms,
  verifyWorkers,
  type Compared,
} from "./verify.ts";

/** What the auditor read from the chain itself, or derived from proven events; never from the receipt. */
export interface ChainFacts {
  readonly chainId: number;
  readonly contracts: Hex;
  readonly state: TaskState;
  /** `TaskManager.taskOf(id).digest`. */
  readonly digest: Hex;
  readonly programPublished: boolean;
  /** For each input of the receipt: whether its hash was committed. */
  readonly inputsCommitted: readonly boolean[];
  readonly workerRegistry: Hex;
  /** The version of the state that the seal names, and the next one, as far as there are any. */
  readonly stateVersions: readonly StateVersion[];
  /** What these facts rest on, when not on a node's word; shown with the check `chain`. */
  readonly basis?: Readonly<Record<string, string | number>>;
}

/** An output as a recipient decrypted it. */
export interface OpenedOutput {
  readonly salt: Uint8Array;
  readonly output: Uint8Array;
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly compared: Compared;
  /** Code of the failure. */
  readonly code?: string;
}

export interface AuditReport {
  readonly task: Hex;
  /** True when every check passed and the task came to a result. */
  readonly ok: boolean;
  readonly state: TaskState;
  readonly protection: Protection;
  /** Reason code of a failed task, empty otherwise. */
  readonly reason: string;
  readonly checks: readonly Check[];
}

/**
 * Audits a receipt.
 * @param chain absent: the signatures are checked, but not that the chain saw them; the report says so by a failed check. An
 * error says why the facts could not be had, and is what the check `chain` fails with
 * @param opened when given, the output is checked against its commitment
 */
export function audit(
  receipt: Receipt,
  chain?: ChainFacts | ProtocolError,
  opened?: OpenedOutput,
): AuditReport {
  const { collaboration: c, question: q, sealing, results } = receipt;
  const checks: Check[] = [];
  const check = (name: string, run: () => Compared): void => void checks.push(checked(name, run));
  let outcome: Result | undefined;

  check("terms", () => verifyTerms(c, q.task.terms));
  check("program", () => verifyProgram(c));
  check("committee", () => verifyCommittee(c));
  check("task", () => verifyTask(c, q));
  check("abilities", () => verifyAbilities(c, q));
  check("consents", () => verifyConsents(c, q));
  if (sealing) {
    check("ready", () => verifyReadies(c, q, sealing.readies));
    check("seal", () => verifySeal(c, q, sealing));
    check("evidence", () => verifyWorkers(c, sealing, receipt.evidence));
    check("results", () => {
      const agreed = verifyResults(c, sealing, results);
      outcome = agreed.outcome;
      return agreed;
    });
  }
  check("policy", () => verifyPolicy(c, q, outcome?.status === resultStatus.success));
  check("state", () => {
    const expected = !outcome
      ? receipt.state
      : outcome.status === resultStatus.success
        ? "finalized"
        : "failed";
    return same("state", receipt.state, expected);
  });
  const stateful = q.task.changesState || (sealing?.seal.version ?? 0) > 0;
  if (sealing && stateful)
    check("transition", () => {
      const versions = chain instanceof ProtocolError ? undefined : chain?.stateVersions;
      return verifyTransition(q, sealing.seal, outcome, versions);
    });
  check("chain", () => compareChain(receipt, chain, outcome));
  if (opened)
    check("output", () =>
      same(
        "output commitment",
        commitOutput(opened.salt, opened.output),
        outcome?.outputCommitment ?? "none",
      ),
    );
  return {
    task: hashTask(c.deployment, q.task),
    ok: outcome !== undefined && checks.every((entry) => entry.ok),
    state: receipt.state,
    protection: protections[sealing?.seal.protection ?? 0] ?? "none",
    reason: outcome ? reasonOf(outcome.reason) : "",
    checks,
  };
}

/** Runs one check: what it compared, or the refusal it ended in. */
export function checked(name: string, run: () => Compared): Check {
  try {
    const { outcome: _, ...compared } = run() as Compared & { outcome?: unknown };
    return { name, ok: true, compared };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { name, ok: false, compared: error.facts as Compared, code: error.code };
  }
}

function compareChain(
  receipt: Receipt,
  chain: ChainFacts | ProtocolError | undefined,
  outcome: { status: number } | undefined,
): Compared {
  const { collaboration: c, question: q, sealing } = receipt;
  if (!chain) throw new ProtocolError("CHAIN_NOT_READ", { task: hashTask(c.deployment, q.task) });
  if (chain instanceof ProtocolError) throw chain;
  same("chain id", String(c.deployment.chainId), String(chain.chainId));
  same("deployment", c.deployment.contracts, chain.contracts);
  same("state", receipt.state, chain.state);
  same("program published", String(chain.programPublished), "true");
  for (const [i, input] of q.inputs.entries())
    same(`commitment of ${input.dataset}`, String(chain.inputsCommitted[i] ?? false), "true");
  for (const proof of receipt.evidence) same("registry", proof.registry, chain.workerRegistry);
  const digest = outcome
    ? digestOf(c.deployment, "Result", outcome as never)
    : sealing
      ? hashSeal(sealing.seal)
      : hashTask(c.deployment, q.task);
  return {
    ...same("digest", digest, chain.digest),
    "chain id": chain.chainId,
    deployment: chain.contracts,
    state: chain.state,
    "committed inputs": q.inputs.length,
    ...chain.basis,
  };
}

function same(what: string, actual: string, expected: string): Compared {
  if (actual !== expected) throw new ProtocolError("HASH_MISMATCH", { what, expected, actual });
  return { [what]: actual };
}

/** Splits salt || output, the plaintext of an output envelope. */
export function splitOutput(plain: Uint8Array): OpenedOutput {
  return { salt: fromHex(toHex(plain.subarray(0, 32)), 32), output: plain.subarray(32) };
}
