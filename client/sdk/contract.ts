/** Secret contracts: written, joined, read, paused. @module */
import { toHex, type Hash, type Hex } from "../../protocol/bytes.ts";
import { canonicalJson } from "../../protocol/json.ts";
import { parsePolicy, type Policy } from "../../protocol/policy.ts";
import type { Collaboration } from "../../protocol/receipt.ts";
import {
  parseShape,
  protections,
  Terms,
  type Committee,
  type CommitteeWorker,
  type Join,
  type Member,
} from "../../protocol/schema.ts";
import { hashTerms } from "../../protocol/typed-data.ts";
import { collaborationOf, knownContract, ownEntry } from "./collaboration.ts";
import { committeeVerbs } from "./committee.ts";
import type { Context } from "./context.ts";
import { blockTime } from "./ledger.ts";
import { newShare, sealShare, sendShare } from "./share.ts";
import { contractStatus, type ContractStatus } from "./status.ts";
import { transact } from "./transact.ts";
import { verifyCommitteeWorkers } from "./worker.ts";

/** Seconds members have to join when the terms say nothing. */
const JOIN_SECONDS = 7 * 24 * 3600;

/** What the members agree on. */
export interface ContractDraft {
  /** 1 to 64 bytes. */
  readonly name: string;
  readonly program: Hex;
  /** As each party's `party.member()` gives them, in the order that numbers them. */
  readonly members: readonly Member[];
  readonly workers: readonly CommitteeWorker[];
  /** How many workers must agree; more than half. */
  readonly threshold: number;
  readonly policy: Policy;
  /** Default `hardware`: that simulated workers are enough must be said. */
  readonly minProtection?: "simulated" | "hardware";
  /** Blocks between proposal and sealing, at least 1 (the default). */
  readonly vetoBlocks?: number;
  /** Block time in Unix seconds; default in 7 days. */
  readonly joinBy?: number;
}

/**
 * Announces a secret contract; it is active when all members have joined.
 * @returns hash of the terms, the contract's name
 * @throws ProtocolError POLICY_INVALID, SHAPE_INVALID, TRANSACTION_FAILED
 */
async function create(ctx: Context, draft: ContractDraft): Promise<Hash<"Terms">> {
  const policy = canonicalJson(draft.policy);
  parsePolicy(policy);
  const content: Terms = {
    name: draft.name,
    program: draft.program,
    members: [...draft.members],
    committee: { version: 1, threshold: draft.threshold, workers: [...draft.workers] },
    policy,
    minProtection: protections.indexOf(draft.minProtection ?? "hardware"),
    vetoBlocks: draft.vetoBlocks ?? 1,
    joinBy: draft.joinBy ?? (await blockTime(ctx)) + JOIN_SECONDS,
    salt: toHex(crypto.getRandomValues(new Uint8Array(32))),
  };
  parseShape(Terms, content, "terms");
  await transact(ctx, "contract.create", (to) => to.secretContracts.create(content));
  return hashTerms(ctx.deployment, content);
}

/**
 * Joins: checks that the terms are what their name says and name this client, verifies every worker, seals a fresh share to
 * each of them.
 * @throws ProtocolError NOT_A_MEMBER, POLICY_INVALID, those of `worker.verify`, TRANSACTION_FAILED
 */
async function join(ctx: Context, termsHash: Hex): Promise<void> {
  const known = await knownContract(ctx, termsHash);
  parsePolicy(known.terms.policy);
  const { index } = await ownEntry(ctx, known);
  await verifyCommitteeWorkers(ctx, known.committee.workers, known.terms);
  await sendShare(ctx, "join", known, sealShare(ctx, known, index, newShare()));
}

/** Papers and state of a secret contract. @throws ProtocolError NOT_FOUND, HASH_MISMATCH, SIGNATURE_INVALID */
async function get(
  ctx: Context,
  termsHash: Hex,
): Promise<{
  terms: Terms;
  committee: Committee;
  joins: Join[];
  status: ContractStatus;
  collaboration: Collaboration;
}> {
  const known = await knownContract(ctx, termsHash);
  const { collaboration } = await collaborationOf(ctx, known);
  const { joins, committee, terms } = collaboration;
  return { terms, committee, joins, status: await contractStatus(ctx, termsHash), collaboration };
}

/** Stops new seals until this member resumes. @throws ProtocolError NOT_A_MEMBER, TRANSACTION_FAILED */
async function pause(ctx: Context, termsHash: Hex): Promise<void> {
  const { index } = await ownEntry(ctx, await knownContract(ctx, termsHash));
  await transact(ctx, "contract.pause", (to) => to.secretContracts.pause(termsHash, index));
}

/** Lifts this member's pause. @throws ProtocolError NOT_A_MEMBER, TRANSACTION_FAILED */
async function resume(ctx: Context, termsHash: Hex): Promise<void> {
  const { index } = await ownEntry(ctx, await knownContract(ctx, termsHash));
  await transact(ctx, "contract.resume", (to) => to.secretContracts.resume(termsHash, index));
}

export const contractVerbs = { create, join, get, pause, resume, ...committeeVerbs };
