/** Contributing: a file is dropped, checked, sealed and brought to the workers, all of it from this page. @module */
import { useCallback, useState } from "react";
import type { Hex } from "../../../protocol/bytes.ts";
import { subjectOf } from "../../sdk/subject.ts";
import type { Subject } from "../../sdk/words.ts";
import { parsePolicy } from "../../../protocol/policy.ts";
import { Choice } from "../parts/choice.tsx";
import { Drop } from "../parts/drop.tsx";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Shown } from "../parts/shown.tsx";
import { plainName } from "../parts/text.ts";
import { useLoad } from "../state/load.ts";
import { useSession, type Identity } from "../state/session.tsx";
import { Committee } from "./collaboration/committee.tsx";
import { Check } from "./contribute/check.tsx";
import { Pending } from "./contribute/pending.tsx";

export function Contribute({ terms }: { terms: Hex }) {
  const { reader, identity } = useSession();
  const subject = useLoad(useCallback(() => subjectOf(reader, terms), [reader, terms]));
  return (
    <Page title="Contribute data">
      <Shown of={subject} what="the terms">
        {(known) => (
          <>
            <p>
              For <Link to={{ page: "contract", terms }}>{plainName(known.terms.name)}</Link>. The
              file is read, checked and sealed in this page; only ciphertext leaves it.
            </p>
            {identity?.keys ? (
              <Steps terms={terms} known={known} identity={identity} />
            ) : (
              <p>
                Your keys are locked. <Link to={{ page: "you" }}>Unlock them first.</Link>
              </p>
            )}
          </>
        )}
      </Shown>
    </Page>
  );
}

interface StepsProps {
  readonly terms: Hex;
  readonly known: Subject;
  readonly identity: Identity;
}

function Steps({ terms, known, identity }: StepsProps) {
  const { tables } = known.manifest;
  const [table, setTable] = useState(tables[0]?.name ?? "");
  const [file, setFile] = useState<{ readonly file: File; readonly number: number }>();
  const spec = tables.find(({ name }) => name === table);
  const { maxClasses } = parsePolicy(known.terms.policy);
  return (
    <>
      <Pending terms={terms} account={identity.account} />
      <Committee workers={known.workers} />
      <h2>The file</h2>
      <Choice
        label="Table"
        value={table}
        onChange={(name) => {
          setTable(name);
          setFile(undefined);
        }}
        options={tables.map(({ name }) => ({ value: name, label: plainName(name) }))}
      />
      {spec && (
        <>
          <p className="soft">
            Columns:{" "}
            {spec.columns
              .map(({ name, unit, optional }) =>
                [plainName(name), unit && `in ${unit}s`, optional && "(optional)"]
                  .filter(Boolean)
                  .join(" "),
              )
              .join(", ")}
            . Others are left out.
          </p>
          <Drop
            label="Drop a CSV file here, or choose one"
            hint="Up to a gigabyte and more; the first row names the columns."
            accept=".csv,text/csv"
            onFiles={([dropped]) =>
              dropped && setFile((last) => ({ file: dropped, number: (last?.number ?? 0) + 1 }))
            }
          />
          {file && (
            <Check
              key={`${table}/${file.number}`}
              terms={terms}
              spec={spec}
              maxClasses={maxClasses}
              file={file.file}
              identity={identity}
            />
          )}
        </>
      )}
    </>
  );
}
