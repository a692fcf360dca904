/** Running a sealed task: whatever the enclave signs is journalled before anything is submitted. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { hashSeal } from "../../../protocol/identity.ts";
import type { Sealing } from "../../../protocol/receipt.ts";
import { resultStatus, type Result } from "../../../protocol/schema.ts";
import type { SealedNode } from "../../../protocol/state/seal.ts";
import type { MessageOut } from "../../boundary.ts";
import type { EnclaveAnswer } from "../enclave.ts";
import { describeError } from "../log.ts";
import { stateForTask } from "../state/for-task.ts";
import type { Store } from "../store/store.ts";
import { backoff } from "../wait.ts";
import { InputRefused, withInputs } from "./load.ts";
import { papersOf, sealingOf, type ActPorts } from "./ports.ts";

/** Milliseconds before a run that ended in an abstention is done again: first, and at most. */
const FIRST_RERUN = 5_000;
const LAST_RERUN = 60_000;
/** Runs that may fail without a signed result before the enclave is asked to abstain. */
const FAILURES_BEFORE_ABSTENTION = 2;

/** Runs the task, or abstains when an input does not load any more. @throws ProtocolError as the enclave refuses */
export async function run(ports: ActPorts, task: Hex): Promise<void> {
  const { enclave, store } = ports;
  const sealing = sealingOf(ports, task);
  const papers = papersOf(ports, task, sealing);
  const { version, stateRoot: root, terms: contract } = sealing.seal;
  try {
    const { desk, state } = await stateForTask(ports, papers.collaboration, {
      contract,
      version,
      root,
    });
    const message = { ...papers, sealing, ...(state && { state: state.record }) };
    const answer = await enclave.exclusively((ask) =>
      withInputs(ask, ports, papers, () => ask("run", message, undefined, desk)),
    );
    journal(ports, task, sealing, answer, desk.written);
  } catch (error) {
    const refused = error instanceof InputRefused;
    if (refused && error.refusal.code === "HASH_MISMATCH") ports.inbox.discard(error.dataset);
    // An enclave that died comes back; one that dies each time is this task's doing.
    const failures = store.jobs.get(task)?.failures ?? 0;
    if (!refused && failures < FAILURES_BEFORE_ABSTENTION) throw error;
    ports.log.warn({ task, ...describeError(error) }, "abstains");
    await abstain(ports, task, refused ? "CANNOT_OPEN" : "INTERNAL");
  }
}

/** Has the enclave sign that this worker cannot answer. */
export async function abstain(
  ports: ActPorts,
  task: Hex,
  reason: "CANNOT_OPEN" | "INTERNAL",
): Promise<void> {
  const sealing = sealingOf(ports, task);
  const message = { ...papersOf(ports, task, sealing), sealing, reason };
  journal(ports, task, sealing, await ports.enclave.ask("abstain", message));
}

/** Journals a signed result, and the output that goes with it, before anything is submitted. */
function journal(
  { store, view, log }: ActPorts,
  task: Hex,
  sealing: Sealing,
  { json, attachment }: EnclaveAnswer<"run" | "abstain">,
  written: readonly SealedNode[] = [],
): void {
  const digest = hashSeal(sealing.seal);
  const abstained = json.result.status === resultStatus.abstention;
  store.transaction(() => {
    const current = view.sealing(task);
    // A reorg took the seal back while the enclave ran: what rests on it is never submitted nor released.
    if (!current || hashSeal(current.seal) !== digest) return;
    const before = store.outputs.get(digest);
    const abstentions = (before?.abstentions ?? 0) + (abstained ? 1 : 0);
    const retryAt = Date.now() + backoff(abstentions, FIRST_RERUN, LAST_RERUN);
    const { by, result, signature } = json;
    store.outputs.put(digest, { task, by, result, signature, abstentions, retryAt });
    if ("state" in json && json.state) putState(store, sealing, json.result, json.state, written);
    if (!abstained && attachment.length > 0) store.held.put(digest, attachment);
  });
  log.info({ task, status: json.result.status }, "ran");
}

/** The next state is kept before anybody agrees on it; others may ask for it as soon as the chain names its root. */
function putState(
  { states, events }: Store,
  { seal }: Sealing,
  { nextStateRoot: root }: Result,
  { record, dropped }: NonNullable<MessageOut<"run">["state"]>,
  written: readonly SealedNode[],
): void {
  const contract = seal.terms;
  states.putNodes(contract, root, written);
  const agreed = events.advanced(contract, record.version)?.args.stateRoot === root;
  states.putStep({ contract, root, record, dropped }, agreed);
}
