/** Answers the enclave while it runs: nodes out of the journal or from other workers, and new ones to keep. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import type { SealedNode } from "../../../protocol/state/seal.ts";
import type { EnclaveDesk } from "../enclave.ts";
import { describeError, type Log } from "../log.ts";
import { fetchStateNode } from "../peers.ts";
import type { Store } from "../store/store.ts";

export interface DeskPorts {
  readonly store: Pick<Store, "states">;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What a desk serves: one secret contract's state of one root. */
export interface DeskState {
  readonly contract: Hex;
  readonly root: Hex;
  /** Of other workers that may hold it. */
  readonly endpoints: readonly string[];
}

export class StateDesk implements EnclaveDesk {
  /** Nodes that the enclave gave; they are journalled together with the result that they belong to. */
  readonly written: SealedNode[] = [];
  readonly #ports: DeskPorts;
  readonly #state: DeskState;
  /** Workers that were asked for a node. */
  readonly #asked = new Map<Hex, number>();

  constructor(ports: DeskPorts, state: DeskState) {
    this.#ports = ports;
    this.#state = state;
  }

  /** Its own first; when that is lost, or did not open, what each of the others has. */
  async node(id: Hex, tries: number): Promise<Uint8Array | undefined> {
    const { contract, endpoints } = this.#state;
    const own = tries === 0 ? this.#ports.store.states.node(contract, id) : undefined;
    if (own) return own;
    for (let next = this.#asked.get(id) ?? 0; next < endpoints.length;) {
      const endpoint = endpoints[next] as string;
      this.#asked.set(id, (next += 1));
      const bytes = await this.#fetch(endpoint, id);
      if (bytes) return bytes;
    }
    return undefined;
  }

  keep(nodes: readonly SealedNode[]): void {
    this.written.push(...nodes);
  }

  async #fetch(endpoint: string, id: Hex): Promise<Uint8Array | undefined> {
    const { store, log, signal } = this.#ports;
    const { contract, root } = this.#state;
    try {
      const bytes = await fetchStateNode(endpoint, root, id, signal);
      // Whether it is the right one shows in the enclave; a wrong one is replaced by the next worker's.
      store.states.replaceNode(contract, root, { id, bytes });
      return bytes;
    } catch (error) {
      log.debug({ endpoint, node: id, ...describeError(error) }, "no state node");
      return undefined;
    }
  }
}
