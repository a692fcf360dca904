/** Everything of one kind that a deployment ever saw: for lists that people look through. @module */
import { decodeLog, select, topicOf, type EventName, type EventOf } from "../../protocol/events.ts";
import type { Context } from "../sdk/context.ts";

/** Events of one name, in chain order. */
export async function allEvents<N extends EventName>(
  ctx: Context,
  contract: "programRegistry" | "secretContracts",
  name: N,
): Promise<EventOf<N>[]> {
  const { addresses } = await ctx.contracts();
  const filter = { address: addresses[contract], topics: [topicOf(name)], fromBlock: 0 };
  const logs = await ctx.provider.getLogs(filter);
  return select(
    logs.flatMap((log) => decodeLog(log) ?? []),
    name,
  );
}

/** Names of accounts; an account without one is called by its address. */
export type Names = (account: string) => string;

export function namesFrom(parties: readonly { account: string; name: string }[]): Names {
  const names = new Map(parties.map(({ account, name }) => [account, name]));
  return (account) => {
    const name = names.get(account);
    return name === undefined ? account : `${name} (${account})`;
  };
}
