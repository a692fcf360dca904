/** The terms in plain words, before anybody sees them. @module */
import { useCallback } from "react";
import { canonicalJson } from "../../../../protocol/json.ts";
import { protections } from "../../../../protocol/schema.ts";
import { namesFrom } from "../../../sdk/lists.ts";
import { termsInWords, type Subject } from "../../../sdk/words.ts";
import { Shown } from "../../parts/shown.tsx";
import { visible } from "../../parts/text.ts";
import { useLoad } from "../../state/load.ts";
import { useSession } from "../../state/session.tsx";
import { draftOf, type FormState } from "./draft.ts";
import type { Offer } from "./form.tsx";

export function Preview({ form, offer }: { form: FormState; offer: Offer }) {
  const { reader } = useSession();
  const parties = useLoad(useCallback(() => reader.party.list(), [reader]));
  return (
    <section aria-label="Preview">
      <h2>What members will read</h2>
      <Shown of={parties} what="names">
        {(all) =>
          termsInWords(subjectOfForm(form, offer, namesFrom(all))).map(({ title, lines }) => (
            <section key={title}>
              <h3>{title}</h3>
              <ul>
                {lines.map((line) => (
                  <li key={line}>{visible(line)}</li>
                ))}
              </ul>
            </section>
          ))
        }
      </Shown>
    </section>
  );
}

function subjectOfForm(form: FormState, offer: Offer, names: Subject["names"]): Subject {
  const draft = draftOf(form, offer);
  const manifest = offer.programs.find(({ program }) => program === form.program)?.manifest;
  const workers = offer.workers.filter(({ id }) => form.workers.includes(id));
  // Of the manifest only what stands in the offer can be chosen.
  if (!manifest) throw new Error("a program that was not offered");
  const inAWeek = Math.floor(Date.now() / 1000) + 7 * 24 * 3600;
  return {
    terms: {
      name: draft.name,
      program: draft.program,
      members: [...draft.members],
      committee: { version: 1, threshold: draft.threshold, workers: [...draft.workers] },
      policy: canonicalJson(draft.policy),
      minProtection: protections.indexOf(draft.minProtection ?? "hardware"),
      vetoBlocks: 1,
      joinBy: inAWeek,
      salt: `0x${"00".repeat(32)}`,
    },
    manifest,
    workers,
    threshold: draft.threshold,
    names,
    status: {
      active: false,
      joined: [],
      pausedBy: [],
      committeeVersion: 1,
      version: 0,
      sealedTasks: 0,
      joinBy: inAWeek,
    },
  };
}
