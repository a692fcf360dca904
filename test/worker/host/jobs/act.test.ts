/**
 * Steps of a job against a FAKE enclave that answers as the test tells it; journal, inbox, mailbox and envelopes are real, the chain
 * is told by recorded events. The whole way with the real enclave and a chain: ../../worker.test.ts.
 */
import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { concat, type Hex } from "../../../../protocol/bytes.ts";
import { encodePreamble } from "../../../../protocol/envelope/package.ts";
import { sealingKeyOf } from "../../../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../../../protocol/errors.ts";
import { hashSeal } from "../../../../protocol/identity.ts";
import type { Question, Sealing } from "../../../../protocol/receipt.ts";
import type { CommitteeWorker, Result, Signed } from "../../../../protocol/schema.ts";
import { addressOf, committeeHash, digestOf, signDigest } from "../../../../protocol/typed-data.ts";
import type { MessageName } from "../../../../worker/boundary.ts";
import { ChainView } from "../../../../worker/host/chain/view.ts";
import type { Ask, Enclave } from "../../../../worker/host/enclave.ts";
import { Inbox } from "../../../../worker/host/inbox/inbox.ts";
import { act } from "../../../../worker/host/jobs/act.ts";
import { JobLoop } from "../../../../worker/host/jobs/loop.ts";
import { Mailboxes } from "../../../../worker/host/jobs/mailbox.ts";
import { dropOrphans } from "../../../../worker/host/jobs/orphans.ts";
import type { ActPorts } from "../../../../worker/host/jobs/ports.ts";
import { newJob } from "../../../../worker/host/jobs/records.ts";
import { release } from "../../../../worker/host/jobs/release.ts";
import { createLog } from "../../../../worker/host/log.ts";
import { Store } from "../../../../worker/host/store/store.ts";
import { deployment, memberKeys, World, type SealedInput } from "../../enclave/world.ts";
import { Recorder, blockHash } from "../support/recorded.ts";

const keys = [memberKeys("worker 0"), memberKeys("worker 1")] as const;
const workers: CommitteeWorker[] = keys.map(({ consentKey, sealingKey }) => ({
  signer: addressOf(consentKey),
  sealingKey: sealingKeyOf(sealingKey),
  measurement: `0x${"4d".repeat(32)}`,
}));
const self = workers[0]!;
const table = (first: number) => ({
  rows: 3,
  columns: {
    latitude: { type: "fixed" as const, values: Int32Array.of(first, 2, 3) },
    longitude: { type: "fixed" as const, values: Int32Array.of(4, 5, 6) },
  },
});

let world: World;
let inputs: [SealedInput, SealedInput];
let question: Question;
let folder: string;
let store: Store;
let recorder: Recorder;
let view: ChainView;
let inbox: Inbox;
let ports: ActPorts;
let task: Hex;
/** What the enclave was asked, in order. */
let asked: string[];
/** What it answers to a name; absent: nothing. */
let answers: Partial<Record<MessageName, (message: never, attachment: Uint8Array) => object>>;
let outputBytes: Uint8Array;

beforeAll(async () => {
  world = await World.create({ members: 2, workers, threshold: 2 });
  inputs = [await world.seal(0, "locations", table(1)), await world.seal(1, "locations", table(9))];
  question = world.ask("cluster", { k: 2 }, inputs, { recipients: 1 });
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "cloister-act-"));
  store = new Store(join(folder, "journal.sqlite"));
  recorder = new Recorder(store);
  view = new ChainView(deployment, store);
  recorder.contract(world);
  for (const input of inputs) recorder.dataset(world, input);
  task = recorder.proposal(world, question);
  store.jobs.put(task, newJob());
  const program = world.collaboration.terms.program;
  store.programs.put(program, {
    moduleHash: world.collaboration.moduleHash,
    manifest: world.collaboration.manifest,
  });
  store.modules.put(program, world.module);
  const onArrival = () => undefined;
  inbox = new Inbox(
    { datasets: join(folder, "datasets"), quotaBytes: 1e9 },
    { view, store, self, onArrival },
  );
  for (const input of inputs) await inbox.receive(input.ref.dataset, 0, bytesOf(input));
  asked = [];
  answers = { load: () => ({ held: false }) };
  outputBytes = new Uint8Array(0);
  ports = {
    view,
    store,
    inbox,
    self,
    enclave,
    mailboxes: new Mailboxes({ view, store, onArrival }),
    log: createLog("silent"),
    signal: new AbortController().signal,
    follower: { status: () => ({ reachable: true, synced: true, head: head(), block: 0 }) },
    // Steps that send are in send.test.ts and worker.test.ts.
    contracts: undefined as never,
    sender: undefined as never,
  };
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

