/**
 * What a worker erases, when, and what a crash in between leaves. Journal, disk and envelopes are real; the chain is told by recorded
 * events; the enclave is FAKE: it notes what it is asked, and fails when the test says so. The real one: ../../enclave/erase.test.ts.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { concat, type Hex } from "../../../../protocol/bytes.ts";
import { encodePreamble } from "../../../../protocol/envelope/package.ts";
import { sealingKeyOf } from "../../../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../../../protocol/errors.ts";
import { select } from "../../../../protocol/events.ts";
import type { Question } from "../../../../protocol/receipt.ts";
import type { CommitteeWorker, DatasetName } from "../../../../protocol/schema.ts";
import { addressOf } from "../../../../protocol/typed-data.ts";
import { ChainView } from "../../../../worker/host/chain/view.ts";
import type { Ask } from "../../../../worker/host/enclave.ts";
import { Eraser } from "../../../../worker/host/erasure/eraser.ts";
import { SEALED_CHUNK } from "../../../../worker/host/inbox/chunk-file.ts";
import { Inbox } from "../../../../worker/host/inbox/inbox.ts";
import { LATE_SEAL } from "../../../../worker/host/jobs/next.ts";
import { newJob } from "../../../../worker/host/jobs/records.ts";
import { createLog } from "../../../../worker/host/log.ts";
import { Store } from "../../../../worker/host/store/store.ts";
import { deployment, memberKeys, World, type SealedInput } from "../../enclave/world.ts";
import { blockHash, eventAt, Recorder } from "../support/recorded.ts";

const keys = memberKeys("enclave");
const self: CommitteeWorker = {
  signer: addressOf(keys.consentKey),
  sealingKey: sealingKeyOf(keys.sealingKey),
  measurement: `0x${"4d".repeat(32)}`,
};
const SIGNATURE: Hex = `0x${"5e".repeat(65)}`;
const STALE_SECONDS = 3600;
/** Block time of the recorded world's seals: tasks may be sealed until later. */
const NOW = 1_800_000_000;
const rows = (count: number) => ({
  rows: count,
  columns: {
    latitude: { type: "fixed" as const, values: Int32Array.from({ length: count }, (_, i) => i) },
    longitude: { type: "fixed" as const, values: Int32Array.from({ length: count }, (_, i) => -i) },
  },
});

let world: World;
let mine: SealedInput;
let theirs: SealedInput;
let large: SealedInput;
let folder: string;
let store: Store;
let recorder: Recorder;
let inbox: Inbox;
let eraser: Eraser;
/** What the enclave was asked, and what the disk and the journal held then. */
let asked: { message: object; files: string[]; uploads: string[] }[];
let isEnclaveDead: boolean;
/** What happens while the enclave works. */
let meanwhile: () => void;

