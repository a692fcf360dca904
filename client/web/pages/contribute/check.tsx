/** What is in the file: which column is which, which rows are bad; then the choice to send it. @module */
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import type { Hex } from "../../../../protocol/bytes.ts";
import { failures, type ProtocolError } from "../../../../protocol/errors.ts";
import type { TableSpec } from "../../../../protocol/program.ts";
import { errorsCsv } from "../../../sdk/csv.ts";
import { countOf, refusalOf, type Report } from "../../../sdk/reader/faults.ts";
import { size } from "../../../sdk/units.ts";
import { Act } from "../../parts/act.tsx";
import { Tick } from "../../parts/choice.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Problem } from "../../parts/problem.tsx";
import { saveFile } from "../../parts/save.ts";
import { Table } from "../../parts/table.tsx";
import { count, plainName } from "../../parts/text.ts";
import type { Identity } from "../../state/session.tsx";
import { checkInWorker } from "../../state/table-work.ts";
import type { Checked } from "../../workers/table.worker.ts";
import { Send } from "./send.tsx";

const PointMap = lazy(async () => ({ default: (await import("../../map/points.tsx")).PointMap }));

/** Bad rows on the screen; `errors.csv` has the first thousand. */
const SHOWN = 100;

export interface CheckProps {
  readonly terms: Hex;
  readonly spec: TableSpec;
  readonly maxClasses: number;
  readonly file: File;
  readonly identity: Identity;
}

export function Check({ spec, maxClasses, file, ...rest }: CheckProps) {
  const [checked, setChecked] = useState<Checked>();
  const [error, setError] = useState<unknown>();
  const [read, setRead] = useState(0);
  useEffect(() => {
    const call = checkInWorker({ spec, maxClasses, file }, ({ read: bytes }) => setRead(bytes));
    call.output.then(setChecked, setError);
    return () => call.stop();
  }, [spec, maxClasses, file]);
  if (error !== undefined) return <Problem error={error} />;
  if (!checked)
    return (
      <label>
        Checking {plainName(file.name)}, {size(file.size)}
        <progress max={file.size} value={read} />
      </label>
    );
  return <Judged spec={spec} file={file} checked={checked} {...rest} />;
}

function Judged({
  checked: { report, sample },
  file,
  spec,
  ...rest
}: Omit<CheckProps, "maxClasses"> & { readonly checked: Checked }) {
  const [skip, setSkip] = useState(false);
  const refusal = refusalOf(report);
  const enough = report.rows >= 2;
  return (
    <section aria-label="The file">
      <Facts
        of={[
          ["File", `${plainName(file.name)}, ${size(file.size)}`],
          ["Good rows", count(report.rows)],
          ["Bad rows", count(report.skipped)],
          ...Object.entries(report.columns).map(
            ([column, found]) =>
              [`Column ${plainName(column)}`, `is “${plainName(found)}” in the file`] as const,
          ),
        ]}
      />
      {refusal && <BadRows report={report} refusal={refusal} />}
      {refusal && enough && (
        <Tick
          label={`Send only the ${count(report.rows)} good rows, and leave ${count(report.skipped)} out`}
          checked={skip}
          onChange={setSkip}
        />
      )}
      {sample.length > 0 && (
        <Suspense fallback={<p className="soft">Loading the map …</p>}>
          <PointMap
            points={sample}
            label={`Map of ${count(sample.length)} of the rows; it is drawn on this machine only`}
          />
        </Suspense>
      )}
      <Send
        {...rest}
        spec={spec}
        file={file}
        skipInvalid={skip}
        ready={!refusal || (skip && enough)}
      />
    </section>
  );
}

function BadRows({ report, refusal }: { report: Report; refusal: ProtocolError }) {
  const save = useCallback(
    async () => saveFile("errors.csv", errorsCsv(report), "text/csv"),
    [report],
  );
  const more = countOf(report) - Math.min(SHOWN, report.faults.length);
  return (
    <>
      <div className="problem" role="alert">
        <strong>{refusal.code}</strong> {failures[refusal.code].say(refusal.facts as never)}
      </div>
      <Table
        caption={more > 0 ? `Bad rows, and ${count(more)} more` : "Bad rows"}
        head={["row", "column", "code", "what stands there", "why it is refused"]}
        rows={report.faults
          .slice(0, SHOWN)
          .map(({ row, column, code, kind, reason }) => [
            row,
            plainName(column),
            code,
            kind,
            reason,
          ])}
      />
      <Act label="Save errors.csv" quiet run={save} />
    </>
  );
}
