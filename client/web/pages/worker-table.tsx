/** All registered workers: where, whose, which code, how well protected, until when. @module */
import { useCallback } from "react";
import { Badge } from "../parts/badge.tsx";
import { Hash } from "../parts/hash.tsx";
import { Link } from "../parts/link.tsx";
import { Shown } from "../parts/shown.tsx";
import { Table } from "../parts/table.tsx";
import { Until } from "../parts/until.tsx";
import { useLoad } from "../state/load.ts";
import { useSession } from "../state/session.tsx";

export function WorkerTable() {
  const { reader } = useSession();
  const workers = useLoad(useCallback(() => reader.worker.list(), [reader]));
  return (
    <Shown of={workers} what="the registered workers">
      {(all) => (
        <Table
          caption="Registered workers, by the chain"
          head={["worker", "address", "code (measurement)", "protection", "evidence good until"]}
          rows={all.map((worker) => [
            <Link key={worker.id} to={{ page: "worker", worker: worker.id }}>
              {worker.id.slice(0, 10)}…
            </Link>,
            <code key="at">{worker.endpoint}</code>,
            <Hash key="code" value={worker.keys.measurement} what="measurement" />,
            worker.protection === "hardware" ? (
              <Badge tone="good">hardware</Badge>
            ) : (
              <Badge tone="bad">{worker.protection.toUpperCase()}</Badge>
            ),
            <Until key="until" time={worker.validUntil} />,
          ])}
          empty="No worker is registered."
        />
      )}
    </Shown>
  );
}
