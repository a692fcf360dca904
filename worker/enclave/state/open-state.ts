/** The state a task reads: what the host says it is, against the root that the chain has. @module */
import { ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { stateKey } from "../../../protocol/secrets.ts";
import type { StateRecord } from "../../../protocol/state/record.ts";
import { StateSealer } from "../../../protocol/state/seal.ts";
import type { NodeCache } from "./cache.ts";
import { StateNodes, type StateHost } from "./nodes.ts";

export interface OpenState {
  readonly nodes: StateNodes;
  /** Root of the tree; zero for an empty one. */
  readonly node: Hex;
  readonly version: number;
  readonly contributors: number;
}

/** Where states come from. */
export interface StateSource {
  readonly cache: NodeCache;
  readonly host: StateHost;
}

/**
 * Opens a state.
 * @param root as the chain says it for this version; zero before the first
 * @param record the host's word for what the root stands for
 * @throws ProtocolError HASH_MISMATCH when it is not that
 */
export async function openState(
  contractSecret: Uint8Array,
  { cache, host }: StateSource,
  { version, root }: { readonly version: number; readonly root: Hex },
  record: StateRecord | undefined,
): Promise<OpenState> {
  const sealer = await StateSealer.from(await stateKey(contractSecret));
  const nodes = new StateNodes(sealer, cache, host);
  if (!record) {
    expectRoot(root, ZERO_HASH);
    expectVersion(version, 0);
    return { nodes, node: ZERO_HASH, version: 0, contributors: 0 };
  }
  expectRoot(await sealer.root(record), root);
  expectVersion(record.version, version);
  return { nodes, ...record };
}

function expectRoot(actual: Hex, expected: Hex): void {
  if (actual !== expected)
    throw new ProtocolError("HASH_MISMATCH", { what: "state", expected, actual });
}

function expectVersion(actual: number, expected: number): void {
  if (actual === expected) return;
  const facts = { expected: String(expected), actual: String(actual) };
  throw new ProtocolError("HASH_MISMATCH", { what: "state's version", ...facts });
}
