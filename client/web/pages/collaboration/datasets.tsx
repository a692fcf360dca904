/** Who contributed what: of a dataset the chain knows its hash and its size. @module */
import { useCallback } from "react";
import type { Hex } from "../../../../protocol/bytes.ts";
import type { Subject } from "../../../sdk/words.ts";
import { Act } from "../../parts/act.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Hash } from "../../parts/hash.tsx";
import { Shown } from "../../parts/shown.tsx";
import { Table } from "../../parts/table.tsx";
import { plainName, visible } from "../../parts/text.ts";
import { useLoad } from "../../state/load.ts";
import { useSession } from "../../state/session.tsx";

interface DatasetsProps {
  readonly terms: Hex;
  readonly known: Subject;
  /** Index of the person at the page; -1 for a stranger. */
  readonly own: number;
}

export function Datasets({ terms, known, own }: DatasetsProps) {
  const { reader, identity } = useSession();
  const load = useCallback(() => reader.dataset.list(terms), [reader, terms]);
  const datasets = useLoad(load, true);
  return (
    <>
      <h2>Data</h2>
      <Shown of={datasets} what="the datasets">
        {(all) => (
          <Table
            caption="Sealed tables; nobody but the workers' enclaves opens them"
            head={["member", "table", "dataset", "size", "state"]}
            rows={all.map(({ member, table, dataset, chunks, withdrawn }) => [
              memberName(known, member),
              plainName(known.manifest.tables[table]?.name ?? String(table)),
              <Hash key="dataset" value={dataset} what="dataset" />,
              `${chunks} MiB at most`,
              withdrawn ? (
                <Badge key="state" tone="plain">
                  withdrawn
                </Badge>
              ) : member === own && identity?.keys ? (
                <Withdraw key="state" terms={terms} dataset={dataset} />
              ) : (
                ""
              ),
            ])}
          />
        )}
      </Shown>
    </>
  );
}

export const memberName = ({ terms, names }: Pick<Subject, "terms" | "names">, member: number) =>
  `${member}: ${visible(names(terms.members[member]?.account ?? "nobody"))}`;

function Withdraw({ terms, dataset }: { terms: Hex; dataset: Hex }) {
  const { client } = useSession();
  const run = useCallback(
    async () => void (await client.dataset.withdraw(terms, dataset)),
    [client, terms, dataset],
  );
  return <Act label="Withdraw" quiet run={run} />;
}
