/** Each check, and what was compared with what. @module */
import type { Check } from "../../../../protocol/audit.ts";
import { faultOf, meaningOf } from "../../../report/words.ts";
import { Badge } from "../../parts/badge.tsx";
import { Table } from "../../parts/table.tsx";
import { visible } from "../../parts/text.ts";

export function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <>
      <h2>Checks</h2>
      <Table
        caption="What was checked"
        head={["check", "outcome", "what was compared"]}
        rows={checks.map((check) => [
          check.name,
          check.ok ? (
            <Badge key="ok" tone="good">
              passed
            </Badge>
          ) : (
            <Badge key="ok" tone="bad">
              failed
            </Badge>
          ),
          <div key="compared">
            <p>{meaningOf(check.name)}</p>
            {!check.ok && <p className="fault">{visible(faultOf(check))}</p>}
            <dl className="facts">
              {Object.entries(check.compared).map(([what, value]) => (
                <div key={what}>
                  <dt>{what}</dt>
                  <dd>
                    <code>{visible(String(value))}</code>
                  </dd>
                </div>
              ))}
            </dl>
          </div>,
        ])}
      />
    </>
  );
}
