/** What a worker takes in, and what it does not: envelopes are real, the chain is told by recorded events, the disk is real. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ZERO_HASH, concat, type Address, type Hex } from "../../../../protocol/bytes.ts";
import { encodePreamble, type Preamble } from "../../../../protocol/envelope/package.ts";
import { makeKeyWrap, sealingKeyOf } from "../../../../protocol/envelope/wrap.ts";
import type { CommitteeWorker } from "../../../../protocol/schema.ts";
import { addressOf } from "../../../../protocol/typed-data.ts";
import { ChainView } from "../../../../worker/host/chain/view.ts";
import { SEALED_CHUNK } from "../../../../worker/host/inbox/chunk-file.ts";
import { Inbox } from "../../../../worker/host/inbox/inbox.ts";
import { Store } from "../../../../worker/host/store/store.ts";
import { deployment, memberKeys, World, type SealedInput } from "../../enclave/world.ts";
import { collect } from "../support/collect.ts";
import { Recorder } from "../support/recorded.ts";

const enclaveKeys = memberKeys("enclave");
const self: CommitteeWorker = {
  signer: addressOf(enclaveKeys.consentKey),
  sealingKey: sealingKeyOf(enclaveKeys.sealingKey),
  measurement: `0x${"4d".repeat(32)}`,
};
const rows = (count: number) => ({
  rows: count,
  columns: {
    latitude: { type: "fixed" as const, values: Int32Array.from({ length: count }, (_, i) => i) },
    longitude: { type: "fixed" as const, values: Int32Array.from({ length: count }, (_, i) => -i) },
  },
});

let world: World;
/** Three chunks, and one small envelope of another member. */
let large: SealedInput;
let small: SealedInput;
let folder: string;
let store: Store;
let recorder: Recorder;
let inbox: Inbox;
let arrivals: Hex[];

beforeAll(async () => {
  world = await World.create({ members: 2, workers: [self], threshold: 1 });
  large = await world.seal(0, "locations", rows(280_000));
  small = await world.seal(1, "locations", rows(10));
});
const open = (quotaBytes = 2 ** 30) =>
  new Inbox(
    { datasets: join(folder, "datasets"), quotaBytes },
    {
      view: new ChainView(deployment, store),
      store,
      self,
      onArrival: (dataset) => arrivals.push(dataset),
    },
  );
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloister-inbox-"));
  store = new Store(join(folder, "journal.sqlite"));
  recorder = new Recorder(store);
  recorder.contract(world);
  recorder.dataset(world, large);
  recorder.dataset(world, small);
  arrivals = [];
  inbox = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const nameOf = ({ ref }: SealedInput): Hex => ref.dataset;
async function* stream(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  // Pieces as a socket gives them: of no size in particular.
  const whole = concat(...parts);
  for (let at = 0; at < whole.length; at += 100_003) yield whole.subarray(at, at + 100_003);
}
/** An upload of `input` from chunk `from` on, with whatever is changed. */
const upload = (
  input: SealedInput,
  from = 0,
  changed: { preamble?: Partial<Preamble>; chunks?: readonly Uint8Array[]; as?: Hex } = {},
) =>
  inbox.receive(
    changed.as ?? nameOf(input),
    from,
    stream(
      encodePreamble({ ...input, ...changed.preamble }),
      ...(changed.chunks ?? input.chunks.slice(from)),
    ),
  );
const refused = (code: string, facts: object = {}) =>
  expect.objectContaining({ code, facts: expect.objectContaining(facts) as unknown }) as Error;
const flipped = (chunk: Uint8Array): Uint8Array => {
  const copy = chunk.slice();
  copy[100] = (copy[100] as number) ^ 1;
  return copy;
};
const held = async (input: SealedInput) => concat(...(await collect(inbox.chunks(nameOf(input)))));

