/** Released classes: how many rows fall into each, and how well that was predicted. @module */
import { useCallback } from "react";
import type { Hex } from "../../../../protocol/bytes.ts";
import { heldOutIn } from "../../../report/released.ts";
import { Act } from "../../parts/act.tsx";
import { saveFile } from "../../parts/save.ts";
import { Table } from "../../parts/table.tsx";
import { count, percent, plainName } from "../../parts/text.ts";
import { csvOf } from "./files.ts";
import { Matrix } from "./matrix.tsx";

interface ClassesProps {
  readonly classes: readonly { readonly label: string; readonly rows: number }[];
  readonly value: unknown;
  readonly task: Hex;
}

export function Classes({ classes, value, task }: ClassesProps) {
  const most = Math.max(1, ...classes.map(({ rows }) => rows));
  const total = classes.reduce((sum, { rows }) => sum + rows, 0);
  const heldOut = heldOutIn(value);
  const save = useCallback(
    async () =>
      saveFile(
        `classes-${task.slice(2, 10)}.csv`,
        csvOf([["class", "rows"], ...classes.map(({ label, rows }) => [label, rows])]),
        "text/csv",
      ),
    [classes, task],
  );
  return (
    <>
      <h2>Classes</h2>
      <Table
        caption="Rows in each class"
        head={["class", "rows", "share", "as a bar"]}
        rows={classes.map(({ label, rows }) => [
          plainName(label),
          count(rows),
          percent(rows, total),
          <div
            key="bar"
            className="bar"
            aria-hidden="true"
            style={{ width: `${(140 * rows) / most}px` }}
          />,
        ])}
      />
      <Act label="Save CSV" quiet run={save} />
      {heldOut && <Matrix heldOut={heldOut} />}
    </>
  );
}
