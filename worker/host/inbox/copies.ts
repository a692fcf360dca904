/**
 * Ciphertext for the other workers of a committee. Who may have it: whom the owner gave the data key. The key wrap that the owner
 * signed for a worker of the committee in force is the ticket, so there are no accounts and nothing is signed by hosts.
 * @module
 */
import type { Hex } from "../../../protocol/bytes.ts";
import { expectKeyWrap, type KeyWrap } from "../../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { ChainView } from "../chain/view.ts";
import type { Store } from "../store/store.ts";
import type { Inbox } from "./inbox.ts";

export interface CopyPorts {
  readonly view: ChainView;
  readonly store: Pick<Store, "uploads">;
  readonly inbox: Pick<Inbox, "chunks" | "isComplete">;
}

/** Chunks (1 MiB) of one answer: who wants more asks again, and is counted again. */
const PIECE_CHUNKS = 32;

/**
 * A piece of a dataset that is held completely, from chunk `from` on.
 * @param ticket a key wrap for the asking worker
 * @throws ProtocolError NOT_FOUND, NOT_IN_COMMITTEE, SIGNATURE_INVALID
 */
export function copyOf(
  { view, store, inbox }: CopyPorts,
  dataset: Hex,
  from: number,
  ticket: KeyWrap,
): AsyncIterable<Uint8Array> {
  const record = store.uploads.get(dataset);
  if (!record || !inbox.isComplete(dataset))
    throw new ProtocolError("NOT_FOUND", { what: "dataset", name: dataset });
  const { terms, member } = record;
  const readers = view.committee(terms)?.workers ?? [];
  if (!readers.some(({ sealingKey }) => sealingKey === ticket.sealingKey))
    throw new ProtocolError("NOT_IN_COMMITTEE", { signer: ticket.sealingKey });
  const owner = view.terms(terms)?.members[member];
  if (!owner) throw new ProtocolError("NOT_FOUND", { what: "member", name: String(member) });
  expectKeyWrap(view.deployment, dataset, ticket, owner.consentKey);
  return inbox.chunks(dataset, from, from + PIECE_CHUNKS);
}
