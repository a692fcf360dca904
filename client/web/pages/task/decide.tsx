/** What the person at the page may do about a task: each with what it means. @module */
import { useCallback } from "react";
import type { Hex } from "../../../../protocol/bytes.ts";
import { hasCode } from "../../../../protocol/errors.ts";
import { ownEntry } from "../../../sdk/collaboration.ts";
import type { Asked } from "../../../sdk/consent.ts";
import type { Context } from "../../../sdk/context.ts";
import { papersOf } from "../../../sdk/papers.ts";
import type { Timeline } from "../../../sdk/timeline.ts";
import { Act } from "../../parts/act.tsx";
import { Link } from "../../parts/link.tsx";
import { useHead } from "../../state/head.tsx";
import { useLoad } from "../../state/load.ts";
import { useSession } from "../../state/session.tsx";

export function Decide({ asked, timeline }: { asked: Asked; timeline: Timeline }) {
  const { client, identity, ctx } = useSession();
  const { time } = useHead();
  const { taskId } = asked;
  const act = useCallback(
    async (verb: "consent" | "veto" | "cancel" | "seal" | "expire" | "settle") =>
      void (await client.task[verb](taskId)),
    [client, taskId],
  );
  const place = useLoad(useCallback(() => ownPlace(ctx, taskId), [ctx, taskId]));
  if (!identity) return null;
  if (!identity.keys)
    return (
      <p>
        <Link to={{ page: "you" }}>Unlock your keys</Link> to decide.
      </p>
    );
  const member = place.value;
  const { state, steps, settled, resultBy } = timeline;
  const consents = steps.find(({ name }) => name === "Consents");
  const isNeeded = member !== undefined && asked.needed.includes(member);
  const isAsker = asked.requester.account === identity.account;
  const late = time > asked.sealBy;
  const overdue = resultBy > 0 && time > resultBy;
  return (
    <section aria-label="Decide">
      <h2>What you can do</h2>
      {state === "proposed" && isNeeded && (
        <div className="acts">
          <Act
            label="Consent: sign this task"
            run={() => act("consent")}
            disabled={consents?.state === "done"}
          />
          <Act label="Veto: it must not read my data" quiet run={() => act("veto")} />
        </div>
      )}
      {state === "proposed" && (isAsker || late) && (
        <Act label="Cancel it; the fee comes back" quiet run={() => act("cancel")} />
      )}
      {state === "sealed" && overdue && (
        <Act label="The workers are late: end it, the fee goes back" run={() => act("expire")} />
      )}
      {(state === "finalized" || state === "failed") && !settled && isAsker && overdue && (
        <Act label="Take back what no worker earned" quiet run={() => act("settle")} />
      )}
      {state === "proposed" &&
        steps.some(({ name, state: now }) => name === "Sealed" && now === "now") && (
          <Act label="Seal it now" quiet run={() => act("seal")} />
        )}
      <p className="soft">
        {state === "proposed"
          ? "Before it is sealed, nothing has been computed. A veto ends it for good."
          : state === "sealed"
            ? "It is sealed: nobody can take it back. The workers compute."
            : "It has ended."}
      </p>
    </section>
  );
}

/** Index of the person at the page among the members; undefined for others. */
async function ownPlace(ctx: Context, taskId: Hex): Promise<number | undefined> {
  const { known } = await papersOf(ctx, taskId);
  try {
    return (await ownEntry(ctx, known)).index;
  } catch (error) {
    if (hasCode(error, "NOT_A_MEMBER") || hasCode(error, "KEY_MISSING")) return undefined;
    throw error;
  }
}
