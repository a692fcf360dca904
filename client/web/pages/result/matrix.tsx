/** The confusion matrix on rows held out. @module */
import type { HeldOut } from "../../../report/released.ts";
import { Table } from "../../parts/table.tsx";
import { count, percent, plainName } from "../../parts/text.ts";

export function Matrix({ heldOut }: { heldOut: HeldOut }) {
  const { rows, accuracy, labels, matrix } = heldOut;
  return (
    <>
      <h2>How good is it?</h2>
      <p>
        {percent(accuracy, 1)} of {count(rows)} rows that were held out got their true class.
      </p>
      {labels.length > 0 && (
        <Table
          caption="Confusion matrix: a line for each true class, a column for each predicted one"
          head={["truly", ...labels.map((label, at) => `${plainName(label)} (${at + 1})`)]}
          rows={matrix.map((line, at) => [
            <strong key="label">
              {plainName(labels[at] ?? "")} ({at + 1})
            </strong>,
            ...line.map((entry, column) =>
              column === at ? <strong key={column}>{count(entry)}</strong> : count(entry),
            ),
          ])}
        />
      )}
    </>
  );
}
