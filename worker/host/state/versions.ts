/** What the chain's news mean for the states that are kept. Runs in the transactions that store or take back the events. @module */
import { select, type ChainEvent } from "../../../protocol/events.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import type { ChainView } from "../chain/view.ts";
import { KEPT_BLOCKS } from "../store/events.ts";
import type { Store } from "../store/store.ts";

type Ports = {
  readonly view: ChainView;
  readonly store: Pick<Store, "states" | "events" | "jobs">;
};

/** Notes which roots became versions, and forgets what no task can read any more. */
export function onAdvanced({ view, store }: Ports, events: readonly ChainEvent[]): void {
  for (const { args, block } of select(events, "StateAdvanced")) {
    store.states.agree(args.terms, args.stateRoot);
    // Versions that a reorg could bring back stay, and those that sealed tasks pin.
    const settled = store.events.versionAt(args.terms, block - KEPT_BLOCKS);
    if (settled > 0) store.states.prune(args.terms, oldest({ view, store }, args.terms, settled));
  }
}

/** The oldest version that a sealed task of the contract reads, at most `version`. */
function oldest({ view, store }: Ports, contract: Hex, version: number): number {
  const pinned = store.jobs.entries().flatMap(([task]) => {
    const seal = view.sealing(task as Hex)?.seal;
    return seal?.terms === contract ? [seal.version] : [];
  });
  return Math.min(version, ...pinned);
}

/** Takes back what rested on vanished events. */
export function onTakenBack({ store }: Pick<Ports, "store">): void {
  for (const contract of store.states.contracts())
    store.states.takeBack(contract, store.events.advanced(contract)?.args.version ?? 0);
}