beforeAll(async () => {
  world = await World.create({ members: 2, workers: [self], threshold: 1 });
  mine = await world.seal(0, "locations", rows(10));
  theirs = await world.seal(1, "locations", rows(12));
  large = await world.seal(0, "locations", rows(280_000));
});
const files = () => readdirSync(join(folder, "datasets"));
const ask: Ask = async (_name, message) => {
  const uploads = store.uploads.entries().map(([dataset]) => dataset);
  asked.push({ message, files: files(), uploads });
  meanwhile();
  if (isEnclaveDead) throw new ProtocolError("INTERNAL", { what: "the enclave ended" });
  return { json: { signature: SIGNATURE } as never, attachment: new Uint8Array(0) };
};
/** Opens the home, as each start of the worker does. */
async function open(quotaBytes = 2 ** 30): Promise<void> {
  const view = new ChainView(deployment, store);
  const options = { datasets: join(folder, "datasets"), quotaBytes };
  inbox = await new Inbox(options, { view, store, self, onArrival: () => undefined }).start();
  const head = { number: 1, hash: blockHash(1), time: NOW };
  eraser = new Eraser(
    { staleUploadSeconds: STALE_SECONDS },
    {
      view,
      store,
      inbox,
      self,
      enclave: { ask },
      follower: { status: () => ({ reachable: true, synced: true, head, block: 1 }) },
      log: createLog("silent"),
    },
  ).start();
}
/** The process is killed; what the disk has is all there is. */
async function crash(): Promise<void> {
  store.close();
  store = new Store(join(folder, "journal.sqlite"));
  recorder = new Recorder(store);
  isEnclaveDead = false;
  await open();
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "cloister-erase-"));
  mkdirSync(join(folder, "datasets"));
  store = new Store(join(folder, "journal.sqlite"));
  recorder = new Recorder(store);
  recorder.contract(world);
  for (const input of [mine, theirs, large]) recorder.dataset(world, input);
  const { program } = world.collaboration.terms;
  const { moduleHash, manifest } = world.collaboration;
  store.programs.put(program, { moduleHash, manifest });
  asked = [];
  isEnclaveDead = false;
  meanwhile = () => undefined;
  await open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const nameOf = ({ ref: { member, dataset } }: SealedInput): DatasetName => ({
  terms: world.terms,
  member,
  dataset,
});
const upload = (input: SealedInput, chunks = input.chunks) =>
  inbox.receive(
    input.ref.dataset,
    0,
    (async function* () {
      yield concat(encodePreamble(input), ...chunks);
    })(),
  );
/** The chain says that a member withdrew a dataset. */
function withdraw(name: DatasetName): void {
  recorder.add("DatasetWithdrawn", name);
  const [event] = select([eventAt(recorder.block, "DatasetWithdrawn", name)], "DatasetWithdrawn");
  store.transaction(() => eraser.onEvents([event!]));
}
function propose(inputs: readonly SealedInput[], options = {}): { task: Hex; question: Question } {
  const question = world.ask(
    "privateInput" in options ? "predict" : "cluster",
    "privateInput" in options ? {} : { k: 1 },
    inputs,
    options,
  );
  const task = recorder.proposal(world, question);
  store.jobs.put(task, newJob());
  return { task, question };
}
const erased = (input: SealedInput) => ({
  dataset: input.ref.dataset,
  state: "erased",
  pins: [],
  signature: SIGNATURE,
});
const pending = (input: SealedInput, ...pins: object[]) => ({
  dataset: input.ref.dataset,
  state: "pending",
  pins,
});