async function* bytesOf(input: SealedInput) {
  yield concat(encodePreamble(input), ...input.chunks);
}
const head = () => ({
  number: recorder.block,
  hash: blockHash(recorder.block),
  time: 1_800_000_000,
});

const ask: Ask = async (name, message, attachment = new Uint8Array(0)) => {
  asked.push(name === "load" ? `load ${(message as { dataset: Hex }).dataset}` : name);
  const json = answers[name]?.(message as never, attachment) ?? {};
  return { json: json as never, attachment: outputBytes };
};
const enclave: Enclave = { ask, exclusively: (sequence) => sequence(ask) };
const refusal = (code: "CANNOT_OPEN" | "INTERNAL" | "TERMS_INVALID", what: string) => () => {
  throw new ProtocolError(code, { what });
};
/** Answers NOT_LOADED for whatever was not loaded yet, as the real one does. */
const needing = (hashes: readonly Hex[], answer: () => object) => (): object => {
  const missing = hashes.filter((hash) => !asked.includes(`load ${hash}`));
  if (missing.length > 0) throw new ProtocolError("NOT_LOADED", { hashes: [...missing] });
  if (!asked.includes("program"))
    throw new ProtocolError("NOT_LOADED", { hashes: [world.collaboration.moduleHash] });
  return answer();
};
const readyOf = (by: number): Signed => {
  const about = { taskId: task, committee: committeeHash(world.collaboration.committee) };
  return { by, signature: signDigest(keys[by]!.consentKey, digestOf(deployment, "Ready", about)) };
};
const datasets = () => inputs.map(({ ref }) => ref.dataset).toSorted();

describe("declaring Ready", () => {
  it("loads what the enclave lacks, and keeps and shows its signature", async () => {
    answers.ready = needing(datasets(), () => readyOf(0));
    await act(ports, task, { do: "ready" });
    expect(asked.filter((name) => name === "chunk")).toHaveLength(2);
    expect(asked.at(-1)).toBe("ready");
    expect(store.jobs.get(task)?.ready).toMatchObject(readyOf(0));
    expect(ports.mailboxes.of(task).readies).toEqual([readyOf(0)]);
  });

  it("is not done over an input that does not open, until its key is another", async () => {
    answers.ready = needing(datasets(), () => readyOf(0));
    answers.load = refusal("CANNOT_OPEN", "data key of member 0");
    await act(ports, task, { do: "ready" });
    const { blocked, ready } = store.jobs.get(task)!;
    expect(ready).toBeUndefined();
    expect(blocked).toMatchObject({ code: "CANNOT_OPEN" });
    expect(blocked?.member).toBe(
      inputs.find(({ ref }) => ref.dataset === blocked?.dataset)?.ref.member,
    );

    const loop = new JobLoop(options, { ...ports, ...busy });
    loop.wake();
    expect(loop.counts()).toEqual({ "waiting-data-key": 1 });
    const { header, dataKey, ref } = inputs.find((one) => one.ref.dataset === blocked?.dataset)!;
    const again = await world.seal(ref.member, "locations", table(ref.member === 0 ? 1 : 9), {
      dataKey,
      header,
    });
    await inbox.receive(ref.dataset, 0, bytesOf(again));
    answers.load = () => ({ held: true });
    loop.wake();
    expect(loop.counts()).toEqual({ ready: 1 });
    await loop.close();
    expect(store.jobs.get(task)?.ready).toMatchObject(readyOf(0));
  });

  it("asks for an envelope again whose bytes the disk lost", async () => {
    answers.ready = needing(datasets(), () => readyOf(0));
    const lost = datasets()[0]!;
    truncateSync(join(folder, "datasets", lost, "chunks"), 3);
    answers.chunk = (_, chunk) => {
      if (chunk.length === 3)
        throw new ProtocolError("HASH_MISMATCH", { what: "chunk 0", expected: "", actual: "" });
      return {};
    };
    await act(ports, task, { do: "ready" });
    expect(inbox.status(lost)).toMatchObject({ held: 0, complete: false });
    expect(store.jobs.get(task)).toEqual(newJob());
  });

  it("that fails is tried again later, longer each time", async () => {
    answers.ready = refusal("INTERNAL", "the enclave ended");
    const loop = new JobLoop(options, { ...ports, ...busy });
    loop.wake();
    await expect.poll(() => store.jobs.get(task)?.failures).toBe(1);
    expect(store.jobs.get(task)!.notBefore).toBeGreaterThan(Date.now());
    loop.wake();
    expect(loop.counts()).toEqual({ "waiting-retry": 1 });
    await loop.close();
  });

  it("does not load for ever what does not fit", async () => {
    answers.ready = () => {
      throw new ProtocolError("NOT_LOADED", { hashes: datasets() });
    };
    await expect(act(ports, task, { do: "ready" })).rejects.toMatchObject({ code: "NOT_LOADED" });
    expect(asked.length).toBeLessThan(40);
  });
});

