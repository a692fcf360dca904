/** From a refusal to the command that gets one further. What stands in capitals is for the reader to fill in. @module */
import type { Failures, ProtocolError } from "../../protocol/errors.ts";

type Advice = { readonly [C in keyof Failures]?: (facts: Failures[C]) => string };

const advice: Advice = {
  USAGE: () => "cloister --help",
  BALANCE_LOW: (f) =>
    f.outside
      ? `get ${lacking(f)} more of the token; on a local chain: cloister net fund ${f.account}`
      : `cloister vault deposit ${lacking(f)}`,
  GAS_LOW: (f) => `send ${lacking(f)} wei to ${f.account}, then run the command again`,
  CONSENT_MISSING: (f) => `member ${f.member} runs: cloister task consent ${f.task}`,
  QUORUM_MISSING: () => "cloister worker status, to see which workers answer",
  NOT_ACTIVE: (f) =>
    `cloister contract terms ${f.terms}, then the members run: cloister contract join`,
  PAUSED: (f) => `member ${f.by.join(", ")} runs: cloister contract resume ${f.terms}`,
  NOT_A_MEMBER: (f) =>
    `cloister contract terms ${f.terms}, to see who is in; another of your accounts: --account NAME`,
  NOT_A_RECIPIENT: (f) => `cloister task status ${f.task}, to see who receives`,
  NOT_FINAL: (f) => `cloister task status ${f.task} --watch`,
  TIMED_OUT: () => "cloister task status TASK --watch",
  TASK_FAILED: (f) => `cloister audit task ${f.task}`,
  DATASET_WITHDRAWN: () => "cloister dataset contribute FILE, which gives it another name",
  NOT_PUBLISHED: () => "cloister program publish --module FILE --manifest FILE",
  KEY_MISSING: () => "cloister party keygen, or --account NAME",
  PASSWORD_MISSING: () => "run it again with --password-file FILE",
  KEYSTORE_PASSWORD: () => "run it again with the right --password-file FILE",
  FILE_UNREADABLE: () => "check that it is there, and that this account may read and write it",
  QUOTA: () =>
    "cloister dataset withdraw DATASET --contract CONTRACT, of one that is no longer needed",
  FILE_EXISTS: () => "choose another name, or move the file away",
  HOME_LOCKED: () => "wait for the other command of this home, or use another --home",
  RPC_UNREACHABLE: () => "cloister doctor, or another --rpc URL",
  WRONG_CHAIN: () => "use the node of the right chain (--rpc URL) or the right --deployment FILE",
  WORKER_UNREACHABLE: () => "cloister worker status",
  EVIDENCE_EXPIRED: () => "its operator runs: cloister worker renew --home HOME",
  MEASUREMENT_UNKNOWN: (f) =>
    `compare with \`cloister worker measurement\` of a source you read, then: cloister trust add ${f.measurement} --note "..."`,
  SIMULATED_REFUSED: () => "add --accept-simulated if you accept that operators can read every row",
  PROTECTION_TOO_LOW: () => "ask the author for other workers",
  FUNCTION_UNKNOWN: () => "cloister program inspect PROGRAM",
  TABLE_UNKNOWN: () => "cloister program inspect PROGRAM",
  PARAMETER_INVALID: () => "cloister program inspect PROGRAM, to see what the function takes",
  POLICY_INVALID: () => "cloister contract create --example",
  CONFIG_INVALID: () => "cloister doctor",
  TABLE_MALFORMED: () => "cloister dataset check FILE --table TABLE",
  AMOUNT_INVALID: () => "cloister vault --help",
};

/** What to type next, or what to do; undefined when the message says all there is. */
export function nextCommand(error: ProtocolError): string | undefined {
  const say = advice[error.code] as ((facts: object) => string) | undefined;
  return say?.(error.facts);
}

const lacking = ({ balance, needed }: { balance: string; needed: string }): string =>
  String(BigInt(needed) - BigInt(balance));
