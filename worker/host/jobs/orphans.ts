/** After a reorg: takes back what rested on events that are gone. Runs in the transaction that removes them. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import type { Store } from "../store/store.ts";
import { hashSeal } from "../../../protocol/identity.ts";
import type { ChainView } from "../chain/view.ts";
import { dropOutputs, newJob } from "./records.ts";

/**
 * Drops the results and outputs of vanished seals and the jobs of vanished proposals. Jobs that were over are looked at again:
 * what ended them may be gone; where it is not, they are over again at once.
 */
export function dropOrphans(store: Store, view: ChainView): void {
  dropOutputs(store, ({ task }, digest) => {
    const sealing = view.sealing(task);
    return !sealing || hashSeal(sealing.seal) !== digest;
  });
  for (const [task] of store.jobs.entries()) {
    if (view.proposal(task as Hex)) continue;
    store.jobs.delete(task);
    store.mailbox.delete(task);
  }
  for (const { args } of store.events.named("TaskProposed"))
    if (!store.jobs.get(args.taskId)) store.jobs.put(args.taskId, newJob());
}