const options = {
  autoSeal: true,
  sealGraceBlocks: 0,
  sealTurnBlocks: 0,
  mailboxInterval: 10,
};
const busy = { isDraining: () => false, onDrained: () => undefined };

describe("the mailbox", () => {
  it("takes only what was signed by whom it says", () => {
    const { mailboxes } = ports;
    const consent = question.consents[0]!;
    mailboxes.addConsent(task, consent);
    expect(mailboxes.of(task).consents).toEqual([consent]);
    const wrong = expect.objectContaining({ code: "SIGNATURE_INVALID" });
    expect(() => mailboxes.addConsent(task, { ...consent, by: 1 })).toThrow(wrong);
    expect(() => mailboxes.addReady(task, { ...readyOf(0), by: 1 })).toThrow(wrong);
    const unknown = expect.objectContaining({ code: "NOT_FOUND" });
    expect(() => mailboxes.addConsent(task, { ...consent, by: 7 })).toThrow(unknown);
    expect(() => mailboxes.addConsent(blockHash(1), consent)).toThrow(unknown);
  });

  it("shows what came by transaction too", () => {
    const [consent] = question.consents as [Signed];
    recorder.add("TaskConsented", {
      taskId: task,
      member: consent.by,
      signature: consent.signature,
    });
    recorder.add("TaskReady", { taskId: task, worker: 1, signature: readyOf(1).signature });
    recorder.add("TaskReady", { taskId: task, worker: 0, signature: readyOf(1).signature });
    expect(ports.mailboxes.of(task)).toEqual({ consents: [consent], readies: [readyOf(1)] });
  });
});

