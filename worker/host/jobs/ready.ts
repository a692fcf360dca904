/** Declaring this worker ready: every input is held, was opened, and nothing that can be checked before sealing is wrong. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { committeeHash } from "../../../protocol/typed-data.ts";
import { describeError } from "../log.ts";
import { stateForTask, stateInForce } from "../state/for-task.ts";
import { InputRefused, withInputs } from "./load.ts";
import { preambleHash } from "./observe.ts";
import { papersOf, type ActPorts } from "./ports.ts";
import { change } from "./records.ts";

/** Has the enclave sign `Ready`, and puts it into the mailbox. @throws ProtocolError as the enclave refuses */
export async function declareReady(ports: ActPorts, task: Hex): Promise<void> {
  const { enclave, store, mailboxes } = ports;
  const papers = papersOf(ports, task);
  const { collaboration, question } = papers;
  const name = stateInForce(ports, question.task.terms);
  const { desk, state } = await stateForTask(ports, collaboration, name);
  const message = { ...papers, ...(state && { state }) };
  try {
    const { json } = await enclave.exclusively((ask) =>
      withInputs(ask, ports, papers, () => ask("ready", message, undefined, desk)),
    );
    store.transaction(() => {
      const committee = committeeHash(papers.collaboration.committee);
      change(store, task, (record) => ({ ...record, ready: { ...json, committee } }));
      mailboxes.addReady(task, json);
    });
  } catch (error) {
    if (error instanceof InputRefused) return block(ports, task, error);
    throw error;
  }
}

/** No `Ready` over an input that does not open; the member is named by its index, its bytes are not looked at. */
function block(ports: ActPorts, task: Hex, { dataset, member, refusal }: InputRefused): void {
  const { inbox, store, log } = ports;
  log.warn({ task, dataset, member, ...describeError(refusal) }, "an input does not open");
  // The bytes here are not those that were checked when they came: the disk lost them, the member sends them again.
  if (refusal.code === "HASH_MISMATCH") return inbox.discard(dataset);
  const preamble = preambleHash(inbox.preamble(dataset) ?? new Uint8Array(0));
  const blocked = { dataset, member, code: refusal.code, preamble };
  change(store, task, (record) => ({ ...record, blocked }));
}
