/** Home: what waits for me, my collaborations, the workers, the network. @module */
import { useCallback } from "react";
import type { Address } from "../../../protocol/bytes.ts";
import { memberships, todosOf, type Todo } from "../../sdk/todo.ts";
import { Badge } from "../parts/badge.tsx";
import { Hash } from "../parts/hash.tsx";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { Shown } from "../parts/shown.tsx";
import { Table } from "../parts/table.tsx";
import { plainName, short } from "../parts/text.ts";
import { Until } from "../parts/until.tsx";
import { useLoad } from "../state/load.ts";
import { useSession } from "../state/session.tsx";
import { WorkerTable } from "./worker-table.tsx";

export function Home() {
  const { identity, place } = useSession();
  return (
    <Page title="What waits for you">
      {identity ? <Own account={identity.account} /> : <Nobody />}
      <h2>Workers</h2>
      <WorkerTable />
      <h2>Network</h2>
      <p>
        Chain {place.deployment.chainId}, contracts{" "}
        <Hash value={place.deployment.contracts} what="address of the contracts" />, node{" "}
        <code>{new URL(place.rpc).origin}</code>. This page talks to that node and to the workers
        above, and to nobody else.
      </p>
    </Page>
  );
}

function Nobody() {
  return (
    <p>
      Nobody is signed in. <Link to={{ page: "you" }}>Choose an account</Link> to take part;{" "}
      <Link to={{ page: "audits" }}>audit</Link> without one.
    </p>
  );
}

function Own({ account }: { account: Address }) {
  const { ctx } = useSession();
  const load = useCallback(async () => {
    const own = await memberships(ctx, account);
    const todos = await Promise.all(own.map((entry) => todosOf(ctx, entry).catch(keep)));
    return { own, todos: todos.flat() };
  }, [ctx, account]);
  const all = useLoad(load, true);
  return (
    <Shown of={all} what="your collaborations">
      {({ own, todos }) => (
        <>
          <Todos all={todos} />
          <h2>Your collaborations</h2>
          <Table
            caption="Secret contracts this account is a member of"
            head={["name", "you are", "state"]}
            rows={own.map(({ terms, content, status, member }) => [
              <Link key={terms} to={{ page: "contract", terms }}>
                {plainName(content.name)}
              </Link>,
              `member ${member}`,
              status.active ? (
                <Badge tone="good">active</Badge>
              ) : (
                <Badge tone="wait">{`${status.joined.length} of ${content.members.length} joined`}</Badge>
              ),
            ])}
            empty="None yet. Whoever writes the terms needs your card from the page “You”."
          />
        </>
      )}
    </Shown>
  );
}

/** One collaboration that cannot be read must not hide the others. */
const keep = (error: unknown): { readonly fault: unknown }[] => [{ fault: error }];

function Todos({ all }: { all: readonly (Todo | { readonly fault: unknown })[] }) {
  const todos = all.filter((entry) => "what" in entry);
  const faults = all.filter((entry) => "fault" in entry);
  return (
    <>
      {todos.length === 0 ? (
        <p>Nothing waits for you.</p>
      ) : (
        <ul aria-label="To do">
          {todos.map((todo) => (
            <li key={`${todo.what}/${todo.terms}/${todo.task}`}>
              <TodoLine todo={todo} />
            </li>
          ))}
        </ul>
      )}
      {faults.map(({ fault }, at) => (
        <Problem key={at} error={fault} />
      ))}
    </>
  );
}

function TodoLine({ todo }: { todo: Todo }) {
  const { what, terms, name, task, until } = todo;
  const where = plainName(name);
  const line = {
    join: <Link to={{ page: "contract", terms }}>Read and join “{where}”</Link>,
    contribute: <Link to={{ page: "contribute", terms }}>Contribute data to “{where}”</Link>,
    consent: task && (
      <Link to={{ page: "task", task }}>Consent to a task of “{where}”, or not</Link>
    ),
    fetch: task && (
      <Link to={{ page: "result", task }}>
        Open a result of “{where}” ({short(task)})
      </Link>
    ),
  }[what];
  return (
    <>
      {line}
      {until !== undefined && (
        <>
          , until <Until time={until} />
        </>
      )}
    </>
  );
}
