/** Changing the committee: every member signs, the votes travel as plain data, anyone puts them on chain. @module */
import { Type, type Static } from "typebox";
import type { Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { canonicalJson } from "../../protocol/json.ts";
import type { Collaboration } from "../../protocol/receipt.ts";
import { Bytes32, Committee, SignatureHex, type CommitteeWorker } from "../../protocol/schema.ts";
import { digestOf, expectSigner, signDigest } from "../../protocol/typed-data.ts";
import { knownContract, ownEntry, type Known } from "./collaboration.ts";
import type { Context } from "./context.ts";
import { openOwnShare, sealShare, sendShare } from "./share.ts";
import { transact } from "./transact.ts";
import { verifyCommitteeWorkers } from "./worker.ts";

/** One member's yes to a new committee; travels as plain data. */
export const CommitteeVote = Type.Object(
  {
    terms: Bytes32,
    committee: Committee,
    member: Type.Integer({ minimum: 0, maximum: 31 }),
    signature: SignatureHex,
  },
  { additionalProperties: false },
);
export type CommitteeVote = Static<typeof CommitteeVote>;

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
 * The one committee that all of these votes name, and whose votes are missing.
 * @throws ProtocolError TERMS_INVALID without votes or for another version than the next, HASH_MISMATCH when votes differ,
 * NOT_FOUND for no member, SIGNATURE_INVALID
 */
export async function countVotes(
  ctx: Context,
  known: Known,
  votes: readonly CommitteeVote[],
): Promise<{ committee: Committee; voted: number[]; missing: number[] }> {
  const [first] = votes;
  if (!first) throw new ProtocolError("TERMS_INVALID", { what: "no votes" });
  const { terms, termsHash } = known;
  const { committee } = first;
  const wanted = canonicalJson({ terms: termsHash, committee });
  const next = known.committee.version + 1;
  if (committee.version !== next)
    throw new ProtocolError("TERMS_INVALID", {
      what: `votes for committee ${committee.version}, the next one is ${next}`,
    });
  const digest = digestOf(ctx.deployment, "CommitteeChange", { terms: termsHash, committee });
  for (const vote of votes) {
    const actual = canonicalJson({ terms: vote.terms, committee: vote.committee });
    if (actual !== wanted)
      throw new ProtocolError("HASH_MISMATCH", { what: "committee", expected: wanted, actual });
    const key = terms.members[vote.member]?.consentKey;
    if (!key) throw new ProtocolError("NOT_FOUND", { what: "member", name: String(vote.member) });
    expectSigner(`the vote of member ${vote.member}`, digest, vote.signature, key);
  }
  const voted = [...new Set(votes.map(({ member }) => member))].toSorted((a, b) => a - b);
  const missing = terms.members.keys().filter((member) => !voted.includes(member));
  return { committee, voted, missing: [...missing] };
}

/**
 * Puts a new committee in force with every member's vote; members then `reshare`, contributors `dataset.rewrap`.
 * @throws ProtocolError CONSENT_MISSING, those of {@link countVotes}, TRANSACTION_FAILED
 */
async function changeCommittee(ctx: Context, votes: readonly CommitteeVote[]): Promise<void> {
  const [first] = votes;
  if (!first) throw new ProtocolError("TERMS_INVALID", { what: "no votes" });
  const known = await knownContract(ctx, first.terms);
  const { committee, missing } = await countVotes(ctx, known, votes);
  const [member] = missing;
  if (member !== undefined)
    throw new ProtocolError("CONSENT_MISSING", { member, task: "change of committee" });
  const signatures = known.terms.members.map(
    (_, index) => votes.find((vote) => vote.member === index)?.signature as Hex,
  );
  await transact(ctx, "contract.changeCommittee", (to) =>
    to.secretContracts.changeCommittee(first.terms, committee, signatures),
  );
}

/** Members whose share the workers of this committee do not have. */
export const unsharedIn = ({ terms, joins }: Collaboration): number[] =>
  [...terms.members.keys()].filter((at) => !joins.some(({ member }) => member === at));

/** After a change of committee: seals the same share to the new workers. @throws ProtocolError as {@link join} */
async function reshare(ctx: Context, termsHash: Hex): Promise<void> {
  const known = await knownContract(ctx, termsHash);
  const { index } = await ownEntry(ctx, known);
  await verifyCommitteeWorkers(ctx, known.committee.workers, known.terms);
  const share = openOwnShare(ctx, known, index);
  await sendShare(ctx, "reshare", known, sealShare(ctx, known, index, share));
}

export const committeeVerbs = { voteCommittee, changeCommittee, reshare };
