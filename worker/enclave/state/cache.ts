/** Opened nodes of private states, the most recently used ones. Ids are names under each contract's own key, so one cache serves all. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import type { StateNode } from "../../../protocol/state/node.ts";

export class NodeCache {
  readonly #mostBytes: number;
  readonly #nodes = new Map<Hex, { node: StateNode; bytes: number }>();
  #bytes = 0;

  /** @param mostBytes of opened nodes, before which the oldest go */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get(id: Hex): StateNode | undefined {
    const found = this.#nodes.get(id);
    if (!found) return undefined;
    this.#nodes.delete(id);
    this.#nodes.set(id, found);
    return found.node;
  }

  /** @param bytes of its plaintext */
  put(id: Hex, node: StateNode, bytes: number): void {
    if (this.#nodes.has(id)) return;
    this.#nodes.set(id, { node, bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#nodes) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#nodes.delete(oldest);
      this.#bytes -= freed;
    }
  }
}
