/** Nodes by their ids: out of the cache, or from the host, which is not believed. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { hasCode, ProtocolError } from "../../../protocol/errors.ts";
import { decodeNode, type StateNode } from "../../../protocol/state/node.ts";
import type { StateSealer } from "../../../protocol/state/seal.ts";
import type { NodeCache } from "./cache.ts";

/** What the enclave asks of its host while it reads a state. */
export interface StateHost {
  /**
   * A sealed node.
   * @param tries how many answers to this question did not open: the host has another place to look, or says that it has none
   */
  node(id: Hex, tries: number): Promise<Uint8Array | undefined>;
}

/** Answers of the host that may be wrong: one of its own, and one of each other worker it may ask. */
const MOST_TRIES = 64;

export class StateNodes {
  readonly sealer: StateSealer;
  readonly #cache: NodeCache;
  readonly #host: StateHost;

  constructor(sealer: StateSealer, cache: NodeCache, host: StateHost) {
    this.sealer = sealer;
    this.#cache = cache;
    this.#host = host;
  }

  /** @throws ProtocolError CANNOT_OPEN when nobody has it */
  async read(id: Hex): Promise<StateNode> {
    const known = this.#cache.get(id);
    if (known) return known;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const sealed = await this.#host.node(id, tries);
      if (!sealed) break;
      const plain = await this.#open(id, sealed);
      if (!plain) continue;
      const { node } = decodeNode(plain);
      this.#cache.put(id, node, plain.length);
      return node;
    }
    throw new ProtocolError("CANNOT_OPEN", { what: "state" });
  }

  async #open(id: Hex, sealed: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return await this.sealer.open(id, sealed);
    } catch (error) {
      if (hasCode(error, "CANNOT_OPEN")) return undefined;
      throw error;
    }
  }
}
