/** Which events of a story a receipt is made of: only these need proofs. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { select, type ChainEvent, type EventName, type EventOf } from "../../../protocol/events.ts";
import { questionFrom, sealingFrom } from "../../../protocol/history.ts";

/** Events that change nothing a sealed task stands on. */
const idle: ReadonlySet<EventName> = new Set([
  "ContractPaused",
  "ContractResumed",
  "DatasetWithdrawn",
]);

/**
 * Drops what surely says nothing about the task; what is not known to be idle stays.
 * @param story see `storyOf`
 */
export function neededEvents(story: readonly ChainEvent[], taskId: Hex): ChainEvent[] {
  const { inputs } = questionFrom(story, taskId);
  const datasets = new Set(inputs.map(({ member, dataset }) => `${member}/${dataset}`));
  const sealBlock = sealingFrom(story, taskId)?.seal.blockNumber ?? Infinity;
  const registered = latestRegistrations(story, sealBlock);
  return story.filter((event) => {
    if (idle.has(event.name)) return false;
    if (event.name === "DatasetCommitted")
      return datasets.has(`${event.args.member}/${event.args.dataset}`);
    if (event.name === "WorkerRegistered") return registered.has(event);
    if (event.name === "TaskProposed" || event.name === "ResultSubmitted")
      return event.args.taskId === taskId;
    return true;
  });
}

/** The registration of each worker that was in force when the task was sealed. */
function latestRegistrations(story: readonly ChainEvent[], block: number): Set<ChainEvent> {
  const latest = new Map<Hex, EventOf<"WorkerRegistered">>();
  for (const event of select(story, "WorkerRegistered"))
    if (event.block <= block) latest.set(event.args.worker, event);
  return new Set(latest.values());
}
