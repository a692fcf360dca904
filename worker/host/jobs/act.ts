/** Does what `next` decided. Whatever must survive is journalled before the next step can see it. @module */
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { hashSeal, hashWorker } from "../../../protocol/identity.ts";
import { describeError } from "../log.ts";
import { fitReadies, sealCall, submitCall } from "./calls.ts";
import type { Action } from "./next.ts";
import { inputsOf, neededConsents } from "./observe.ts";
import { fetchMailbox } from "../peers.ts";
import { papersOf, sealingOf, type ActPorts } from "./ports.ts";
import { declareReady } from "./ready.ts";
import { dropOutputs } from "./records.ts";
import { abstain, run } from "./run.ts";

/** @throws whatever keeps the step from being done; it is tried again later */
export async function act(ports: ActPorts, task: Hex, action: Action): Promise<void> {
  switch (action.do) {
    case "ready":
      return declareReady(ports, task);
    case "gather":
      return gather(ports, task);
    case "seal":
      return seal(ports, task);
    case "run":
      return run(ports, task);
    case "abstain":
      return abstain(ports, task, "CANNOT_OPEN");
    case "submit":
      return submit(ports, task);
    case "forget":
      return forget(ports, task, action.keep);
    case "wait":
      return undefined;
  }
}

/** Asks every other worker of the committee; one that does not answer keeps nobody waiting. */
async function gather(ports: ActPorts, task: Hex): Promise<void> {
  const { view, mailboxes, self, log, signal } = ports;
  const terms = view.proposal(task)?.args.terms;
  const workers = (terms && view.committee(terms)?.workers) ?? [];
  const others = workers.filter((keys) => keys.signer !== self.signer);
  await Promise.all(
    others.map(async (keys) => {
      const endpoint = view.registration(hashWorker(keys))?.args.endpoint;
      if (endpoint === undefined) return;
      try {
        const box = await fetchMailbox(endpoint, task, signal);
        // One that knows another committee, or lies, is not heard; what came before is kept.
        for (const consent of box.consents) mailboxes.addConsent(task, consent);
        for (const ready of box.readies) mailboxes.addReady(task, ready);
      } catch (error) {
        log.debug({ task, worker: keys.signer, ...describeError(error) }, "no mailbox");
      }
    }),
  );
}

async function seal(ports: ActPorts, task: Hex): Promise<void> {
  const { contracts, follower, mailboxes, sender } = ports;
  const { collaboration, question } = papersOf(ports, task);
  const box = mailboxes.of(task);
  const needed = neededConsents(question);
  const time = follower.status().head?.time ?? 0;
  const readies = await fitReadies(contracts, collaboration, question, box.readies, time);
  const need = collaboration.committee.threshold;
  if (readies.length < need)
    throw new ProtocolError("QUORUM_MISSING", { have: readies.length, need });
  const consents = box.consents.filter(({ by }) => needed.includes(by));
  await sender.send(`seal/${task}`, sealCall(contracts, task, question, consents, readies));
}

async function submit(ports: ActPorts, task: Hex): Promise<void> {
  const { contracts, follower, store, sender } = ports;
  const sealing = sealingOf(ports, task);
  const { collaboration, question } = papersOf(ports, task, sealing);
  const digest = hashSeal(sealing.seal);
  const output = store.outputs.get(digest);
  if (!output) throw new ProtocolError("NOT_FOUND", { what: "result", name: task });
  const headTime = () => follower.status().head?.time ?? 0;
  const call = submitCall(contracts, collaboration, question, sealing, output, headTime);
  await sender.send(`result/${digest}/${output.abstentions}/${output.result.status}`, call);
}

async function forget(ports: ActPorts, task: Hex, keep: boolean): Promise<void> {
  const { enclave, store, view } = ports;
  const own = view.proposal(task) ? inputsOf(view.question(task)) : [];
  const live = new Set(
    store.jobs
      .entries()
      .filter(([other]) => other !== task)
      .flatMap(([other]) => inputsOf(view.question(other as Hex)).map(({ dataset }) => dataset)),
  );
  store.transaction(() => {
    store.mailbox.delete(task);
    if (!keep) dropOutputs(store, (output) => output.task === task);
    store.jobs.delete(task);
  });
  for (const { dataset } of own) if (!live.has(dataset)) await enclave.ask("forget", { dataset });
}
