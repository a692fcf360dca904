/** A secret contract as a client knows it: its papers, checked, and where its committee is reached. @module */
import { fromUtf8, type Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { select, type ChainEvent } from "../../protocol/events.ts";
import { collaborationFrom } from "../../protocol/history.ts";
import { parseManifest } from "../../protocol/manifest.ts";
import type { Manifest } from "../../protocol/program.ts";
import type { Collaboration } from "../../protocol/receipt.ts";
import type { Committee, Member, Terms } from "../../protocol/schema.ts";
import { hashTerms } from "../../protocol/typed-data.ts";
import { verifyCommittee, verifyProgram } from "../../protocol/verify.ts";
import type { Context } from "./context.ts";
import { publicKeysOf } from "./keys.ts";
import { contractEvents, createdIn, workersIn } from "./ledger.ts";
import { programFiles } from "./program.ts";
import { endpointsOf } from "./worker.ts";

export interface Known {
  readonly termsHash: Hex;
  readonly terms: Terms;
  /** The committee in force. */
  readonly committee: Committee;
  readonly events: readonly ChainEvent[];
}

/**
 * The terms that carry this name, and the committee in force with every signature it needs.
 * @throws ProtocolError NOT_FOUND, HASH_MISMATCH, SIGNATURE_INVALID, TERMS_INVALID
 */
export async function knownContract(ctx: Context, termsHash: Hex): Promise<Known> {
  const events = await contractEvents(ctx, termsHash);
  const terms = createdIn(events, termsHash).args.content;
  const actual = hashTerms(ctx.deployment, terms);
  // The node could answer with other terms than were signed.
  if (actual !== termsHash)
    throw new ProtocolError("HASH_MISMATCH", { what: "terms", expected: termsHash, actual });
  const collaboration = collaborationFrom(ctx.deployment, events, termsHash, "{}");
  // Whoever is named here is about to be given shares and data keys.
  verifyCommittee(collaboration);
  return { termsHash, terms, committee: collaboration.committee, events };
}

/**
 * All papers of a secret contract, the program's manifest among them.
 * @throws ProtocolError as {@link knownContract}, and those of fetching a program
 */
export async function collaborationOf(
  ctx: Context,
  known: Known,
): Promise<{ collaboration: Collaboration; manifest: Manifest }> {
  // Earlier committees too: the workers of a new one fetch the program from them, and may not hold it yet.
  const endpoints = await endpointsOf(ctx, workersIn(known.events, known.termsHash));
  const files = await programFiles(ctx, known.terms.program, endpoints);
  const text = fromUtf8(files.manifest, "manifest");
  const collaboration = collaborationFrom(ctx.deployment, known.events, known.termsHash, text);
  verifyProgram(collaboration);
  return { collaboration, manifest: parseManifest(files.manifest) };
}

/**
 * This client's place in the terms: same account, same keys.
 * @throws ProtocolError NOT_A_MEMBER, KEY_MISSING
 */
export async function ownEntry(
  ctx: Context,
  { terms, termsHash }: Pick<Known, "terms" | "termsHash">,
): Promise<{ index: number; member: Member }> {
  const account = await ctx.account();
  const own = publicKeysOf(ctx.keys());
  const index = terms.members.findIndex(
    (member) =>
      member.account === account &&
      member.consentKey === own.consentKey &&
      member.sealingKey === own.sealingKey,
  );
  const member = terms.members[index];
  if (!member) throw new ProtocolError("NOT_A_MEMBER", { account, terms: termsHash });
  return { index, member };
}

/** The committee of a version: the one that sealed a task, which may not be the one in force. */
export const committeeAt = (ctx: Context, known: Known, version: number): Committee =>
  collaborationFrom(ctx.deployment, known.events, known.termsHash, "{}", version).committee;

/** Datasets that may be named in a task: committed, not withdrawn, in chain order. */
export function datasetsIn(events: readonly ChainEvent[]) {
  const withdrawn = new Set(
    select(events, "DatasetWithdrawn").map(({ args }) => `${args.member}/${args.dataset}`),
  );
  return select(events, "DatasetCommitted").map(({ args }) => ({
    member: args.member,
    table: args.table,
    dataset: args.dataset,
    epoch: args.epoch,
    chunks: args.chunks,
    withdrawn: withdrawn.has(`${args.member}/${args.dataset}`),
  }));
}
