/** A contribution that has arrived, and the file that says so. @module */
import { useCallback } from "react";
import type { Contributed } from "../../../sdk/dataset.ts";
import { size } from "../../../sdk/units.ts";
import { Act } from "../../parts/act.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Problem } from "../../parts/problem.tsx";
import { saveFile } from "../../parts/save.ts";
import { count, plainName } from "../../parts/text.ts";

interface SentProps {
  readonly contributed: Contributed;
  readonly table: string;
  readonly file: string;
}

export function Sent({ contributed, table, file }: SentProps) {
  const { terms, dataset, rows, bytes, report, preamble, deliveries } = contributed;
  const holders = deliveries.filter(({ complete }) => complete);
  // Nothing of the rows: what the command line keeps in `datasets/`, and what was said here.
  const save = useCallback(
    async () =>
      saveFile(
        `${dataset}.json`,
        JSON.stringify({
          terms,
          dataset,
          table,
          rows,
          left_out: report.skipped,
          bytes,
          holders: holders.map(({ endpoint }) => endpoint),
          preamble,
        }),
      ),
    [terms, dataset, table, rows, report, bytes, holders, preamble],
  );
  return (
    <div className="done" role="status">
      <p>
        <strong>Arrived.</strong> {count(rows)} rows of {plainName(file)}, sealed to {size(bytes)},
        held by {holders.length} of {deliveries.length} workers. Dataset{" "}
        <Hash value={dataset} what="dataset" />
      </p>
      {report.skipped > 0 && <p>{count(report.skipped)} bad rows were left out.</p>}
      {deliveries.map(({ endpoint, fault }) => fault && <Problem key={endpoint} error={fault} />)}
      <Act label="Save the receipt" quiet run={save} />
    </div>
  );
}
