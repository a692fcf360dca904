/** A member's share of the contract secret: 32 random bytes that only the committee's enclaves and the member itself can open. @module */
import { fromHex, toHex, type Hex } from "../../protocol/bytes.ts";
import {
  commitShare,
  shareContext,
  unwrapSecret,
  wrapSecret,
} from "../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { select } from "../../protocol/events.ts";
import type { Join } from "../../protocol/schema.ts";
import { digestOf, signDigest } from "../../protocol/typed-data.ts";
import type { Known } from "./collaboration.ts";
import type { Context } from "./context.ts";
import { publicKeysOf } from "./keys.ts";
import { transact } from "./transact.ts";

export const newShare = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

/** The share sealed to each worker of the committee in force, then to its owner, and signed. */
export function sealShare(ctx: Context, known: Known, member: number, share: Uint8Array): Join {
  const { terms, termsHash, committee } = known;
  const context = shareContext(termsHash, member);
  const readers = [
    ...committee.workers.map((worker) => worker.sealingKey),
    publicKeysOf(ctx.keys()).sealingKey,
  ];
  const body = {
    member,
    committeeVersion: committee.version,
    shareCommitment: commitShare(termsHash, member, share) as Hex,
    wraps: readers.map((reader) => toHex(wrapSecret(reader, share, context))),
  };
  const digest = digestOf(ctx.deployment, "Join", { ...body, terms });
  return { ...body, signature: ctx.keys().consentKey.use((key) => signDigest(key, digest)) };
}

/**
 * The share this member sealed to itself when it joined.
 * @throws ProtocolError NOT_FOUND when it never joined, CANNOT_OPEN, HASH_MISMATCH
 */
export function openOwnShare(ctx: Context, known: Known, member: number): Uint8Array {
  const { termsHash, events } = known;
  const joined = select(events, "MemberJoined").find(({ args }) => args.member === member)?.args;
  const own = joined?.wraps.at(-1);
  if (!joined || !own)
    throw new ProtocolError("NOT_FOUND", { what: "share of member", name: String(member) });
  const share = ctx
    .keys()
    .sealingKey.use((key) =>
      unwrapSecret(key, fromHex(own), shareContext(termsHash, member), "own share"),
    );
  const actual = commitShare(termsHash, member, share);
  if (actual !== joined.shareCommitment)
    throw new ProtocolError("HASH_MISMATCH", {
      what: "own share",
      expected: joined.shareCommitment,
      actual,
    });
  return share;
}

/** Puts a sealed share on chain. */
export async function sendShare(
  ctx: Context,
  verb: "join" | "reshare",
  known: Known,
  sealed: Join,
) {
  const { member, shareCommitment, wraps, signature } = sealed;
  await transact(ctx, `contract.${verb}`, (to) =>
    to.secretContracts[verb](known.termsHash, member, shareCommitment, wraps, signature),
  );
}