describe("a withdrawn dataset", () => {
  it("is deleted, then signed away; its quota is free and its name is not taken again", async () => {
    await upload(mine);
    await upload(theirs);
    expect(eraser.status(nameOf(mine))).toMatchObject({ state: "kept" });
    withdraw(nameOf(mine));
    expect(eraser.status(nameOf(mine))).toEqual(pending(mine));
    await eraser.pass(NOW);
    expect(asked).toEqual([
      {
        message: { deployment, ...nameOf(mine) },
        files: [theirs.ref.dataset],
        uploads: [theirs.ref.dataset],
      },
    ]);
    expect(eraser.status(nameOf(mine))).toEqual(erased(mine));
    expect(inbox.preamble(mine.ref.dataset)).toBeUndefined();
    expect(inbox.isComplete(theirs.ref.dataset)).toBe(true);
    expect(inbox.usage().count).toBe(1);
    await expect(upload(mine)).rejects.toMatchObject({ code: "DATASET_WITHDRAWN" });
    await eraser.pass(NOW);
    expect(asked).toHaveLength(1);
  });

  it("makes room for the next upload of its member", async () => {
    await open(4 * SEALED_CHUNK);
    await upload(large);
    const next = await world.seal(0, "locations", rows(140_000));
    recorder.dataset(world, next);
    await expect(upload(next)).rejects.toMatchObject({ code: "QUOTA" });
    withdraw(nameOf(large));
    await eraser.pass(NOW);
    expect(await upload(next)).toMatchObject({ complete: true });
  });

  it("that never came, or came in part, is signed away too", async () => {
    await upload(large, large.chunks.slice(0, 1));
    for (const input of [mine, large]) withdraw(nameOf(input));
    await eraser.pass(NOW);
    for (const input of [mine, large]) expect(eraser.status(nameOf(input))).toEqual(erased(input));
    expect(files()).toEqual([]);
    await expect(upload(large)).rejects.toMatchObject({ code: "DATASET_WITHDRAWN" });
  });

  it("of another member who committed the same hash is not this one", async () => {
    await upload(mine);
    const { dataset } = mine.ref;
    const squatter = { terms: world.terms, member: 1, dataset };
    recorder.add("DatasetCommitted", { ...squatter, table: 0, epoch: 0, chunks: 1 });
    withdraw(squatter);
    await eraser.pass(NOW);
    expect(inbox.isComplete(dataset)).toBe(true);
    expect(eraser.status(nameOf(mine))).toMatchObject({ state: "kept" });
    expect(await upload(mine)).toMatchObject({ complete: true });
  });

  it("of a contract that is not this worker's is none of its business", async () => {
    const others = { ...self, signer: addressOf(memberKeys("other").consentKey) };
    const foreign = await World.create({ members: 1, workers: [others], threshold: 1 });
    const input = await foreign.seal(0, "locations", rows(3));
    recorder.contract(foreign);
    recorder.dataset(foreign, input);
    const name = { ...input.ref, terms: foreign.terms };
    withdraw({ terms: foreign.terms, member: 0, dataset: input.ref.dataset });
    await eraser.pass(NOW);
    expect(asked).toEqual([]);
    const refusal = { code: "NOT_IN_COMMITTEE" };
    expect(() => eraser.status(name)).toThrow(expect.objectContaining(refusal) as Error);
    expect(() => eraser.status({ ...name, member: 1 })).toThrow(
      expect.objectContaining({ code: "NOT_COMMITTED" }) as Error,
    );
  });
});

describe("a task under way", () => {
  it("that is sealed keeps what it names until it is over", async () => {
    await upload(mine);
    await upload(theirs);
    const { task, question } = propose([mine, theirs]);
    const sealing = world.sealing(question, [{ by: 0, signature: SIGNATURE }]);
    recorder.sealing(world, question, sealing);
    withdraw(nameOf(mine));
    await eraser.pass(NOW);
    const until = sealing.seal.time + question.task.resultWindow;
    expect(eraser.status(nameOf(mine))).toEqual(pending(mine, { task, state: "sealed", until }));
    expect(asked).toEqual([]);
    expect(inbox.isComplete(mine.ref.dataset)).toBe(true);
    // What the disk lost may come again as long as the task needs it.
    inbox.discard(mine.ref.dataset);
    expect(await upload(mine)).toMatchObject({ complete: true });

    recorder.add("TaskAdvanced", { taskId: task, state: "finalized" });
    await eraser.pass(NOW);
    // This worker may still owe its own equal result.
    expect(eraser.status(nameOf(mine))).toMatchObject({ pins: [{ task, state: "finalized" }] });
    store.jobs.delete(task);
    await eraser.pass(NOW);
    expect(eraser.status(nameOf(mine))).toEqual(erased(mine));
    expect(inbox.isComplete(theirs.ref.dataset)).toBe(true);
  });

  it("that nobody expires holds it only as long as a result counts", async () => {
    await upload(mine);
    const { question } = propose([mine]);
    const sealing = world.sealing(question, [{ by: 0, signature: SIGNATURE }]);
    recorder.sealing(world, question, sealing);
    withdraw(nameOf(mine));
    const until = sealing.seal.time + question.task.resultWindow;
    await eraser.pass(until);
    expect(asked).toEqual([]);
    await eraser.pass(until + 1);
    expect(asked).toHaveLength(1);
  });

  it("that is proposed keeps it too: it may be sealed in a block that is not confirmed yet", async () => {
    await upload(mine);
    const { task, question } = propose([mine]);
    withdraw(nameOf(mine));
    await eraser.pass(question.task.sealBy + LATE_SEAL);
    expect(eraser.status(nameOf(mine))).toMatchObject({ pins: [{ task, state: "proposed" }] });
    await eraser.pass(question.task.sealBy + LATE_SEAL + 1);
    expect(eraser.status(nameOf(mine))).toEqual(erased(mine));
  });

  it("that is vetoed lets it go at once", async () => {
    await upload(mine);
    const { task } = propose([mine]);
    withdraw(nameOf(mine));
    recorder.add("TaskAdvanced", { taskId: task, state: "cancelled" });
    // The job loop forgets the job with its next look.
    store.jobs.delete(task);
    await eraser.pass(NOW);
    expect(eraser.status(nameOf(mine))).toEqual(erased(mine));
  });
});

