/**
 * Every way in which Cloister refuses: a stable code, the facts that code promises, what to do, and the one table from
 * which HTTP statuses and exit codes are read. Facts never hold a cell of a table, a key or other secret bytes.
 * @module
 */
import { rowCodes, sayRows, type RowCode, type RowFacts } from "./row-fault.ts";

/** Facts by code. */
export interface Failures extends Record<RowCode, RowFacts> {
  readonly JSON_INVALID: { what: string };
  readonly POLICY_INVALID: { at: string };
  /** JSON pointer, and what is wrong there as the rest of a sentence. */
  readonly MANIFEST_INVALID: { at: string; why: string };
  readonly PROGRAM_BROKEN: { folder: string; what: string };
  readonly PROGRAM_DIFFERS: { folder: string; program: string; built: string };
  readonly TRIAL_REFUSED: { function: string; reason: string; trace?: string };
  readonly BYTES_INVALID: { what: string; expected: string; actual: string };
  readonly HASH_MISMATCH: { what: string; expected: string; actual: string };
  readonly SIGNATURE_INVALID: { what: string; expected: string; actual: string };
  readonly ENVELOPE_MALFORMED: { what: string };
  readonly ENVELOPE_FOREIGN: { what: string; expected: string; actual: string };
  readonly CANNOT_OPEN: { what: string };
  readonly TABLE_MALFORMED: { what: string };
  readonly TERMS_INVALID: { what: string };
  readonly STATE_MALFORMED: { what: string };
  readonly SHAPE_INVALID: { what: string; at: string };
  readonly EVIDENCE_INVALID: { what: string };
  readonly FUNCTION_UNKNOWN: { name: string; known: string[] };
  readonly TABLE_UNKNOWN: { name: string; known: string[] };
  readonly CONSENT_MISSING: { member: number; task: string };
  readonly PROTECTION_TOO_LOW: { offered: string; demanded: string };
  readonly QUORUM_MISSING: { have: number; need: number };
  readonly CHAIN_NOT_READ: { task: string };
  readonly FRAME_INVALID: { what: string };
  /** Inputs, or the module, that must be loaded before the enclave can go on. */
  readonly NOT_LOADED: { hashes: string[] };
  readonly NOT_IN_COMMITTEE: { signer: string };
  readonly NOT_A_RECIPIENT: { task: string; member: number };
  readonly RELEASE_NOT_PUBLIC: { function: string };
  readonly RELAY_FOREIGN: { relay: string; taskManager: string };
  readonly NOT_COMMITTED: { hash: string };
  readonly DATASET_WITHDRAWN: { dataset: string };
  readonly NOT_PUBLISHED: { program: string };
  readonly QUOTA: { limit: number; what: string };
  readonly NOT_FOUND: { what: string; name: string };
  readonly NOT_FINAL: { task: string; state: string };
  readonly UPLOAD_OUT_OF_ORDER: { held: number; from: number };
  readonly LIMIT_EXCEEDED: { what: string; limit: number };
  readonly RATE_LIMITED: { perMinute: number };
  readonly CONFIG_INVALID: { file: string; faults: string[] };
  readonly HOME_LOCKED: { home: string };
  readonly TEE_MISSING: { asked: string };
  readonly KEYSTORE_PASSWORD: { file: string };
  readonly RPC_UNREACHABLE: { url: string };
  readonly WRONG_CHAIN: { expected: string; actual: string };
  /** `outside`: of the account's own tokens, not of those in the vault. */
  readonly BALANCE_LOW: { account: string; balance: string; needed: string; outside?: true };
  /** Amounts in wei. */
  readonly GAS_LOW: { account: string; balance: string; needed: string };
  readonly WORKER_UNREACHABLE: { endpoint: string; cause: string };
  readonly TRANSACTION_FAILED: { method: string; error: string };
  readonly EVIDENCE_EXPIRED: { worker: string; validUntil: number };
  readonly MEASUREMENT_UNKNOWN: { measurement: string };
  readonly SIMULATED_REFUSED: { worker: string };
  readonly TIMED_OUT: { what: string; seconds: number; next: string };
  /** A verb that signs or opens was called on a client without what it signs or opens with. */
  readonly KEY_MISSING: { what: string };
  readonly NOT_A_MEMBER: { account: string; terms: string };
  /** A file with nothing in it, or nothing below the header. */
  readonly TABLE_EMPTY: { header: boolean };
  readonly TABLE_TOO_SMALL: { rows: number; minimum: number };
  /** `accepted` are the names under which the reader looks for it, in any case. */
  readonly COLUMN_MISSING: { column: string; accepted: readonly string[] };
  /** `found` are those of the accepted names that the header has. */
  readonly COLUMN_AMBIGUOUS: { column: string; found: readonly string[] };
  readonly TASK_FAILED: { task: string; reason: string };
  /** The command line cannot be read, or says what makes no sense. */
  readonly USAGE: { what: string };
  readonly FILE_UNREADABLE: { file: string; cause: string };
  readonly FILE_EXISTS: { file: string };
  /** `what`: whose password. */
  readonly PASSWORD_MISSING: { what: string };
  readonly AMOUNT_INVALID: { text: string };
  /** `at` is a JSON pointer into the parameters, `/` for all of them. */
  readonly PARAMETER_INVALID: { function: string; at: string; reason: string };
  readonly NOT_ACTIVE: { terms: string };
  /** Members that pause it. */
  readonly PAUSED: { terms: string; by: number[] };
  /** Bytes that were to prove something about the chain and do not. */
  readonly PROOF_INVALID: { what: string };
  readonly PROOF_UNAVAILABLE: { what: string };
  readonly BLOCK_NOT_TRUSTED: { block: number; hash: string };
  readonly ADDRESSES_UNPROVEN: { deployment: string };
  /** `at`: path of the first difference. */
  readonly RECEIPT_UNPROVEN: { at: string };
  readonly INTERNAL: { what: string };
}

