/** The committee of a secret contract on a terminal: who computes, what is missing, and what they type. @module */
import { hashWorker } from "../../protocol/identity.ts";
import type { CommitteeStep, CommitteeView } from "../sdk/committee-view.ts";
import { moment } from "../sdk/units.ts";
import { facts } from "./screen.ts";

export function committeeText(view: CommitteeView): string {
  const { workers, threshold, votes, lacking, next } = view;
  const stated = facts({
    contract: view.contract,
    committee: `version ${view.version}, ${threshold} of ${workers.length} must agree`,
    "sealed tasks": view.sealedTasks || undefined,
    "votes for the next": votes && votesText(votes),
  });
  const seats = workers.map(({ worker, registered }, index) =>
    registered
      ? `worker ${index}: ${registered.endpoint}, ${registered.protection}, evidence until ${moment(registered.validUntil)}`
      : `worker ${index}: ${worker}, NOT REGISTERED`,
  );
  const gaps = lacking.map(
    ({ dataset, member, workers: at }) =>
      `dataset ${dataset} of member ${member} is not held by ${at.join(", ")}`,
  );
  const steps = next.map(
    (step) => `next: ${step.who}: ${step.what}\n      ${commandFor(view, step)}`,
  );
  const done = next.length === 0 && !votes ? ["nothing is missing"] : [];
  return [stated, ...seats, ...gaps, ...steps, ...done].join("\n");
}

const commands: Record<CommitteeStep["act"], (view: CommitteeView) => string> = {
  vote: ({ contract, votes }) => {
    const { workers = [], threshold = 1 } = votes?.committee ?? {};
    const named = workers.map((keys) => `--worker ${hashWorker(keys)}`).join(" ");
    return `contract vote ${contract} ${named} --threshold ${threshold} --out vote.json`;
  },
  reshare: ({ contract }) => `contract reshare ${contract}`,
  rewrap: ({ contract }) => `dataset rewrap ${contract}`,
  watch: ({ contract }) => `task list --contract ${contract}`,
};

/** What a step's actor types. */
export const commandFor = (view: CommitteeView, { act }: CommitteeStep): string =>
  `cloister ${commands[act](view)}`;

function votesText({ committee, voted, missing }: NonNullable<CommitteeView["votes"]>): string {
  const of = `version ${committee.version}, ${committee.threshold} of ${committee.workers.length}`;
  const lacks = missing.length > 0 ? `missing: member ${missing.join(", ")}` : "complete";
  return `${of}; by member ${voted.join(", ")}; ${lacks}`;
}
