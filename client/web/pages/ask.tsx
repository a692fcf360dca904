/** Asking a question: function and parameters from the program's manifest, what it costs, who gets the answer. @module */
import { useCallback } from "react";
import type { Hex } from "../../../protocol/bytes.ts";
import { subjectOf } from "../../sdk/subject.ts";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { Shown } from "../parts/shown.tsx";
import { plainName } from "../parts/text.ts";
import { useLoad } from "../state/load.ts";
import { useSession } from "../state/session.tsx";
import { AskForm } from "./ask/form.tsx";

export function Ask({ terms }: { terms: Hex }) {
  const { reader, identity } = useSession();
  const subject = useLoad(useCallback(() => subjectOf(reader, terms), [reader, terms]));
  return (
    <Page title="Ask a question">
      <Shown of={subject} what="the terms">
        {(known) => (
          <>
            <p>
              In <Link to={{ page: "contract", terms }}>{plainName(known.terms.name)}</Link>. The
              terms list the questions that may be asked at all.
            </p>
            {identity?.keys ? (
              <AskForm terms={terms} known={known} />
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