describe("a crash", () => {
  it("between journal and disk leaves files that the next start deletes, before anything is signed", async () => {
    await upload(mine);
    withdraw(nameOf(mine));
    // The journal's transaction is done, the disk's part is not.
    store.transaction(() => {
      store.uploads.delete(mine.ref.dataset);
      store.preambles.deleteAll(mine.ref.dataset);
      store.withdrawals.put(`${world.terms}/0/${mine.ref.dataset}`, {
        ...nameOf(mine),
        deleted: true,
      });
    });
    expect(files()).toEqual([mine.ref.dataset]);
    await crash();
    await eraser.pass(NOW);
    expect(asked).toMatchObject([{ files: [], uploads: [] }]);
    expect(eraser.status(nameOf(mine))).toEqual(erased(mine));
  });

  it("between disk and enclave, and between enclave and journal, ends in the same signature", async () => {
    await upload(mine);
    withdraw(nameOf(mine));
    isEnclaveDead = true;
    await eraser.pass(NOW);
    expect(files()).toEqual([]);
    expect(eraser.status(nameOf(mine))).toEqual(pending(mine));
    await expect(upload(mine)).rejects.toMatchObject({ code: "DATASET_WITHDRAWN" });
    // The enclave had signed, and nobody wrote it down: it is asked again.
    await crash();
    await eraser.pass(NOW);
    expect(asked).toHaveLength(2);
    expect(eraser.status(nameOf(mine))).toEqual(erased(mine));
    await crash();
    await eraser.pass(NOW);
    expect(asked).toHaveLength(2);
    expect(eraser.status(nameOf(mine))).toEqual(erased(mine));
  });

  it("of the enclave at one dataset keeps no other from being tried", async () => {
    withdraw(nameOf(mine));
    withdraw(nameOf(theirs));
    isEnclaveDead = true;
    await eraser.pass(NOW);
    expect(asked).toHaveLength(2);
  });

  it("of nothing: what a version before this one saw withdrawn is erased after the next start", async () => {
    await upload(mine);
    recorder.add("DatasetWithdrawn", nameOf(mine));
    expect(store.withdrawals.entries()).toEqual([]);
    await crash();
    await eraser.pass(NOW);
    expect(eraser.status(nameOf(mine))).toEqual(erased(mine));
  });
});

