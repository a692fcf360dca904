/**
 * The mailbox of a task: consents and Ready signatures, whoever brings them. Nothing is trusted but signatures, so that any worker
 * can pass on what any other one has.
 * @module
 */
import type { Mailbox } from "../../../protocol/api.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { select } from "../../../protocol/events.ts";
import { mergeSigned } from "../../../protocol/history.ts";
import type { Signed } from "../../../protocol/schema.ts";
import { committeeHash, digestOf, expectSigner, signerOf } from "../../../protocol/typed-data.ts";
import type { ChainView } from "../chain/view.ts";
import type { MailboxRecord, Store } from "../store/store.ts";

export interface MailboxPorts {
  readonly view: ChainView;
  readonly store: Pick<Store, "mailbox" | "events">;
  /** Called when something new came. */
  readonly onArrival: (task: Hex) => void;
}

const EMPTY: MailboxRecord = { consents: [], readies: [] };

export class Mailboxes {
  readonly #ports: MailboxPorts;

  constructor(ports: MailboxPorts) {
    this.#ports = ports;
  }

  /**
   * Keeps a member's consent.
   * @throws ProtocolError NOT_FOUND for an unknown task or member, SIGNATURE_INVALID
   */
  addConsent(task: Hex, consent: Signed): void {
    const { view } = this.#ports;
    const terms = view.terms(this.#termsOf(task));
    const member = terms?.members[consent.by];
    if (!member) throw new ProtocolError("NOT_FOUND", { what: "member", name: String(consent.by) });
    const { by, signature } = consent;
    expectSigner(`the consent of member ${by}`, task, signature, member.consentKey);
    this.#change(task, (box) => ({ ...box, consents: mergeSigned(box.consents, [consent]) }));
  }

  /**
   * Keeps a worker's `Ready` for the committee in force.
   * @throws ProtocolError NOT_FOUND for an unknown task or worker, SIGNATURE_INVALID
   */
  addReady(task: Hex, ready: Signed): void {
    const { committee, digest } = this.#readyDigest(task);
    const worker = committee.workers[ready.by];
    if (!worker) throw new ProtocolError("NOT_FOUND", { what: "worker", name: String(ready.by) });
    expectSigner(`Ready of worker ${ready.by}`, digest, ready.signature, worker.signer);
    const hash = committeeHash(committee);
    this.#change(task, (box) => {
      const others = box.readies.filter((one) => one.committee === hash && one.by !== ready.by);
      return { ...box, readies: [...others, { ...ready, committee: hash }] };
    });
  }

  /**
   * All that is known of a task, from the mailbox and from the chain.
   * @throws ProtocolError NOT_FOUND
   */
  of(task: Hex): Mailbox {
    const { store } = this.#ports;
    const { committee, digest } = this.#readyDigest(task);
    const hash = committeeHash(committee);
    const box = store.mailbox.get(task) ?? EMPTY;
    const events = store.events.ofTask(task);
    const consented = select(events, "TaskConsented").map(({ args }) => {
      return { by: args.member, signature: args.signature };
    });
    // One given on chain for an earlier committee is worth nothing now.
    const ready = select(events, "TaskReady")
      .map(({ args }) => ({ by: args.worker, signature: args.signature }))
      .filter((one) => signerOf(digest, one.signature) === committee.workers[one.by]?.signer);
    const held = box.readies
      .filter((one) => one.committee === hash)
      .map(({ by, signature }) => ({ by, signature }));
    return { consents: mergeSigned(box.consents, consented), readies: mergeSigned(held, ready) };
  }

  #readyDigest(task: Hex) {
    const { view } = this.#ports;
    const committee = view.committee(this.#termsOf(task));
    if (!committee) throw new ProtocolError("NOT_FOUND", { what: "task", name: task });
    const about = { taskId: task, committee: committeeHash(committee) };
    return { committee, digest: digestOf(view.deployment, "Ready", about) };
  }

  #termsOf(task: Hex): Hex {
    const proposal = this.#ports.view.proposal(task);
    if (!proposal) throw new ProtocolError("NOT_FOUND", { what: "task", name: task });
    return proposal.args.terms;
  }

  #change(task: Hex, change: (box: MailboxRecord) => MailboxRecord): void {
    const { store, onArrival } = this.#ports;
    const before = store.mailbox.get(task) ?? EMPTY;
    const after = change(before);
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    store.mailbox.put(task, after);
    onArrival(task);
  }
}
