/** Gives a result out: the enclave checks m signatures on it itself and seals it to the recipient. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { hashSeal } from "../../../protocol/identity.ts";
import type { ChainView } from "../chain/view.ts";
import type { Enclave } from "../enclave.ts";
import type { Store } from "../store/store.ts";

export interface ReleasePorts {
  readonly view: ChainView;
  readonly store: Pick<Store, "outputs" | "held" | "releases">;
  readonly enclave: Enclave;
}

/**
 * The package of one recipient; made once, the same bytes for everyone who asks.
 * @param recipient index of the member in the terms
 * @throws ProtocolError NOT_FOUND, NOT_A_RECIPIENT, NOT_FINAL, and as the enclave refuses
 */
export async function release(
  { view, store, enclave }: ReleasePorts,
  task: Hex,
  recipient: number,
): Promise<Uint8Array> {
  const question = view.question(task);
  const { recipients, terms } = question.task;
  if (((recipients >>> recipient) & 1) === 0)
    throw new ProtocolError("NOT_A_RECIPIENT", { task, member: recipient });
  const state = view.state(task);
  const sealing = view.sealing(task);
  if (state !== "finalized" || !sealing) throw new ProtocolError("NOT_FINAL", { task, state });
  const digest = hashSeal(sealing.seal);
  const key = `${digest}/${recipient}`;
  const made = store.releases.get(key);
  if (made) return made;
  const held = store.held.get(digest);
  if (!held) throw new ProtocolError("NOT_FOUND", { what: "output of task", name: task });
  const collaboration = view.collaboration(terms, sealing.seal.committeeVersion);
  const results = view.results(task);
  const facts = { collaboration, question, sealing, results, recipient };
  const { attachment } = await enclave.ask("release", facts, held);
  store.releases.put(key, attachment);
  return attachment;
}

/**
 * Index of a member: a number as it is, or by its account.
 * @throws ProtocolError NOT_FOUND
 */
export function memberIndex(view: ChainView, task: Hex, party: string): number {
  const terms = view.proposal(task)?.args.terms;
  const members = (terms && view.terms(terms)?.members) ?? [];
  const index = party.startsWith("0x")
    ? members.findIndex(({ account }) => account === party)
    : Number(party);
  if (!members[index]) throw new ProtocolError("NOT_FOUND", { what: "member", name: party });
  return index;
}
