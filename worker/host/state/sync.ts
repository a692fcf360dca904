/** Gets the state that a task reads, when this worker was not there for all of its steps. @module */
import { ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Collaboration } from "../../../protocol/receipt.ts";
import type { StateRecord } from "../../../protocol/state/record.ts";
import type { Ask } from "../enclave.ts";
import { describeError, type Log } from "../log.ts";
import { fetchState, fetchStatePage } from "../peers.ts";
import type { Store } from "../store/store.ts";

export interface SyncPorts {
  readonly store: Pick<Store, "states" | "transaction">;
  readonly ask: Ask;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** A version of a contract's state, as the chain names it. */
export interface StateName {
  readonly contract: Hex;
  readonly version: number;
  readonly root: Hex;
}

/** Bytes of a state taken from one other worker; one that sends more is not believed. */
const MOST_BYTES = 8 * 2 ** 30;

/**
 * What a root stands for; its nodes are in the journal afterwards. The enclave checks the record before anything is taken, and each
 * node when it opens it.
 * @param endpoints of the workers that may hold it, of this committee or an earlier one
 * @returns undefined for the state before the first version
 * @throws ProtocolError NOT_FOUND when nobody gives it
 */
export async function ensureState(
  ports: SyncPorts,
  name: StateName,
  collaboration: Collaboration,
  endpoints: readonly string[],
): Promise<StateRecord | undefined> {
  if (name.version === 0) return undefined;
  const held = ports.store.states.record(name.contract, name.root);
  if (held) return held;
  for (const endpoint of endpoints)
    try {
      return await take(ports, name, collaboration, endpoint);
    } catch (error) {
      if (ports.signal.aborted) throw error;
      ports.log.warn({ endpoint, root: name.root, ...describeError(error) }, "gave no state");
    }
  throw new ProtocolError("NOT_FOUND", { what: "state", name: name.root });
}

async function take(
  { store, ask, log, signal }: SyncPorts,
  { contract, version, root }: StateName,
  collaboration: Collaboration,
  endpoint: string,
): Promise<StateRecord> {
  const { terms, record } = await fetchState(endpoint, root, signal);
  if (terms !== contract || record.version !== version)
    throw new ProtocolError("HASH_MISMATCH", {
      what: "state",
      expected: `${contract}/${version}`,
      actual: `${terms}/${record.version}`,
    });
  await ask("state", { collaboration, root, record });
  const since = store.states.newest(contract, version);
  const dropped: Hex[] = [];
  let bytes = 0;
  for (let after = ZERO_HASH, more = true; more;) {
    const page = await fetchStatePage(endpoint, root, { since, after }, signal);
    const nodes = page.changes.flatMap((one) =>
      one.bytes ? [{ id: one.id, bytes: one.bytes }] : [],
    );
    dropped.push(...page.changes.filter((one) => !one.bytes).map(({ id }) => id));
    bytes += nodes.reduce((sum, node) => sum + node.bytes.length, 36 * page.changes.length);
    if (bytes > MOST_BYTES)
      throw new ProtocolError("LIMIT_EXCEEDED", { what: "bytes of a state", limit: MOST_BYTES });
    store.states.putNodes(contract, root, nodes);
    after = page.changes.at(-1)?.id ?? after;
    more = page.more;
  }
  store.states.putStep({ contract, root, record, dropped }, true);
  log.info({ contract, version, since, bytes, endpoint }, "took a state from another worker");
  return record;
}
