/** Where a worker asks for what it lacks. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import type { CommitteeWorker } from "../../../protocol/schema.ts";
import type { ChainView } from "./view.ts";

/**
 * HTTP endpoints of the other workers of all committees, the latest first: one that was removed may be the only one that still has
 * what is asked for.
 * @param self keys of the worker that asks
 */
export function otherEndpoints(
  view: Pick<ChainView, "committees" | "registration">,
  contract: Hex,
  self: CommitteeWorker,
): readonly string[] {
  const workers = view
    .committees(contract)
    .toReversed()
    .flatMap((committee) => committee.workers)
    .filter(({ signer }) => signer !== self.signer);
  const endpoints = workers.flatMap(
    (keys) => view.registration(hashWorker(keys))?.args.endpoint ?? [],
  );
  return [...new Set(endpoints)];
}
