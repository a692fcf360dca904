/** Predicted classes of one's own points, in the order of one's file; with the file, on a map. @module */
import { lazy, Suspense, useMemo, useState } from "react";
import type { Hex } from "../../../../protocol/bytes.ts";
import { papersOf } from "../../../sdk/papers.ts";
import { readTable } from "../../../sdk/csv.ts";
import { colourOf } from "../../map/colours.ts";
import { Drop } from "../../parts/drop.tsx";
import { placesOf, type Point } from "../../places.ts";
import { Problem } from "../../parts/problem.tsx";
import { Table } from "../../parts/table.tsx";
import { plainName } from "../../parts/text.ts";
import { useSession, type Session } from "../../state/session.tsx";

const PointMap = lazy(async () => ({ default: (await import("../../map/points.tsx")).PointMap }));

export function Predictions({ predictions, task }: { predictions: readonly string[]; task: Hex }) {
  const { ctx } = useSession();
  const [points, setPoints] = useState<readonly Point[]>();
  const [error, setError] = useState<unknown>();
  const groups = useMemo(() => {
    const labels = [...new Set(predictions)].toSorted();
    return predictions.map((label) => labels.indexOf(label));
  }, [predictions]);
  const take = ([file]: readonly File[]) => {
    setError(undefined);
    if (file) ownPoints(ctx, task, file, predictions.length).then(setPoints, setError);
  };
  return (
    <>
      <h2>Your points</h2>
      <Drop
        label="The CSV you asked with, to see it on a map"
        hint="It stays on this machine."
        accept=".csv,text/csv"
        onFiles={take}
      />
      <Problem error={error} />
      {points && (
        <Suspense fallback={<p className="soft">Loading the map …</p>}>
          <PointMap
            points={points}
            groups={groups}
            label="Map of your points, coloured by predicted class; the table has the same"
          />
        </Suspense>
      )}
      <Table
        caption="Predicted classes, in the order of your file"
        head={["row", "class"]}
        rows={predictions.map((label, at) => [
          at + 1,
          <span key="label">
            <span
              className="swatch"
              aria-hidden="true"
              style={{ background: colourOf(groups[at] ?? 0) }}
            />
            {plainName(label)}
          </span>,
        ])}
      />
    </>
  );
}

/** The file's points in degrees, when there are as many as answers. */
async function ownPoints(
  ctx: Session["ctx"],
  task: Hex,
  file: File,
  expected: number,
): Promise<readonly Point[]> {
  const { manifest, question } = await papersOf(ctx, task);
  const spec = manifest.functions[question.task.functionName]?.privateTable;
  if (!spec) return [];
  const { table } = await readTable(spec, file, { minRows: 1 });
  return table.rows === expected ? placesOf(spec, table) : [];
}
