/** The questions asked so far. @module */
import { useCallback } from "react";
import type { Hex } from "../../../../protocol/bytes.ts";
import { Link } from "../../parts/link.tsx";
import { Shown } from "../../parts/shown.tsx";
import { Table } from "../../parts/table.tsx";
import { short } from "../../parts/text.ts";
import { useLoad } from "../../state/load.ts";
import { useSession } from "../../state/session.tsx";
import { StateBadge } from "../state-badge.tsx";

export function Tasks({ terms }: { terms: Hex }) {
  const { reader } = useSession();
  const tasks = useLoad(
    useCallback(() => reader.task.list(terms), [reader, terms]),
    true,
  );
  return (
    <>
      <h2>Tasks</h2>
      <Shown of={tasks} what="the tasks">
        {(all) => (
          <Table
            caption="The latest first"
            head={["task", "state", "result", "audit"]}
            rows={all.toReversed().map(({ taskId, state }) => [
              <Link key="task" to={{ page: "task", task: taskId }}>
                {short(taskId)}
              </Link>,
              <StateBadge key="state" state={state} />,
              state === "finalized" ? (
                <Link key="result" to={{ page: "result", task: taskId }}>
                  Result
                </Link>
              ) : (
                ""
              ),
              <Link key="audit" to={{ page: "audit", task: taskId }}>
                Audit
              </Link>,
            ])}
          />
        )}
      </Shown>
    </>
  );
}
