/** What this worker owes, and until when. @module */
import type { Due } from "../../protocol/api.ts";
import type { Hex } from "../../protocol/bytes.ts";
import type { CommitteeWorker } from "../../protocol/schema.ts";
import type { ChainView } from "./chain/view.ts";
import { indexIn } from "./inbox/access.ts";
import type { Store } from "./store/store.ts";

/** As many as `GET /v1/status` lists. */
const MOST = 100;

/** Tasks of this worker's committees that wait to be sealed, and sealed ones that lack its result; the soonest first. */
export function dueTasks(
  view: ChainView,
  store: Pick<Store, "jobs">,
  self: CommitteeWorker,
): Due[] {
  return store.jobs
    .entries()
    .flatMap(([task]) => dueOf(view, task as Hex, self))
    .toSorted((a, b) => a.by - b.by)
    .slice(0, MOST);
}

function dueOf(view: ChainView, task: Hex, self: CommitteeWorker): Due[] {
  const asked = view.proposal(task)?.args;
  if (!asked) return [];
  const state = view.state(task);
  if (state === "proposed") {
    const mine = indexIn(view.committee(asked.terms), self) >= 0;
    return mine ? [{ task, what: "seal", by: asked.task.sealBy }] : [];
  }
  const sealing = state === "sealed" ? view.sealing(task) : undefined;
  if (!sealing) return [];
  const index = indexIn(view.committee(asked.terms, sealing.seal.committeeVersion), self);
  const owes = sealing.readies.some(({ by }) => by === index);
  const gave = view.results(task).some(({ by }) => by === index);
  const by = sealing.seal.time + asked.task.resultWindow;
  return owes && !gave ? [{ task, what: "result", by }] : [];
}
