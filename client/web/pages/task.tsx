/** A task: what is asked, how far it is, and what one may do about it. @module */
import { useCallback } from "react";
import type { Hex } from "../../../protocol/bytes.ts";
import { timelineOf, type TaskStep } from "../../sdk/timeline.ts";
import type { Asked } from "../../sdk/consent.ts";
import { namesFrom } from "../../sdk/lists.ts";
import { Amount } from "../parts/amount.tsx";
import { Badge, type Tone } from "../parts/badge.tsx";
import { Facts } from "../parts/facts.tsx";
import { Hash } from "../parts/hash.tsx";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Shown } from "../parts/shown.tsx";
import { plainName, visible } from "../parts/text.ts";
import { Until } from "../parts/until.tsx";
import { useLoad } from "../state/load.ts";
import { useSession } from "../state/session.tsx";
import { StateBadge } from "./state-badge.tsx";
import { Decide } from "./task/decide.tsx";

export function Task({ task }: { task: Hex }) {
  const { client, ctx } = useSession();
  const load = useCallback(async () => {
    const [asked, parties] = await Promise.all([client.task.describe(task), client.party.list()]);
    return { asked, names: namesFrom(parties) };
  }, [client, task]);
  const described = useLoad(load);
  const timeline = useLoad(
    useCallback(() => timelineOf(ctx, task), [ctx, task]),
    true,
  );
  return (
    <Page title="Task">
      <p>
        <Hash value={task} what="task" />{" "}
        {timeline.value && <StateBadge state={timeline.value.state} />}{" "}
        {timeline.value?.state === "finalized" && (
          <Link to={{ page: "result", task }}>Open the result</Link>
        )}{" "}
        <Link to={{ page: "audit", task }}>Audit it</Link>
      </p>
      <Shown of={timeline} what="its course">
        {({ steps }) => (
          <ol className="steps" aria-label="Course of the task">
            {steps.map((step) => (
              <Step key={step.name} step={step} />
            ))}
          </ol>
        )}
      </Shown>
      <Shown of={described} what="the question">
        {({ asked, names }) => (
          <>
            <h2>What is asked</h2>
            <Question asked={asked} names={names} />
            {timeline.value && <Decide asked={asked} timeline={timeline.value} />}
          </>
        )}
      </Shown>
    </Page>
  );
}

const signs: Readonly<Record<TaskStep["state"], readonly [Tone, string]>> = {
  done: ["good", "done"],
  now: ["wait", "now"],
  later: ["plain", "later"],
  failed: ["bad", "not"],
};

function Step({ step: { name, state, detail, block, until } }: { step: TaskStep }) {
  const [tone, word] = signs[state];
  return (
    <li className={`step-${state}`} aria-current={state === "now" ? "step" : undefined}>
      <span>
        <strong>{name}</strong> <Badge tone={tone}>{word}</Badge>
      </span>
      <span>
        {detail}
        {block !== undefined && <span className="soft"> (block {block})</span>}
        {until !== undefined && (
          <>
            , until <Until time={until} />
          </>
        )}
      </span>
    </li>
  );
}

function Question({ asked, names }: { asked: Asked; names: (account: string) => string }) {
  return (
    <Facts
      of={[
        ["Collaboration", plainName(asked.contract)],
        ["Function", <code key="f">{visible(asked.function)}</code>],
        ["Parameters", <code key="p">{visible(JSON.stringify(asked.params))}</code>],
        [
          "Asked by",
          `member ${asked.requester.member}: ${visible(names(asked.requester.account))}`,
        ],
        [
          "Reads",
          asked.inputs
            .map(({ member, table }) => `${plainName(table)} of member ${member}`)
            .join(", ") || "nothing",
        ],
        ["Answer goes to", asked.recipients.map((member) => `member ${member}`).join(", ")],
        ["Must consent", asked.needed.map((member) => `member ${member}`).join(", ")],
        ["Policy", asked.allowed ? "lists this question" : "does NOT allow this question"],
        ["Fee for the workers", <Amount key="f" units={BigInt(asked.fee)} />],
        ["Consents until", <Until key="u" time={asked.sealBy} />],
      ]}
    />
  );
}
