/** Changing the committee: every member signs, the votes travel as plain data, anyone puts them on chain. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { canonicalJson } from "../../protocol/json.ts";
import type { Committee, CommitteeWorker } from "../../protocol/schema.ts";
import { digestOf, signDigest } from "../../protocol/typed-data.ts";
import { knownContract, ownEntry } from "./collaboration.ts";
import type { Context } from "./context.ts";
import { openOwnShare, sealShare, sendShare } from "./share.ts";
import { transact } from "./transact.ts";
import { verifyCommitteeWorkers } from "./worker.ts";

/** One member's yes to a new committee; travels as plain data. */
export interface CommitteeVote {
  readonly terms: Hex;
  readonly committee: Committee;
  readonly member: number;
  readonly signature: Hex;
}

/**
 * Signs a new committee, after verifying every worker in it.
 * @throws ProtocolError NOT_A_MEMBER, those of `worker.verify`
 */
async function voteCommittee(
  ctx: Context,
  termsHash: Hex,
  next: { readonly workers: readonly CommitteeWorker[]; readonly threshold: number },
): Promise<CommitteeVote> {
  const known = await knownContract(ctx, termsHash);
  const { index: member } = await ownEntry(ctx, known);
  await verifyCommitteeWorkers(ctx, next.workers, known.terms);
  const committee: Committee = {
    version: known.committee.version + 1,
    threshold: next.threshold,
    workers: [...next.workers],
  };
  const digest = digestOf(ctx.deployment, "CommitteeChange", { terms: termsHash, committee });
  const signature = ctx.keys().consentKey.use((key) => signDigest(key, digest));
  return { terms: termsHash, committee, member, signature };
}

/**
 * Puts a new committee in force with every member's vote; members then `reshare`, contributors `dataset.rewrap`.
 * @throws ProtocolError CONSENT_MISSING, HASH_MISMATCH when votes differ, TRANSACTION_FAILED
 */
async function changeCommittee(ctx: Context, votes: readonly CommitteeVote[]): Promise<void> {
  const [first] = votes;
  if (!first) throw new ProtocolError("TERMS_INVALID", { what: "no votes" });
  const { terms } = await knownContract(ctx, first.terms);
  const wanted = canonicalJson({ terms: first.terms, committee: first.committee });
  const signatures = terms.members.map((_, member) => {
    const vote = votes.find((candidate) => candidate.member === member);
    if (!vote) throw new ProtocolError("CONSENT_MISSING", { member, task: "change of committee" });
    const actual = canonicalJson({ terms: vote.terms, committee: vote.committee });
    if (actual !== wanted)
      throw new ProtocolError("HASH_MISMATCH", { what: "committee", expected: wanted, actual });
    return vote.signature;
  });
  await transact(ctx, "contract.changeCommittee", (to) =>
    to.secretContracts.changeCommittee(first.terms, first.committee, signatures),
  );
}

/** After a change of committee: seals the same share to the new workers. @throws ProtocolError as {@link join} */
async function reshare(ctx: Context, termsHash: Hex): Promise<void> {
  const known = await knownContract(ctx, termsHash);
  const { index } = await ownEntry(ctx, known);
  await verifyCommitteeWorkers(ctx, known.committee.workers, known.terms);
  const share = openOwnShare(ctx, known, index);
  await sendShare(ctx, "reshare", known, sealShare(ctx, known, index, share));
}

export const committeeVerbs = { voteCommittee, changeCommittee, reshare };
