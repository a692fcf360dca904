/** A result: opened in this page, compared with what the workers agreed on, shown as map and table. @module */
import { useCallback, useMemo } from "react";
import { fromUtf8, toHex, type Hex } from "../../../protocol/bytes.ts";
import type { Json } from "../../../protocol/json.ts";
import { parsePolicy } from "../../../protocol/policy.ts";
import { centresIn, classesIn, predictionsIn } from "../../report/released.ts";
import { agreedResult } from "../../sdk/agreed.ts";
import { protections } from "../../../protocol/schema.ts";
import type { Opened } from "../../sdk/result.ts";
import { Act } from "../parts/act.tsx";
import { Hash } from "../parts/hash.tsx";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { saveFile } from "../parts/save.ts";
import { Shown } from "../parts/shown.tsx";
import { visible } from "../parts/text.ts";
import { useLoad } from "../state/load.ts";
import { useSession } from "../state/session.tsx";
import { Centres } from "./result/centres.tsx";
import { Classes } from "./result/classes.tsx";
import { Predictions } from "./result/predictions.tsx";
import { Unknown } from "./result/unknown.tsx";

export function Result({ task }: { task: Hex }) {
  const { identity } = useSession();
  return (
    <Page title="Result">
      {identity?.keys ? (
        <Open task={task} />
      ) : (
        <p>
          Only its recipients can open it. <Link to={{ page: "you" }}>Unlock your keys first.</Link>
        </p>
      )}
    </Page>
  );
}

function Open({ task }: { task: Hex }) {
  const { client, ctx } = useSession();
  const load = useCallback(async () => {
    const opened = await client.result.get(task);
    const { seal } = await agreedResult(ctx, task);
    const { terms } = await client.contract.get(seal.terms);
    return { opened, policy: parsePolicy(terms.policy), protection: seal.protection };
  }, [client, ctx, task]);
  const result = useLoad(load);
  return (
    <Shown of={result} what="the result">
      {({ opened, policy, protection }) => (
        <>
          <p className="banner" role="note">
            Mode {policy.mode}, groups of at least {policy.minCohort} rows of {policy.minParties}{" "}
            members; not differentially private. Protection of the inputs:{" "}
            <strong>{(protections[protection] ?? "none").toUpperCase()}</strong>.
          </p>
          <p>
            Output commitment <Hash value={opened.commitment} what="output commitment" />: the one
            the workers signed. <Link to={{ page: "audit", task }}>Audit it</Link>
          </p>
          <Shapes opened={opened} task={task} />
          <Files opened={opened} task={task} />
        </>
      )}
    </Shown>
  );
}

function Shapes({ opened, task }: { opened: Opened; task: Hex }) {
  // A map is drawn anew when what it gets is another object.
  const { centres, classes, predictions } = useMemo(
    () => ({
      centres: centresIn(opened.value),
      classes: classesIn(opened.value),
      predictions: predictionsIn(opened.value),
    }),
    [opened],
  );
  const known = centres.length + classes.length + predictions.length > 0;
  return (
    <>
      {centres.length > 0 && <Centres centres={centres} task={task} />}
      {classes.length > 0 && <Classes classes={classes} value={opened.value} task={task} />}
      {predictions.length > 0 && <Predictions predictions={predictions} task={task} />}
      {!known && <Unknown text={jsonOf(opened.value)} />}
    </>
  );
}

const jsonOf = (value: Json): string => visible(JSON.stringify(value, undefined, 2));

/** The output as it is, and what an auditor needs to compare it with its commitment. */
function Files({ opened, task }: { opened: Opened; task: Hex }) {
  const name = `result-${task.slice(2, 10)}`;
  const { salt, output } = opened;
  return (
    <div className="acts">
      <Act
        label="Save the output (JSON)"
        quiet
        run={async () => saveFile(`${name}.json`, fromUtf8(output, "output"))}
      />
      <Act
        label="Save it for an auditor, with its salt"
        quiet
        run={async () =>
          saveFile(
            `${name}-opened.json`,
            `${JSON.stringify({ salt: toHex(salt), output: toHex(output) })}\n`,
          )
        }
      />
    </div>
  );
}
