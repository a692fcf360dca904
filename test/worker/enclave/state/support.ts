/** A host in memory: what it was given, and what it is asked for. */
import { id as hashOf } from "ethers";
import { fromHex, ZERO_HASH, type Hex } from "../../../../protocol/bytes.ts";
import { StateSealer } from "../../../../protocol/state/seal.ts";
import { NodeCache } from "../../../../worker/enclave/state/cache.ts";
import { StateNodes, type StateHost } from "../../../../worker/enclave/state/nodes.ts";
import { RunState } from "../../../../worker/enclave/state/run-state.ts";
import type { Rewritten } from "../../../../worker/enclave/state/rewrite.ts";

export const sealOf = (task: number): Hex => hashOf(`task ${task}`) as Hex;
const key = fromHex(hashOf("a state key"));

/** Nodes of one state, as a host keeps them, and an enclave that may lose its memory. */
export class MemoryState implements StateHost {
  readonly held = new Map<Hex, Uint8Array>();
  /** Every node the enclave asked for. */
  readonly asked: Hex[] = [];
  root: Hex = ZERO_HASH;
  tasks = 0;
  #sealer: Promise<StateSealer> | undefined;
  #cache = new NodeCache(2 ** 20);

  node(id: Hex, tries: number): Promise<Uint8Array | undefined> {
    this.asked.push(id);
    return Promise.resolve(tries === 0 ? this.held.get(id) : undefined);
  }

  /** As after a restart of the enclave. */
  forget(): void {
    this.#cache = new NodeCache(2 ** 20);
    this.asked.length = 0;
  }

  async nodes(): Promise<StateNodes> {
    this.#sealer ??= StateSealer.from(key);
    return new StateNodes(await this.#sealer, this.#cache, this);
  }

  async open(writable = true): Promise<RunState> {
    return new RunState(await this.nodes(), this.root, writable);
  }

  /** One task: what it does to the state is kept. */
  async task(act: (state: RunState) => Promise<void>): Promise<Rewritten> {
    const state = await this.open();
    await act(state);
    const tree = (await state.commit(sealOf((this.tasks += 1))))!;
    for (const { id, bytes } of tree.written) this.held.set(id, bytes);
    for (const id of tree.dropped) this.held.delete(id);
    this.root = tree.root;
    return tree;
  }

  async keys(): Promise<string[]> {
    const state = await this.open(false);
    const all: string[] = [];
    for (;;) {
      const after = all.at(-1);
      const page = await state.list("", { limit: 1000, ...(after !== undefined && { after }) });
      if (page.length === 0) return all;
      all.push(...page);
    }
  }
}