describe("a reorg", () => {
  it("takes a withdrawal back as long as nothing was deleted", async () => {
    await upload(mine);
    const before = recorder.block;
    withdraw(nameOf(mine));
    store.events.rollback(before);
    eraser.onRollback();
    await eraser.pass(NOW);
    expect(asked).toEqual([]);
    expect(eraser.status(nameOf(mine))).toMatchObject({ state: "kept" });
    expect(inbox.isComplete(mine.ref.dataset)).toBe(true);
  });

  it("that comes while another dataset is erased is heeded too", async () => {
    for (const input of [mine, theirs]) await upload(input);
    const inOrder = [mine, theirs].toSorted((a, b) => a.ref.member - b.ref.member);
    const [first, second] = inOrder as [SealedInput, SealedInput];
    withdraw(nameOf(first));
    const before = recorder.block;
    withdraw(nameOf(second));
    meanwhile = () => {
      store.events.rollback(before);
      eraser.onRollback();
    };
    await eraser.pass(NOW);
    expect(eraser.status(nameOf(first))).toEqual(erased(first));
    expect(eraser.status(nameOf(second))).toMatchObject({ state: "kept" });
    expect(inbox.isComplete(second.ref.dataset)).toBe(true);
  });

  it("does not bring back what is erased: it must be contributed anew", async () => {
    await upload(mine);
    const before = recorder.block;
    withdraw(nameOf(mine));
    isEnclaveDead = true;
    await eraser.pass(NOW);
    store.events.rollback(before);
    eraser.onRollback();
    isEnclaveDead = false;
    await eraser.pass(NOW);
    expect(eraser.status(nameOf(mine))).toEqual(erased(mine));
    await expect(upload(mine)).rejects.toMatchObject({ code: "DATASET_WITHDRAWN" });
  });
});

describe("an upload", () => {
  const age = ({ ref }: SealedInput, seconds: number) => {
    const then = Date.now() / 1000 - seconds;
    utimesSync(join(folder, "datasets", ref.dataset, "chunks"), then, then);
  };

  it("that nobody goes on with is given up, unless a task waits for it", async () => {
    await upload(large, large.chunks.slice(0, 1));
    age(large, STALE_SECONDS - 100);
    await eraser.pass(NOW);
    expect(inbox.usage().count).toBe(1);
    age(large, STALE_SECONDS + 100);
    const { task } = propose([large]);
    await open();
    await eraser.pass(NOW);
    expect(inbox.usage().count).toBe(1);
    store.jobs.delete(task);
    await open();
    await eraser.pass(NOW);
    expect(inbox.usage()).toEqual({ count: 0, bytes: 0 });
    expect(existsSync(join(folder, "datasets", large.ref.dataset))).toBe(false);
    // Nothing was withdrawn: it may begin again.
    expect(await upload(large)).toMatchObject({ complete: true });
  });

  it("that is complete stays, however old", async () => {
    await upload(mine);
    age(mine, 10 * STALE_SECONDS);
    await eraser.pass(NOW);
    expect(inbox.isComplete(mine.ref.dataset)).toBe(true);
  });

  it("of private parameters goes when their task is over", async () => {
    const points = await world.seal(0, "predict", rows(5));
    const { task } = propose([mine], { privateInput: points });
    await upload(points);
    await eraser.pass(NOW);
    expect(inbox.isComplete(points.ref.dataset)).toBe(true);
    recorder.add("TaskAdvanced", { taskId: task, state: "cancelled" });
    store.jobs.delete(task);
    await open();
    await eraser.pass(NOW);
    expect(inbox.usage().count).toBe(0);
  });

  it("under way is not deleted under the sender's hands; it is when the sender is gone", async () => {
    let goOn = (): void => undefined;
    const paused = new Promise<void>((resolve) => (goOn = resolve));
    let isWaiting = false;
    const receiving = inbox.receive(
      large.ref.dataset,
      0,
      (async function* () {
        yield concat(encodePreamble(large), large.chunks[0]!, large.chunks[1]!.subarray(0, 9));
        isWaiting = true;
        await paused;
        yield concat(large.chunks[1]!.subarray(9), large.chunks[2]!);
      })(),
    );
    await expect.poll(() => isWaiting).toBe(true);
    withdraw(nameOf(large));
    await eraser.pass(NOW);
    expect(asked).toEqual([]);
    goOn();
    await receiving;
    await eraser.pass(NOW);
    expect(eraser.status(nameOf(large))).toEqual(erased(large));
    expect(files()).toEqual([]);
  });
});