describe("an honest upload", () => {
  it("is complete, and comes out as it went in", async () => {
    expect(large.chunks).toHaveLength(3);
    const status = { dataset: nameOf(large), held: 3, of: 3, complete: true };
    expect(await upload(large)).toEqual(status);
    expect(inbox.status(nameOf(large))).toEqual(status);
    expect(inbox.isComplete(nameOf(large))).toBe(true);
    expect(await held(large)).toEqual(concat(...large.chunks));
    expect(inbox.preamble(nameOf(large))).toEqual(encodePreamble(large).subarray(4));
    expect(inbox.usage()).toEqual({ count: 1, bytes: concat(...large.chunks).length });
    expect(arrivals).toEqual([nameOf(large)]);
  });

  it("may come twice", async () => {
    await upload(large);
    expect(await upload(large)).toMatchObject({ complete: true });
    expect(await upload(large, 3)).toMatchObject({ complete: true });
    expect(arrivals).toHaveLength(1);
  });

  it("of private parameters is taken while their task is under way", async () => {
    const input = await world.seal(0, "predict", rows(5));
    await expect(upload(input)).rejects.toEqual(refused("NOT_COMMITTED"));
    const question = world.ask("predict", {}, [large], { privateInput: input });
    const taskId = recorder.proposal(world, question);
    expect(inbox.status(nameOf(input))).toMatchObject({ held: 0, complete: false });
    expect(await upload(input)).toMatchObject({ complete: true });
    recorder.add("TaskAdvanced", { taskId, state: "cancelled" });
    const late = await world.seal(0, "predict", rows(6));
    await expect(upload(late)).rejects.toEqual(refused("NOT_COMMITTED"));
  });
});

describe("an interrupted upload", () => {
  it("goes on at the next chunk, whoever broke it off", async () => {
    async function* vanishing() {
      yield encodePreamble(large);
      yield large.chunks[0] as Uint8Array;
      yield (large.chunks[1] as Uint8Array).subarray(0, 500_000);
      throw new TypeError("socket hang up");
    }
    await expect(inbox.receive(nameOf(large), 0, vanishing())).rejects.toThrow("socket hang up");
    expect(inbox.status(nameOf(large))).toMatchObject({ held: 1, complete: false });
    expect(await upload(large, 1)).toMatchObject({ complete: true });
    expect(await held(large)).toEqual(concat(...large.chunks));
  });

  it("goes on after the worker was killed with half a chunk on its disk", async () => {
    await upload(large, 0, { chunks: large.chunks.slice(0, 1) });
    const file = join(folder, "datasets", nameOf(large), "chunks");
    const kept = readFileSync(file);
    // What a kill -9 leaves when the bytes were written and the journal was not.
    writeFileSync(file, concat(kept, flipped(large.chunks[1] as Uint8Array).subarray(0, 4000)));
    inbox = open();
    expect(inbox.status(nameOf(large))).toMatchObject({ held: 1 });
    expect(await upload(large, 1)).toMatchObject({ complete: true });
    expect(await held(large)).toEqual(concat(...large.chunks));
  });

  it("may begin at any chunk that is held, and at none behind", async () => {
    await expect(upload(large, 1)).rejects.toEqual(
      refused("UPLOAD_OUT_OF_ORDER", { held: 0, from: 1 }),
    );
    await upload(large, 0, { chunks: large.chunks.slice(0, 2) });
    expect(await upload(large, 1)).toMatchObject({ held: 3, complete: true });
  });

  it("starts anew when the disk lost its bytes", async () => {
    await upload(large);
    truncateSync(join(folder, "datasets", nameOf(large), "chunks"), SEALED_CHUNK + 5);
    const lengths = (await collect(inbox.chunks(nameOf(large)))).map((c) => c.length);
    expect(lengths).toEqual([SEALED_CHUNK, 5, 0]);
    inbox.discard(nameOf(large));
    expect(inbox.isComplete(nameOf(large))).toBe(false);
    expect(await upload(large)).toMatchObject({ complete: true });
    expect(await held(large)).toEqual(concat(...large.chunks));
  });
});

