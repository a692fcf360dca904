/** Gives states to other workers: ciphertext under names that only their committee can make. @module */
import type { StateAnswer } from "../../../protocol/api.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { encodePage } from "../../../protocol/state/page.ts";
import type { Store } from "../store/store.ts";

export class StateGiver {
  readonly #store: Pick<Store, "states">;

  constructor(store: Pick<Store, "states">) {
    this.#store = store;
  }

  /** @throws ProtocolError NOT_FOUND for a root that is no version, or is not held any more */
  record(root: Hex): StateAnswer {
    const terms = this.#store.states.contractOf(root);
    const record = terms && this.#store.states.record(terms, root);
    if (!terms || !record) throw missing("state", root);
    return { terms, record };
  }

  /**
   * What changed since a version, by id.
   * @param since 0 for everything
   * @param after the id before the first one wanted
   * @throws ProtocolError NOT_FOUND
   */
  page(root: Hex, since: number, after: Hex): Uint8Array {
    const { terms, record } = this.record(root);
    return encodePage(this.#store.states.changes(terms, record.version, since, after));
  }

  /** @throws ProtocolError NOT_FOUND */
  node(root: Hex, id: Hex): Uint8Array {
    const { terms } = this.record(root);
    const bytes = this.#store.states.node(terms, id);
    if (!bytes) throw missing("state node", id);
    return bytes;
  }
}

const missing = (what: string, name: string) => new ProtocolError("NOT_FOUND", { what, name });
