/** A worker, as its operator and everybody else may see it: due work, jobs, memory, evidence, earnings. @module */
import { useCallback } from "react";
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { duration, size } from "../../sdk/units.ts";
import { workerView, type WorkerView } from "../../sdk/worker-view.ts";
import { Amount } from "../parts/amount.tsx";
import { Badge } from "../parts/badge.tsx";
import { Facts } from "../parts/facts.tsx";
import { Hash } from "../parts/hash.tsx";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Shown } from "../parts/shown.tsx";
import { Table } from "../parts/table.tsx";
import { short, visible } from "../parts/text.ts";
import { Until } from "../parts/until.tsx";
import { useLoad } from "../state/load.ts";
import { useSession } from "../state/session.tsx";

export function Worker({ worker }: { worker: Hex }) {
  const { client, ctx } = useSession();
  const load = useCallback(async () => {
    const registered = (await client.worker.list()).find(({ id }) => id === worker);
    if (!registered) throw new ProtocolError("NOT_FOUND", { what: "worker", name: worker });
    const [view, earned] = await Promise.all([
      workerView(ctx, client, registered),
      client.vault.balance(registered.operator),
    ]);
    return { view, earned };
  }, [client, ctx, worker]);
  const loaded = useLoad(load, true);
  return (
    <Page title="Worker">
      <Shown of={loaded} what="the worker">
        {({ view, earned }) => <Seen view={view} earned={earned} />}
      </Shown>
    </Page>
  );
}

function Seen({ view, earned }: { view: WorkerView; earned: bigint }) {
  const { status } = view;
  return (
    <>
      <Facts
        of={[
          ["Worker", <Hash key="id" value={view.worker} what="worker" />],
          ["Address", <code key="at">{view.endpoint}</code>],
          ["Operator", <Hash key="operator" value={view.operator} what="operator" />],
          ["Code (measurement)", <Hash key="code" value={view.measurement} what="measurement" />],
          [
            "Protection",
            view.protection === "hardware" ? (
              <Badge key="p" tone="good">
                hardware
              </Badge>
            ) : (
              <Badge
                key="p"
                tone="bad"
              >{`${view.protection.toUpperCase()}: protects nothing from its operator`}</Badge>
            ),
          ],
          ["Evidence good until", <Until key="until" time={view.validUntil} />],
          [
            "Evidence, checked here",
            view.fault === undefined ? "genuine, and you trust its code" : view.fault,
          ],
          ["Answers", view.answers ? "yes" : "NO: it is silent"],
          ["Operator's earnings in the vault", <Amount key="earned" units={earned} />],
        ]}
      />
      {status && (
        <>
          <h2>What it does</h2>
          <Facts
            of={[
              ["Version", visible(status.version)],
              ["Block it has read", `${status.chain.block} of ${status.chain.head}`],
              [
                "Datasets held",
                `${status.datasets.count}, ${size(status.datasets.bytes)} of ciphertext`,
              ],
              ["Draining", status.draining ? "yes: it takes no new task" : "no"],
              ...(status.evidence
                ? [["Evidence left", duration(status.evidence.secondsLeft)] as const]
                : []),
            ]}
          />
          <Table
            caption="Jobs by state"
            head={["state", "jobs"]}
            rows={Object.entries(status.jobs).map(([state, jobs]) => [visible(state), jobs])}
            empty="No job yet."
          />
          <Table
            caption="What is due, the soonest first"
            head={["task", "what", "by"]}
            rows={(status.due ?? []).map(({ task, what, by }) => [
              <Link key="task" to={{ page: "task", task }}>
                {short(task)}
              </Link>,
              what === "seal" ? "seal it" : "put the result on chain",
              <Until key="by" time={by} />,
            ])}
            empty="Nothing is due."
          />
        </>
      )}
      <Operate view={view} />
    </>
  );
}

/** A worker takes orders on its own machine only: a remote switch would be one more key to lose. */
function Operate({ view }: { view: WorkerView }) {
  return (
    <>
      <h2>For its operator</h2>
      <p>A worker takes orders on its own machine only. There, with its home:</p>
      <Facts
        of={[
          ["Status and memory", <code key="s">cloister worker status --home HOME</code>],
          [
            "Take no new task, then end",
            <code key="d">cloister worker drain --home HOME --wait</code>,
          ],
          ["Fresh evidence", <code key="r">cloister worker renew --home HOME</code>],
          ["Metrics", <code key="m">{`${view.endpoint.replace(/\/$/, "")}/metrics`}</code>],
        ]}
      />
    </>
  );
}
