/** What the steps of a job work with, and the papers they carry to the enclave. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import type { Contracts } from "../../../protocol/contracts.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Sealing } from "../../../protocol/receipt.ts";
import type { CommitteeWorker } from "../../../protocol/schema.ts";
import type { Follower } from "../chain/follow.ts";
import type { Sender } from "../chain/send.ts";
import type { ChainView } from "../chain/view.ts";
import type { Enclave } from "../enclave.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { Papers } from "./load.ts";
import type { Mailboxes } from "./mailbox.ts";

export interface ActPorts {
  readonly contracts: Contracts;
  readonly view: ChainView;
  readonly store: Store;
  readonly follower: Pick<Follower, "status">;
  readonly sender: Sender;
  readonly enclave: Enclave;
  readonly inbox: Inbox;
  readonly mailboxes: Mailboxes;
  readonly self: CommitteeWorker;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** @param sealing names the committee, once there is one */
export function papersOf(
  { view, mailboxes }: Pick<ActPorts, "view" | "mailboxes">,
  task: Hex,
  sealing?: Sealing,
): Papers {
  const question = view.question(task, mailboxes.of(task).consents);
  const version = sealing?.seal.committeeVersion;
  return { collaboration: view.collaboration(question.task.terms, version), question };
}

/** @throws ProtocolError NOT_FOUND */
export function sealingOf({ view }: Pick<ActPorts, "view">, task: Hex): Sealing {
  const sealing = view.sealing(task);
  if (!sealing) throw new ProtocolError("NOT_FOUND", { what: "seal of task", name: task });
  return sealing;
}
