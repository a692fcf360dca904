/** The audit of one task, done in this page: no account, no keys, only the chain and the workers' public files. @module */
import { useCallback, useState } from "react";
import { Value } from "typebox/value";
import { Type } from "typebox";
import type { OpenedOutput } from "../../../protocol/audit.ts";
import { fromHex, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { Bytes32, BytesHex } from "../../../protocol/schema.ts";
import { renderAuditPage } from "../../report/page.ts";
import type { Audited } from "../../sdk/audit.ts";
import { Act } from "../parts/act.tsx";
import { Drop } from "../parts/drop.tsx";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { saveFile } from "../parts/save.ts";
import { Shown } from "../parts/shown.tsx";
import { useLoad } from "../state/load.ts";
import { useSession } from "../state/session.tsx";
import { Checks } from "./audit/checks.tsx";
import { Verdict } from "./audit/verdict.tsx";

export function Audit({ task }: { task: Hex }) {
  const { reader } = useSession();
  const [opened, setOpened] = useState<OpenedOutput>();
  const [error, setError] = useState<unknown>();
  const load = useCallback(() => reader.audit.task(task, opened), [reader, task, opened]);
  const audited = useLoad(load);
  const take = ([file]: readonly File[]) => {
    setError(undefined);
    if (file) readOpened(file).then(setOpened, setError);
  };
  return (
    <Page title="Audit">
      <p>
        Task <Link to={{ page: "task", task }}>{task.slice(0, 10)}…</Link>. Every signature and hash
        is checked in this page; nobody is believed but the chain&apos;s node.
      </p>
      <Shown of={audited} what="and checking the receipt">
        {({ report, receipt }) => (
          <>
            <Verdict report={report} />
            <Act label="Verify again in my browser" run={async () => audited.again()} />
            <Checks checks={report.checks} />
            <Save report={report} receipt={receipt} {...(opened && { opened })} />
          </>
        )}
      </Shown>
      <h2>Check an output too</h2>
      <Drop
        label="The file a recipient saved for you"
        hint="result-…-opened.json: output and salt, compared with the commitment on chain"
        accept=".json"
        onFiles={take}
      />
      <Problem error={error} />
    </Page>
  );
}

function Save({ report, receipt, opened }: Audited & { readonly opened?: OpenedOutput }) {
  const name = `audit-${report.task.slice(2, 10)}`;
  return (
    <div className="acts">
      <Act
        label="Save the report (JSON)"
        quiet
        run={async () => saveFile(`${name}.json`, json(report))}
      />
      <Act
        label="Save the report to print (HTML)"
        quiet
        run={async () =>
          saveFile(`${name}.html`, renderAuditPage(report, receipt, opened), "text/html")
        }
      />
      <Act
        label="Save the receipt (JSON)"
        quiet
        run={async () => saveFile(`receipt-${report.task.slice(2, 10)}.json`, json(receipt))}
      />
    </div>
  );
}

const json = (what: unknown) => `${JSON.stringify(what, undefined, 2)}\n`;

const OpenedFile = Type.Object(
  { salt: Bytes32, output: BytesHex },
  { additionalProperties: false },
);
/** Bytes of a file; released outputs are far smaller. */
const MOST_BYTES = 64 * 2 ** 20;

/** @throws ProtocolError CONFIG_INVALID */
async function readOpened(file: File): Promise<OpenedOutput> {
  const wrong = (fault: string) =>
    new ProtocolError("CONFIG_INVALID", { file: file.name, faults: [fault] });
  if (file.size > MOST_BYTES) throw wrong("it is too long");
  let value: unknown;
  try {
    value = JSON.parse(await file.text());
  } catch {
    throw wrong("it is not JSON");
  }
  if (!Value.Check(OpenedFile, value)) throw wrong("it holds no salt and output");
  return { salt: fromHex(value.salt, 32), output: fromHex(value.output) };
}
