/** Everything of one kind that a deployment ever saw: for lists that people look through. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { decodeLog, select, topicOf, type EventName, type EventOf } from "../../protocol/events.ts";
import type { Context } from "./context.ts";

/** Events of one name, in chain order. */
export async function allEvents<N extends EventName>(
  ctx: Context,
  contract: "programRegistry" | "secretContracts" | "taskManager",
  name: N,
): Promise<EventOf<N>[]> {
  const { addresses } = await ctx.contracts();
  const logs = await ctx.logs({ address: addresses[contract], topics: [topicOf(name)] });
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

/** Every task that was ever proposed, in chain order. */
export async function allTasks(
  ctx: Context,
): Promise<{ readonly task: Hex; readonly functionName: string; readonly block: number }[]> {
  const events = await allEvents(ctx, "taskManager", "TaskProposed");
  return events.map(({ args, block }) => ({
    task: args.taskId,
    functionName: args.task.functionName,
    block,
  }));
}
