/** Whether each worker is what it says: its evidence, verified in this page against the measurements one trusts. @module */
import { useCallback } from "react";
import type { RegisteredWorker } from "../../../sdk/worker.ts";
import { Badge } from "../../parts/badge.tsx";
import { Tick } from "../../parts/choice.tsx";
import { Problem } from "../../parts/problem.tsx";
import { Table } from "../../parts/table.tsx";
import { useLoad } from "../../state/load.ts";
import { useSession } from "../../state/session.tsx";

export function Committee({ workers }: { workers: readonly RegisteredWorker[] }) {
  const { trusted, trust, acceptSimulated, setAcceptSimulated } = useSession();
  const measurements = [...new Set(workers.map(({ keys }) => keys.measurement))];
  const simulated = workers.some(({ protection }) => protection !== "hardware");
  return (
    <section aria-label="Evidence">
      <h2>Is it proven who computes?</h2>
      <p>
        This page checks each worker&apos;s evidence itself. What it cannot know is which code you
        trust: compare the measurement with one from a source you read (
        <code>cloister worker measurement</code>), or that somebody you believe gave you.
      </p>
      {measurements.map((measurement) => (
        <Tick
          key={measurement}
          label={
            <>
              I trust the code with measurement <code>{measurement}</code>
            </>
          }
          checked={trusted.includes(measurement)}
          onChange={(yes) => trust(measurement, yes)}
        />
      ))}
      {simulated && (
        <Tick
          label="I accept that the operators of simulated workers can read every row I contribute"
          checked={acceptSimulated}
          onChange={setAcceptSimulated}
        />
      )}
      <Table
        caption="Evidence, verified in this page"
        head={["worker", "operator", "evidence"]}
        rows={workers.map((worker) => [
          <code key="at">{worker.endpoint}</code>,
          <code key="operator">{worker.operator.slice(0, 10)}…</code>,
          <Evidence key="evidence" worker={worker} />,
        ])}
      />
    </section>
  );
}

function Evidence({ worker }: { worker: RegisteredWorker }) {
  const { client } = useSession();
  const checked = useLoad(useCallback(() => client.worker.verify(worker.id), [client, worker.id]));
  if (checked.error !== undefined) return <Problem error={checked.error} />;
  if (!checked.value) return <Badge tone="wait">checking</Badge>;
  return (
    <Badge tone="good">
      {checked.value.protection === "hardware"
        ? "genuine, on hardware"
        : "genuine, and SIMULATED: it protects nothing from its operator"}
    </Badge>
  );
}
