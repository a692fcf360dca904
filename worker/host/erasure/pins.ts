/** Tasks under way that name an envelope: withdrawing it does not touch them, so it stays until they are over. @module */
import type { Pin } from "../../../protocol/api.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import type { ChainView } from "../chain/view.ts";
import { LATE_SEAL } from "../jobs/next.ts";
import { inputsOf } from "../jobs/observe.ts";
import type { Store } from "../store/store.ts";

export interface PinPorts {
  readonly view: ChainView;
  readonly store: Pick<Store, "jobs">;
}

/**
 * Tasks this worker still has to do with that name an envelope. One that is proposed counts too: it may be sealed already, in a
 * block that has not its confirmations yet.
 */
export function pinsOf({ view, store }: PinPorts, dataset: Hex): Pin[] {
  return store.jobs.entries().flatMap(([key]): Pin[] => {
    const task = key as Hex;
    if (!view.proposal(task)) return [];
    const question = view.question(task);
    if (!inputsOf(question).some((input) => input.dataset === dataset)) return [];
    const { sealBy, resultWindow } = question.task;
    const sealing = view.sealing(task);
    const until = sealing ? sealing.seal.time + resultWindow : sealBy + LATE_SEAL;
    return [{ task, state: view.state(task), until }];
  });
}

/** Those that hold at a block time (Unix seconds): what nobody cancels or expires holds nothing once no seal or result counts any more. */
export const holdingPins = (pins: readonly Pin[], now: number): Pin[] =>
  pins.filter(({ until }) => now <= until);