interface Advice<Facts> {
  readonly http: number;
  readonly exit: keyof typeof exitCodes;
  readonly say: (facts: Facts) => string;
}

const rowFailures = Object.fromEntries(
  rowCodes.map((code) => [code, { http: 422, exit: 3, say: (f: RowFacts) => sayRows(code, f) }]),
) as Record<RowCode, Advice<RowFacts>>;

/** What a process ends with, and what that means. */
export const exitCodes = {
  0: "done",
  1: "a fault of Cloister",
  2: "usage",
  3: "input refused",
  4: "not found or not yet",
  5: "proof failed",
  6: "network",
} as const;

export const failures: { readonly [C in keyof Failures]: Advice<Failures[C]> } = {
  ...rowFailures,
  JSON_INVALID: { http: 422, exit: 3, say: (f) => `Not canonical JSON (${f.what}).` },
  POLICY_INVALID: { http: 422, exit: 3, say: (f) => `The policy is wrong at ${f.at}.` },
  MANIFEST_INVALID: { http: 422, exit: 3, say: (f) => `The manifest is wrong: ${f.at} ${f.why}.` },
  PROGRAM_BROKEN: {
    http: 422,
    exit: 3,
    say: (f) => `The program in ${f.folder} does not build: ${f.what}.`,
  },
  PROGRAM_DIFFERS: {
    http: 409,
    exit: 3,
    say: (f) => `${f.folder} builds ${f.built}, not ${f.program}: that program is not this source.`,
  },
  TRIAL_REFUSED: {
    http: 422,
    exit: 3,
    say: (f) => `${f.function} was refused: ${f.reason}${f.trace ? `\n${f.trace}` : ""}`,
  },
  BYTES_INVALID: {
    http: 422,
    exit: 3,
    say: (f) => `${f.what}: expected ${f.expected}, got ${f.actual}.`,
  },
  HASH_MISMATCH: {
    http: 422,
    exit: 5,
    say: (f) =>
      `The ${f.what} hashes to ${f.actual}, not to ${f.expected}. Get it again from its source.`,
  },
  SIGNATURE_INVALID: {
    http: 422,
    exit: 5,
    say: (f) => `The signature on ${f.what} is by ${f.actual}, not by ${f.expected}.`,
  },
  ENVELOPE_MALFORMED: { http: 422, exit: 3, say: (f) => `Not an envelope: ${f.what}.` },
  ENVELOPE_FOREIGN: {
    http: 422,
    exit: 5,
    say: (f) => `Sealed for another ${f.what}: ${f.actual} instead of ${f.expected}.`,
  },
  CANNOT_OPEN: { http: 422, exit: 5, say: (f) => `The ${f.what} does not open.` },
  TABLE_MALFORMED: { http: 422, exit: 3, say: (f) => `Not a table: ${f.what}.` },
  STATE_MALFORMED: { http: 422, exit: 5, say: (f) => `Not a state: ${f.what}.` },
  SHAPE_INVALID: { http: 422, exit: 3, say: (f) => `The ${f.what} is wrong at ${f.at}.` },
  EVIDENCE_INVALID: {
    http: 422,
    exit: 5,
    say: (f) => `The worker's evidence is refused: ${f.what}.`,
  },
  FUNCTION_UNKNOWN: {
    http: 422,
    exit: 3,
    say: (f) => `The program has no function ${f.name}; it has ${f.known.join(", ")}.`,
  },
  TABLE_UNKNOWN: {
    http: 422,
    exit: 3,
    say: (f) => `The program has no table ${f.name}; it has ${f.known.join(", ")}.`,
  },
  CONSENT_MISSING: {
    http: 409,
    exit: 4,
    say: (f) => `Member ${f.member} has not consented to task ${f.task}.`,
  },
  PROTECTION_TOO_LOW: {
    http: 409,
    exit: 5,
    say: (f) => `The protection is ${f.offered}, the terms demand ${f.demanded}.`,
  },
  QUORUM_MISSING: {
    http: 409,
    exit: 4,
    say: (f) => `${f.have} committee workers agree, ${f.need} must.`,
  },
  CHAIN_NOT_READ: { http: 409, exit: 5, say: () => "Nothing was compared with the chain." },
  FRAME_INVALID: { http: 500, exit: 1, say: (f) => `Not a frame: ${f.what}.` },
  NOT_LOADED: { http: 409, exit: 4, say: (f) => `Not held yet: ${f.hashes.join(", ")}.` },
  NOT_IN_COMMITTEE: {
    http: 409,
    exit: 3,
    say: (f) => `Worker ${f.signer} is not in the committee.`,
  },
  NOT_A_RECIPIENT: {
    http: 403,
    exit: 3,
    say: (f) => `Member ${f.member} is no recipient of task ${f.task}.`,
  },
  RELEASE_NOT_PUBLIC: {
    http: 403,
    exit: 3,
    say: (f) =>
      `The program does not declare the output of ${f.function} public; only its recipients may read it.`,
  },
  RELAY_FOREIGN: {
    http: 409,
    exit: 3,
    say: (f) =>
      `The consumer listens to relay ${f.relay}, which reads tasks of ${f.taskManager}: another deployment.`,
  },
  NOT_COMMITTED: {
    http: 404,
    exit: 4,
    say: (f) =>
      `No transaction has committed ${f.hash} yet. Commit the hash, wait for its confirmation, upload then.`,
  },
  DATASET_WITHDRAWN: {
    http: 410,
    exit: 4,
    say: (f) =>
      `Dataset ${f.dataset} was withdrawn: workers neither take it in nor open it again. Contribute the table anew.`,
  },
  NOT_PUBLISHED: {
    http: 404,
    exit: 4,
    say: (f) => `Program ${f.program} is not published on chain. Publish it first.`,
  },
  QUOTA: {
    http: 413,
    exit: 3,
    say: (f) =>
      `The worker holds no more than ${f.limit} ${f.what}. Withdraw datasets that are no longer needed, or ask its operator for more.`,
  },
  NOT_FOUND: { http: 404, exit: 4, say: (f) => `No ${f.what} ${f.name} here.` },
  NOT_FINAL: {
    http: 409,
    exit: 4,
    say: (f) => `Task ${f.task} is ${f.state}; its output leaves when it is finalized.`,
  },
  UPLOAD_OUT_OF_ORDER: {
    http: 409,
    exit: 4,
    say: (f) => `The upload starts at chunk ${f.from}, ${f.held} are held. Start there.`,
  },
  LIMIT_EXCEEDED: { http: 413, exit: 3, say: (f) => `Over the limit of ${f.limit} ${f.what}.` },
  RATE_LIMITED: {
    http: 429,
    exit: 6,
    say: (f) => `More than ${f.perMinute} requests a minute. Wait a minute.`,
  },
  CONFIG_INVALID: {
    http: 500,
    exit: 2,
    say: (f) => `${f.file} is not a valid configuration:\n  ${f.faults.join("\n  ")}`,
  },
  HOME_LOCKED: { http: 500, exit: 2, say: (f) => `Another process uses ${f.home}. Stop it first.` },
  TEE_MISSING: {
    http: 500,
    exit: 2,
    say: (f) =>
      `No ${f.asked} hardware here. Without a TEE the operator can read every input; "--tee simulated" says that you accept it.`,
  },
  KEYSTORE_PASSWORD: { http: 500, exit: 2, say: (f) => `The password does not open ${f.file}.` },
  RPC_UNREACHABLE: {
    http: 503,
    exit: 6,
    say: (f) => `No useful answer from ${f.url}, also when asked again.`,
  },
  WRONG_CHAIN: {
    http: 500,
    exit: 6,
    say: (f) => `This is chain ${f.actual}, the deployment is on chain ${f.expected}.`,
  },
  BALANCE_LOW: {
    http: 409,
    exit: 3,
    say: (f) =>
      f.outside
        ? `${f.account} owns ${f.balance} of the token and needs ${f.needed}.`
        : `${f.account} has ${f.balance} in the vault and needs ${f.needed}. Deposit first.`,
  },
  GAS_LOW: {
    http: 409,
    exit: 3,
    say: (f) => `${f.account} has ${f.balance} wei and needs ${f.needed} for gas. Send it some.`,
  },
  WORKER_UNREACHABLE: {
    http: 503,
    exit: 6,
    say: (f) => `No answer from the worker at ${f.endpoint} (${f.cause}).`,
  },
  TRANSACTION_FAILED: { http: 502, exit: 3, say: (f) => `${f.method} was refused: ${f.error}.` },
  EVIDENCE_EXPIRED: {
    http: 409,
    exit: 5,
    say: (f) =>
      `The evidence of worker ${f.worker} expired at ${new Date(1000 * f.validUntil).toISOString()}.`,
  },
  MEASUREMENT_UNKNOWN: {
    http: 409,
    exit: 5,
    say: (f) => `Measurement ${f.measurement} is not on your list of trusted ones.`,
  },
  SIMULATED_REFUSED: {
    http: 409,
    exit: 5,
    say: (f) => `Worker ${f.worker} is simulated: its operator can read every input.`,
  },
  TIMED_OUT: {
    http: 504,
    exit: 4,
    say: (f) => `Waited ${f.seconds} s for ${f.what}. Next: ${f.next}.`,
  },
  KEY_MISSING: { http: 500, exit: 2, say: (f) => `This client has no ${f.what}.` },
  NOT_A_MEMBER: {
    http: 403,
    exit: 3,
    say: (f) => `${f.account}, with these keys, is no member of secret contract ${f.terms}.`,
  },
  TABLE_EMPTY: {
    http: 422,
    exit: 3,
    say: (f) => `The table has ${f.header ? "a header and no rows" : "nothing in it"}.`,
  },
  TABLE_TOO_SMALL: {
    http: 422,
    exit: 3,
    say: (f) => `The table has too few rows: ${f.rows}, at least ${f.minimum} are needed.`,
  },
  COLUMN_MISSING: {
    http: 422,
    exit: 3,
    say: (f) =>
      `No column ${f.column}. The first row must name it ${f.accepted.join(" or ")}, in any case.`,
  },
  COLUMN_AMBIGUOUS: {
    http: 422,
    exit: 3,
    say: (f) =>
      `More than one column could be ${f.column}: ${f.found.join(", ")}. Rename the others.`,
  },
  TASK_FAILED: {
    http: 409,
    exit: 5,
    say: (f) => `Task ${f.task} ended without an output: ${f.reason}.`,
  },
  PROOF_INVALID: { http: 422, exit: 5, say: (f) => `The proof is wrong: ${f.what}.` },
  PROOF_UNAVAILABLE: {
    http: 502,
    exit: 6,
    say: (f) => `The node does not give what a proof needs: ${f.what}. Try another node.`,
  },
  BLOCK_NOT_TRUSTED: {
    http: 409,
    exit: 5,
    say: (f) =>
      `Block ${f.block} (${f.hash}) is neither trusted nor an ancestor of a trusted block in the proof. Compare its hash with a node you believe and pass it too.`,
  },
  ADDRESSES_UNPROVEN: {
    http: 409,
    exit: 5,
    say: (f) =>
      `Nothing shows which contracts belong to ${f.deployment}: the proof holds no code of it, and you named no addresses.`,
  },
  RECEIPT_UNPROVEN: {
    http: 422,
    exit: 5,
    say: (f) => `The receipt differs from the proven events at ${f.at}.`,
  },
  USAGE: { http: 400, exit: 2, say: (f) => `${f.what}.` },
  FILE_UNREADABLE: {
    http: 500,
    exit: 2,
    say: (f) => `${f.file} cannot be read or written (${f.cause}).`,
  },
  FILE_EXISTS: {
    http: 500,
    exit: 2,
    say: (f) => `${f.file} is there already and is not overwritten.`,
  },
  PASSWORD_MISSING: {
    http: 500,
    exit: 2,
    say: (f) =>
      `No password for ${f.what}. It is read from a file, or asked for at a terminal only.`,
  },
  AMOUNT_INVALID: {
    http: 422,
    exit: 2,
    say: (f) =>
      `"${f.text}" is no amount: a whole number of smallest units, or tokens as in 2.5tok.`,
  },
  PARAMETER_INVALID: {
    http: 422,
    exit: 3,
    say: (f) => `The parameters of ${f.function} are wrong at ${f.at}: ${f.reason}.`,
  },
  NOT_ACTIVE: {
    http: 409,
    exit: 4,
    say: (f) => `Secret contract ${f.terms} is not active: not all members have joined.`,
  },
  PAUSED: {
    http: 409,
    exit: 4,
    say: (f) => `Secret contract ${f.terms} is paused by member ${f.by.join(", ")}.`,
  },
  INTERNAL: { http: 500, exit: 1, say: (f) => `A fault of Cloister: ${f.what}.` },
  TERMS_INVALID: { http: 422, exit: 3, say: (f) => `The terms are wrong: ${f.what}.` },
};

/** An error of Cloister. Tests and callers look at `code`, people read the message. */
export class ProtocolError<C extends keyof Failures = keyof Failures> extends Error {
  override readonly name = "ProtocolError";
  readonly code: C;
  readonly facts: Failures[C];

  constructor(code: C, facts: Failures[C], options?: ErrorOptions) {
    super(`${code}: ${failures[code].say(facts)}`, options);
    this.code = code;
    this.facts = facts;
  }
}

/** Whether `error` is Cloister's with this code. */
export function hasCode<C extends keyof Failures>(
  error: unknown,
  code: C,
): error is ProtocolError<C> {
  return error instanceof ProtocolError && error.code === code;
}
