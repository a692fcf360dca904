/** A secret contract: its terms in plain words, who computes and whether that is proven, joining, data, tasks. @module */
import { useCallback } from "react";
import type { Hex } from "../../../protocol/bytes.ts";
import { subjectOf } from "../../sdk/subject.ts";
import { termsInWords } from "../../sdk/words.ts";
import { Act } from "../parts/act.tsx";
import { Badge } from "../parts/badge.tsx";
import { Hash } from "../parts/hash.tsx";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Shown } from "../parts/shown.tsx";
import { plainName, visible } from "../parts/text.ts";
import { useLoad } from "../state/load.ts";
import { useSession } from "../state/session.tsx";
import { Committee } from "./collaboration/committee.tsx";
import { Datasets } from "./collaboration/datasets.tsx";
import { Join } from "./collaboration/join.tsx";
import { Tasks } from "./collaboration/tasks.tsx";

export function Collaboration({ terms }: { terms: Hex }) {
  const { reader, identity } = useSession();
  const subject = useLoad(
    useCallback(() => subjectOf(reader, terms), [reader, terms]),
    true,
  );
  const title = subject.value ? plainName(subject.value.terms.name) : "Collaboration";
  return (
    <Page title={title}>
      <Shown of={subject} what="the terms">
        {(known) => {
          const member = known.terms.members.findIndex(
            ({ account }) => account === identity?.account,
          );
          const joined = known.status.joined.includes(member);
          return (
            <>
              <p>
                Terms <Hash value={terms} what="hash of the terms" />{" "}
                {known.status.active ? (
                  <Badge tone="good">active</Badge>
                ) : (
                  <Badge tone="wait">{`${known.status.joined.length} of ${known.terms.members.length} joined`}</Badge>
                )}{" "}
                {known.status.pausedBy.length > 0 && <Badge tone="bad">paused</Badge>}
              </p>
              {known.status.active && (
                <p className="acts">
                  <Link to={{ page: "contribute", terms }}>Contribute data</Link>
                  <Link to={{ page: "ask", terms }}>Ask a question</Link>
                </p>
              )}
              {termsInWords(known).map(({ title: heading, lines }) => (
                <section key={heading}>
                  <h2>{heading}</h2>
                  <ul>
                    {lines.map((line) => (
                      <li key={line}>{visible(line)}</li>
                    ))}
                  </ul>
                </section>
              ))}
              <Committee workers={known.workers} />
              {member >= 0 && !joined && <Join terms={terms} known={known} />}
              <Datasets terms={terms} known={known} own={member} />
              <Tasks terms={terms} />
              {joined && <Stop terms={terms} paused={known.status.pausedBy.includes(member)} />}
            </>
          );
        }}
      </Shown>
    </Page>
  );
}

function Stop({ terms, paused }: { terms: Hex; paused: boolean }) {
  const { client } = useSession();
  const pause = useCallback(() => client.contract.pause(terms), [client, terms]);
  const resume = useCallback(() => client.contract.resume(terms), [client, terms]);
  return (
    <>
      <h2>Stop everything</h2>
      <p>While you pause it, no task is sealed. Tasks that are sealed already go on.</p>
      {paused ? <Act label="Resume" run={resume} /> : <Act label="Pause" quiet run={pause} />}
    </>
  );
}