describe("uploads at once", () => {
  it("of one envelope share the work and break nothing", async () => {
    const statuses = await Promise.all([upload(large), upload(large), upload(large)]);
    expect(statuses.every((status) => status.complete)).toBe(true);
    expect(await held(large)).toEqual(concat(...large.chunks));
  });

  it("are not harmed by one that breaks", async () => {
    const bad = upload(large, 0, { chunks: [large.chunks[0]!, flipped(large.chunks[1]!)] });
    const [first, second] = await Promise.allSettled([upload(large), bad]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({ reason: { code: "HASH_MISMATCH" } });
    expect(await held(large)).toEqual(concat(...large.chunks));
  });

  it("do not share the last of a quota", async () => {
    inbox = open(4 * SEALED_CHUNK);
    const other = await world.seal(0, "locations", rows(140_000));
    recorder.dataset(world, other);
    expect(other.chunks).toHaveLength(2);
    const results = await Promise.allSettled([upload(large), upload(other)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("a dishonest upload", () => {
  const elsewhere = `0x${"c2".repeat(20)}` as Address;
  it.each<[string, () => Promise<unknown>, Error]>([
    [
      "with one bit flipped",
      () => upload(large, 0, { chunks: [large.chunks[0]!, flipped(large.chunks[1]!)] }),
      refused("HASH_MISMATCH", { what: "chunk 1" }),
    ],
    [
      "with chunks swapped",
      () => upload(large, 0, { chunks: [large.chunks[1]!, large.chunks[0]!] }),
      refused("HASH_MISMATCH", { what: "chunk 0" }),
    ],
    [
      "cut off inside a chunk",
      () => upload(large, 0, { chunks: [large.chunks[0]!.subarray(0, 1000)] }),
      refused("HASH_MISMATCH", { what: "chunk 0" }),
    ],
    [
      "with a chunk too many",
      async () => {
        await upload(small);
        return upload(small, 1, { chunks: [new Uint8Array(10)] });
      },
      refused("ENVELOPE_MALFORMED"),
    ],
    [
      "cut off inside the preamble",
      () => inbox.receive(nameOf(large), 0, stream(encodePreamble(large).subarray(0, 99))),
      refused("ENVELOPE_MALFORMED"),
    ],
    [
      "without a preamble",
      () => inbox.receive(nameOf(large), 0, stream(new Uint8Array(0))),
      refused("ENVELOPE_MALFORMED"),
    ],
    [
      "with a preamble without end",
      () => inbox.receive(nameOf(large), 0, stream(Uint8Array.of(255, 255, 255, 255, 1))),
      refused("ENVELOPE_MALFORMED"),
    ],
    [
      "under the name of another envelope",
      () => upload(large, 0, { as: nameOf(small) }),
      refused("ENVELOPE_MALFORMED", { what: "3 chunks, 1 are on chain" }),
    ],
    [
      "under the name of another member's envelope of the same length",
      async () => upload(await world.seal(0, "locations", rows(10)), 0, { as: nameOf(small) }),
      refused("ENVELOPE_FOREIGN", { what: "member" }),
    ],
    [
      "of other rows under a name that is on chain",
      async () => upload(await world.seal(1, "locations", rows(11)), 0, { as: nameOf(small) }),
      refused("HASH_MISMATCH", { what: "dataset" }),
    ],
    [
      "before its hash is on chain",
      async () => upload(await world.seal(0, "locations", rows(3))),
      refused("NOT_COMMITTED"),
    ],
    [
      "sealed for another deployment",
      async () => {
        const input = await world.seal(0, "locations", rows(3), {
          header: { contracts: elsewhere },
        });
        recorder.dataset(world, input);
        return upload(input);
      },
      refused("ENVELOPE_FOREIGN", { what: "contracts" }),
    ],
    [
      "sealed for another chain",
      async () => {
        const input = await world.seal(0, "locations", rows(3), { header: { chainId: 1 } });
        recorder.dataset(world, input);
        return upload(input);
      },
      refused("ENVELOPE_FOREIGN", { what: "chainId" }),
    ],
    [
      "of another table than its commitment says",
      async () => {
        const input = await world.seal(0, "locations", rows(3), { header: { table: 1 } });
        recorder.dataset(world, { ...input, ref: { ...input.ref, table: 0 } });
        return upload(input);
      },
      refused("ENVELOPE_FOREIGN", { what: "table" }),
    ],
    [
      "without a key for this worker",
      () => upload(small, 0, { preamble: { wraps: [] } }),
      refused("CANNOT_OPEN", { what: "data key of member 1" }),
    ],
    [
      "with a key wrap that the member did not sign",
      () => {
        const forged = makeKeyWrap(
          deployment,
          nameOf(small),
          `0x${"00".repeat(32)}`,
          small.dataKey,
          self.sealingKey,
          memberKeys("outsider").consentKey,
        );
        return upload(small, 0, { preamble: { wraps: [forged] } });
      },
      refused("SIGNATURE_INVALID"),
    ],
    [
      "with the key wrap of another envelope",
      () => upload(small, 0, { preamble: { wraps: large.wraps } }),
      refused("SIGNATURE_INVALID"),
    ],
    [
      "over the member's quota",
      () => {
        inbox = open(2 * SEALED_CHUNK);
        return upload(large);
      },
      refused("QUOTA", { limit: 2 * SEALED_CHUNK }),
    ],
  ])("%s is refused", async (_, attack, refusal) => {
    await expect(attack()).rejects.toEqual(refusal);
    expect(inbox.isComplete(nameOf(large))).toBe(false);
  });

  it("to a worker outside the committee is refused", async () => {
    const others = { ...self, signer: addressOf(memberKeys("other").consentKey) };
    const foreign = await World.create({ members: 2, workers: [others], threshold: 1 });
    const input = await foreign.seal(0, "locations", rows(3));
    recorder.contract(foreign);
    recorder.dataset(foreign, input);
    await expect(upload(input)).rejects.toEqual(
      refused("NOT_IN_COMMITTEE", { signer: self.signer }),
    );
  });

  it("leaves the chunks that came before it", async () => {
    const chunks = [large.chunks[0]!, flipped(large.chunks[1]!)];
    await expect(upload(large, 0, { chunks })).rejects.toEqual(refused("HASH_MISMATCH"));
    expect(inbox.status(nameOf(large))).toMatchObject({ held: 1 });
    expect(await upload(large, 1)).toMatchObject({ complete: true });
  });
});

describe("a later data key", () => {
  it("replaces the one before, when the member signed it", async () => {
    await upload(small);
    const before = inbox.preamble(nameOf(small));
    const again = await world.seal(1, "locations", rows(10), { dataKey: small.dataKey });
    expect(nameOf(again)).toBe(nameOf(small));
    await upload(small, 1, { preamble: { wraps: again.wraps }, chunks: [] });
    expect(inbox.preamble(nameOf(small))).not.toEqual(before);
    expect(inbox.isComplete(nameOf(small))).toBe(true);
    expect(arrivals).toEqual([nameOf(small), nameOf(small)]);
  });

  it("does not once this worker's Ready rests on the one before", async () => {
    await upload(small);
    const before = inbox.preamble(nameOf(small));
    const task = recorder.proposal(world, world.ask("cluster", { k: 1 }, [small]));
    const ready = { by: 0, signature: `0x${"11".repeat(65)}`, committee: ZERO_HASH } as const;
    store.jobs.put(task, { ready, failures: 0, notBefore: 0 });
    const again = await world.seal(1, "locations", rows(10), { dataKey: small.dataKey });
    await upload(small, 1, { preamble: { wraps: again.wraps }, chunks: [] });
    expect(inbox.preamble(nameOf(small))).toEqual(before);
    expect(arrivals).toEqual([nameOf(small)]);
  });
});