describe("a sealed task", () => {
  let sealing: Sealing;
  let result: Result;
  const verdict = (status: number) => {
    const one = { ...result, status, reason: status === 1 ? result.reason : blockHash(5) };
    const digest = digestOf(deployment, "Result", one);
    return { by: 0, result: one, signature: signDigest(keys[0].consentKey, digest) };
  };
  const digestOfSeal = () => hashSeal(sealing.seal);

  beforeEach(() => {
    sealing = world.sealing(question, [readyOf(0), readyOf(1)]);
    recorder.sealing(world, question, sealing);
    const zero: Hex = `0x${"00".repeat(32)}`;
    result = {
      sealDigest: digestOfSeal(),
      status: 1,
      reason: zero,
      nextStateRoot: zero,
      outputCommitment: blockHash(9),
      outputLength: 5,
    };
    outputBytes = Uint8Array.of(7, 7, 7);
  });

  it("is run, and result and output are in the journal before anything is sent", async () => {
    answers.run = needing(datasets(), () => verdict(1));
    await act(ports, task, { do: "run" });
    expect(store.outputs.get(digestOfSeal())).toMatchObject({
      task,
      ...verdict(1),
      abstentions: 0,
    });
    expect(store.held.get(digestOfSeal())).toEqual(outputBytes);
  });

  it("that ended in an abstention keeps no output, and counts it", async () => {
    answers.run = () => verdict(3);
    await act(ports, task, { do: "run" });
    await act(ports, task, { do: "run" });
    const output = store.outputs.get(digestOfSeal())!;
    expect(output.abstentions).toBe(2);
    expect(output.retryAt).toBeGreaterThan(Date.now());
    expect(store.held.get(digestOfSeal())).toBeUndefined();
  });

  it("that an input is lost for is answered with an abstention, and the input asked for again", async () => {
    const lost = datasets()[0]!;
    answers.run = needing(datasets(), () => verdict(1));
    answers.chunk = () => {
      throw new ProtocolError("HASH_MISMATCH", { what: "chunk 0", expected: "", actual: "" });
    };
    answers.abstain = ({ reason }: { reason: string }) => {
      expect(reason).toBe("CANNOT_OPEN");
      return verdict(3);
    };
    await act(ports, task, { do: "run" });
    expect(store.outputs.get(digestOfSeal())).toMatchObject({ ...verdict(3), abstentions: 1 });
    expect(inbox.isComplete(lost)).toBe(false);
  });

  it("that kills the enclave each time is answered with an abstention in the end", async () => {
    answers.run = refusal("INTERNAL", "the enclave ended");
    answers.abstain = () => verdict(3);
    await expect(act(ports, task, { do: "run" })).rejects.toMatchObject({ code: "INTERNAL" });
    store.jobs.put(task, { ...newJob(), failures: 2 });
    await act(ports, task, { do: "run" });
    expect(store.outputs.get(digestOfSeal())).toMatchObject(verdict(3));
  });

  it("whose seal a reorg takes back while it runs leaves nothing", async () => {
    answers.run = () => {
      store.transaction(() => {
        store.events.rollback(recorder.block - 2);
        dropOrphans(store, view);
      });
      return verdict(1);
    };
    await act(ports, task, { do: "run" });
    expect(store.outputs.entries()).toEqual([]);
    expect(store.held.get(digestOfSeal())).toBeUndefined();
    expect(view.state(task)).toBe("proposed");
    expect(store.jobs.get(task)).toBeDefined();
  });

  it("whose seal a reorg takes back later loses result, output and packages", async () => {
    answers.run = () => verdict(1);
    await act(ports, task, { do: "run" });
    store.releases.put(`${digestOfSeal()}/0`, Uint8Array.of(1));
    store.transaction(() => {
      store.events.rollback(recorder.block - 2);
      dropOrphans(store, view);
    });
    expect(store.outputs.entries()).toEqual([]);
    expect(store.held.get(digestOfSeal())).toBeUndefined();
    expect(store.releases.get(`${digestOfSeal()}/0`)).toBeUndefined();
  });

  it("whose proposal a reorg takes back is no job any more", () => {
    store.transaction(() => {
      store.events.rollback(1);
      dropOrphans(store, view);
    });
    expect(store.jobs.entries()).toEqual([]);
  });

  it("that is over is forgotten, and looked at again when a reorg takes its end back", async () => {
    recorder.add("TaskAdvanced", { taskId: task, state: "expired" });
    answers.run = () => verdict(1);
    await act(ports, task, { do: "run" });
    await act(ports, task, { do: "forget", keep: false });
    expect(store.jobs.entries()).toEqual([]);
    expect(store.held.get(digestOfSeal())).toBeUndefined();
    expect(asked.filter((name) => name === "forget")).toHaveLength(2);
    store.transaction(() => {
      store.events.rollback(recorder.block - 1);
      dropOrphans(store, view);
    });
    expect(store.jobs.get(task)).toEqual(newJob());
  });

  it("keeps inputs in the enclave that another job needs", async () => {
    const other = recorder.proposal(world, world.ask("cluster", { k: 3 }, [inputs[0]]));
    store.jobs.put(other, newJob());
    await act(ports, task, { do: "forget", keep: true });
    expect(asked).toEqual(["forget"]);
  });

  describe("gives its output", () => {
    beforeEach(async () => {
      answers.run = () => verdict(1);
      await act(ports, task, { do: "run" });
      outputBytes = Uint8Array.of(8, 8);
    });
    const get = (recipient: number) => release({ view, store, enclave }, task, recipient);

    it("to nobody before it is final", async () => {
      await expect(get(0)).rejects.toMatchObject({ code: "NOT_FINAL", facts: { state: "sealed" } });
    });

    it("to recipients alone", async () => {
      recorder.add("TaskAdvanced", { taskId: task, state: "finalized" });
      await expect(get(1)).rejects.toMatchObject({ code: "NOT_A_RECIPIENT", facts: { member: 1 } });
      expect(asked).not.toContain("release");
    });

    it("with the signatures of the chain, once for each recipient", async () => {
      const { by, signature } = verdict(1);
      recorder.add("ResultSubmitted", { taskId: task, worker: by, result, signature });
      recorder.add("TaskAdvanced", { taskId: task, state: "finalized" });
      answers.release = ({ results }: { results: unknown }, held: Uint8Array) => {
        expect(results).toEqual([{ by, result, signature }]);
        expect(held).toEqual(Uint8Array.of(7, 7, 7));
        return {};
      };
      expect(await get(0)).toEqual(Uint8Array.of(8, 8));
      expect(await get(0)).toEqual(Uint8Array.of(8, 8));
      expect(asked.filter((name) => name === "release")).toHaveLength(1);
    });
  });
});
