/** What waits for a party, in all its collaborations. @module */
import type { Address, Hex } from "../../protocol/bytes.ts";
import { abilities, type Terms } from "../../protocol/schema.ts";
import { datasetsIn } from "./collaboration.ts";
import type { Context } from "./context.ts";
import { contractEvents } from "./ledger.ts";
import { allEvents } from "./lists.ts";
import { contractStatus, type ContractStatus } from "./status.ts";
import { taskVerbs } from "./task.ts";
import { viewOf } from "./waiting.ts";

/** A secret contract an account is a member of. */
export interface Membership {
  readonly terms: Hex;
  readonly content: Terms;
  readonly status: ContractStatus;
  /** Index of the account among the members. */
  readonly member: number;
}

/** Something that nobody but this party can do. */
export interface Todo {
  readonly what: "join" | "contribute" | "consent" | "fetch";
  readonly terms: Hex;
  /** Name of the secret contract. */
  readonly name: string;
  /** For `consent` and `fetch`. */
  readonly task?: Hex;
  /** Block time in Unix seconds; absent: there is no hurry. */
  readonly until?: number;
}

/** Secret contracts of an account, the latest first. */
export async function memberships(ctx: Context, account: Address): Promise<Membership[]> {
  const created = await allEvents(ctx, "secretContracts", "ContractCreated");
  const own = created.flatMap(({ args: { terms, content } }) => {
    const member = content.members.findIndex((entry) => entry.account === account);
    return member < 0 ? [] : [{ terms, content, member }];
  });
  return Promise.all(
    own
      .toReversed()
      .map(async (entry) => ({ ...entry, status: await contractStatus(ctx, entry.terms) })),
  );
}

/** What waits for a member, in the order in which it can be done. */
export async function todosOf(ctx: Context, membership: Membership): Promise<Todo[]> {
  const { terms, content, status, member } = membership;
  const common = { terms, name: content.name };
  if (!status.joined.includes(member)) return [{ ...common, what: "join", until: status.joinBy }];
  if (!status.active) return [];
  const events = await contractEvents(ctx, terms);
  const may = content.members[member]?.abilities ?? 0;
  const gave = datasetsIn(events).some((entry) => entry.member === member && !entry.withdrawn);
  const todos: Todo[] = [];
  if (!gave && may & abilities.contribute) todos.push({ ...common, what: "contribute" });
  for (const { taskId: task, state } of await taskVerbs.list(ctx, terms)) {
    if (state === "proposed") {
      const { missing, next } = await viewOf(ctx, task);
      if (missing.includes(member))
        todos.push({ ...common, what: "consent", task, ...(next && { until: next.until }) });
    }
    if (state === "finalized") {
      const { recipients } = await viewOf(ctx, task);
      if (recipients.includes(member)) todos.push({ ...common, what: "fetch", task });
    }
  }
  return todos;
}
