/** A party: an account with a name, and the public keys that terms name. @module */
import type { Address } from "../../protocol/bytes.ts";
import { select } from "../../protocol/events.ts";
import { allAbilities, type Member } from "../../protocol/schema.ts";
import type { Context } from "./context.ts";
import { publicKeysOf } from "./keys.ts";
import { accountEvents } from "./ledger.ts";
import { transact } from "./transact.ts";

/** Gives the account a name for people, 1 to 64 bytes; again, to change it. @throws ProtocolError TRANSACTION_FAILED */
async function register(ctx: Context, name: string): Promise<void> {
  await transact(ctx, "party.register", (to) => to.partyRegistry.register(name));
}

/**
 * This party as a member of terms; whoever writes the terms needs it from every party.
 * @param abilities bits of `abilities` (contribute, request, receive, audit); all by default
 * @throws ProtocolError KEY_MISSING
 */
async function member(ctx: Context, abilities: number = allAbilities): Promise<Member> {
  return { account: await ctx.account(), ...publicKeysOf(ctx.keys()), abilities };
}

/** Names by account, the latest of each. */
async function list(ctx: Context): Promise<{ account: Address; name: string }[]> {
  const events = select(
    await accountEvents(ctx, "partyRegistry", "PartyRegistered"),
    "PartyRegistered",
  );
  const names = new Map(events.map(({ args }) => [args.account, args.name]));
  return [...names].map(([account, name]) => ({ account, name }));
}

export const partyVerbs = { register, member, list };
