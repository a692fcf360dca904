/** All tasks of the deployment, each verified in this page. @module */
import { useCallback } from "react";
import type { Hex } from "../../../protocol/bytes.ts";
import { allTasks } from "../../sdk/lists.ts";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { problemOf } from "../parts/problem.tsx";
import { Shown } from "../parts/shown.tsx";
import { Table } from "../parts/table.tsx";
import { plainName, short } from "../parts/text.ts";
import { useLoad } from "../state/load.ts";
import { useSession } from "../state/session.tsx";
import { outcomeOf, OutcomeBadge } from "./audit/verdict.tsx";

/** Verified at once; a page that shows thousands would only keep a node busy. */
const SHOWN = 50;

export function Audits() {
  const { ctx } = useSession();
  const tasks = useLoad(
    useCallback(() => allTasks(ctx), [ctx]),
    true,
  );
  return (
    <Page title="Audit">
      <p>
        Every task on these contracts, the latest first, verified in this page: signatures, hashes,
        consents, evidence, results, and what the chain recorded. You need no account for it.
      </p>
      <Shown of={tasks} what="the tasks">
        {(all) => (
          <>
            <Table
              caption={`Tasks${all.length > SHOWN ? `, the latest ${SHOWN} of ${all.length}` : ""}`}
              head={["task", "function", "block", "audit"]}
              rows={all
                .toReversed()
                .slice(0, SHOWN)
                .map(({ task, functionName, block }) => [
                  <Link key="task" to={{ page: "audit", task }}>
                    {short(task)}
                  </Link>,
                  plainName(functionName),
                  block,
                  <Outcome key={task} task={task} />,
                ])}
              empty="No task was ever proposed here."
            />
          </>
        )}
      </Shown>
    </Page>
  );
}

function Outcome({ task }: { task: Hex }) {
  const { reader } = useSession();
  const audited = useLoad(useCallback(() => reader.audit.task(task), [reader, task]));
  if (audited.value) return <OutcomeBadge outcome={outcomeOf(audited.value.report)} />;
  if (audited.error === undefined) return <span className="soft">checking …</span>;
  return (
    <>
      <OutcomeBadge outcome="unverifiable" />{" "}
      <span className="soft">{problemOf(audited.error).code}</span>
    </>
  );
}
