/** Saying yes to a task: what is signed is read from chain, checked, and shown. @module */
import type { ConsentFile } from "../../protocol/api.ts";
import type { Address, Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { parseCanonicalJson, type Json } from "../../protocol/json.ts";
import { allowsRequest, parsePolicy } from "../../protocol/policy.ts";
import { indicesOf } from "../../protocol/schema.ts";
import { expectSigner, signDigest } from "../../protocol/typed-data.ts";
import { contributorsOf } from "../../protocol/verify.ts";
import { ownEntry } from "./collaboration.ts";
import type { Context } from "./context.ts";
import { postConsent } from "./mailbox.ts";
import { papersOf, type Papers } from "./papers.ts";
import { transact } from "./transact.ts";

/** A task in the words of the people who are to agree to it. */
export interface Asked {
  readonly taskId: Hex;
  /** Name of the secret contract. */
  readonly contract: string;
  readonly function: string;
  readonly params: Json;
  readonly requester: { readonly member: number; readonly account: Address };
  /** Datasets it reads: member, name of the table, hash. */
  readonly inputs: readonly { member: number; table: string; dataset: Hex }[];
  readonly recipients: readonly number[];
  /** Members that must consent. */
  readonly needed: readonly number[];
  /** Smallest units of the token. */
  readonly fee: string;
  /** Block time in Unix seconds. */
  readonly sealBy: number;
  /** Whether the policy lists this question; workers refuse it otherwise. */
  readonly allowed: boolean;
}

export function askedIn({ taskId, known, question, manifest }: Papers): Asked {
  const { task, inputs } = question;
  const params = parseCanonicalJson(question.params);
  const account = known.terms.members[task.requester]?.account;
  if (!account) throw new ProtocolError("TERMS_INVALID", { what: `no member ${task.requester}` });
  return {
    taskId,
    contract: known.terms.name,
    function: task.functionName,
    params,
    requester: { member: task.requester, account },
    inputs: inputs.map(({ member, table, dataset }) => ({
      member,
      table: manifest.tables[table]?.name ?? String(table),
      dataset,
    })),
    recipients: indicesOf(task.recipients),
    needed: indicesOf(contributorsOf(question)),
    fee: task.fee,
    sealBy: task.sealBy,
    allowed: allowsRequest(parsePolicy(known.terms.policy), task.functionName, params),
  };
}

/** What a task asks, before anything is signed. @throws ProtocolError NOT_FOUND, HASH_MISMATCH, SIGNATURE_INVALID */
export async function describe(ctx: Context, taskId: Hex): Promise<Asked> {
  return askedIn(await papersOf(ctx, taskId));
}

/** What was signed, the signature itself, and how it reached the others. */
export interface Consented {
  readonly asked: Asked;
  /** Plain data that can be passed on by any other way too. */
  readonly consent: ConsentFile;
  readonly via: "mailbox" | "transaction";
}

/**
 * Signs a task and leaves the signature in the workers' mailboxes; when none takes it, on chain.
 * @throws ProtocolError NOT_A_MEMBER, NOT_FOUND, HASH_MISMATCH, SIGNATURE_INVALID, TRANSACTION_FAILED
 */
export async function consent(ctx: Context, taskId: Hex): Promise<Consented> {
  const papers = await papersOf(ctx, taskId);
  const { index: member } = await ownEntry(ctx, papers.known);
  const signature = ctx.keys().consentKey.use((key) => signDigest(key, taskId));
  const file: ConsentFile = { task: taskId, member, signature };
  return { asked: askedIn(papers), consent: file, via: await pass(ctx, papers, file) };
}

/**
 * Passes on a consent that somebody signed, as a file or otherwise.
 * @throws ProtocolError SIGNATURE_INVALID, NOT_FOUND, TRANSACTION_FAILED
 */
export async function deliverConsent(
  ctx: Context,
  file: ConsentFile,
): Promise<"mailbox" | "transaction"> {
  const papers = await papersOf(ctx, file.task);
  const key = papers.known.terms.members[file.member]?.consentKey;
  if (!key) throw new ProtocolError("NOT_FOUND", { what: "member", name: String(file.member) });
  expectSigner("the consent", file.task, file.signature, key);
  return pass(ctx, papers, file);
}

async function pass(ctx: Context, { question, endpoints }: Papers, file: ConsentFile) {
  const { taken } = await postConsent(ctx, endpoints, file);
  if (taken > 0) return "mailbox" as const;
  const signed = { by: file.member, signature: file.signature };
  await transact(ctx, "task.consent", (to) => to.taskManager.consent(question.task, signed));
  return "transaction" as const;
}
