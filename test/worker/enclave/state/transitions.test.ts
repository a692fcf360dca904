/** The state through real enclaves: what they read, write, sign, and refuse. */
import { id as hashOf } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat, ZERO_HASH, type Hex } from "../../../../protocol/bytes.ts";
import type { Json } from "../../../../protocol/json.ts";
import type { Question, Sealing } from "../../../../protocol/receipt.ts";
import type { StateRecord } from "../../../../protocol/state/record.ts";
import { contributorsOf, reasonOf } from "../../../../protocol/verify.ts";
import type { AskIn } from "../../../../worker/boundary.ts";
import type { Frame } from "../../../../worker/frames.ts";
import { EnclaveProcess, removeScratch } from "../process.ts";
import { stateProgram } from "../../state-program.ts";
import { World } from "../world.ts";

/** FAKE host of one enclave: keeps nodes, and can be told to lie. */
class Desk {
  readonly nodes = new Map<Hex, Uint8Array>();
  asked = 0;

  readonly answer = ({ json, attachment }: Frame): Frame => {
    const { name, message } = (json as { ask: { name: string; message: unknown } }).ask;
    if (name === "node") {
      this.asked += 1;
      const { id, tries } = message as AskIn<"node">;
      const held = tries === 0 ? this.nodes.get(id) : undefined;
      return { json: { held: held !== undefined }, attachment: held ?? new Uint8Array(0) };
    }
    let at = 0;
    for (const { id, size } of (message as AskIn<"keep">).nodes)
      this.nodes.set(id, attachment.slice(at, (at += size)));
    return { json: {}, attachment: new Uint8Array(0) };
  };
}

interface Version {
  readonly root: Hex;
  readonly record?: StateRecord;
}

let enclaves: EnclaveProcess[];
let desks: Desk[];
let world: World;
let version: Version;
let asked = 0;

beforeAll(async () => {
  enclaves = await Promise.all([1, 2, 3].map(() => EnclaveProcess.start()));
  const workers = await Promise.all(
    enclaves.map(async (enclave) => (await enclave.keys()) as never),
  );
  const policy = { minParties: 1, minCohort: 1, maxShare: 1, requests: stateProgram.requests };
  world = await World.create({
    members: 3,
    workers: workers.map(({ signer, sealingKey, measurement }) => ({
      signer,
      sealingKey,
      measurement,
    })),
    threshold: 2,
    policy,
    program: stateProgram,
  });
  desks = enclaves.map(() => new Desk());
  version = { root: ZERO_HASH };
  for (const enclave of enclaves) await enclave.ask("program", {}, world.module);
}, 120_000);
afterAll(async () => {
  await Promise.all(enclaves.map((enclave) => enclave.stop()));
  removeScratch();
});

function question(name: string, params: Json, requester = 0): Question {
  const stateContributors = version.record?.contributors ?? 0;
  const salt = hashOf(`task ${(asked += 1)}`) as Hex;
  return world.ask(name, params, [], { requester, recipients: 1, stateContributors, salt });
}
const ready = (by: number, q: Question, state = version) =>
  enclaves[by]!.ask(
    "ready",
    {
      collaboration: world.collaboration,
      question: q,
      ...(state.record && { state: { root: state.root, record: state.record } }),
    },
    undefined,
    desks[by]!.answer,
  );
async function seal(q: Question, on: Version = version): Promise<Sealing> {
  const readies = [];
  for (const by of [0, 1]) {
    const { json } = await ready(by, q, on);
    readies.push({ by: json.by, signature: json.signature });
  }
  return world.sealing(q, readies, { version: on.record?.version ?? 0, stateRoot: on.root });
}
const run = (by: number, q: Question, sealing: Sealing, record = version.record) =>
  enclaves[by]!.ask(
    "run",
    { collaboration: world.collaboration, question: q, sealing, ...(record && { state: record }) },
    undefined,
    desks[by]!.answer,
  );
/** A task on the first two enclaves; a success moves the state on. */
async function task(name: string, params: Json, requester = 0) {
  const q = question(name, params, requester);
  const sealing = await seal(q);
  const answers = [await run(0, q, sealing), await run(1, q, sealing)];
  const [one, two] = answers.map(({ json }) => json);
  expect(one!.result).toEqual(two!.result);
  expect(one!.state).toEqual(two!.state);
  const { result, state } = one!;
  if (state) version = { root: result.nextStateRoot, record: state.record };
  return { q, sealing, result, state, reason: reasonOf(result.reason) };
}

describe("a committee's enclaves", () => {
  it("move the state on together: one root, one set of nodes, contributors as the contract counts them", async () => {
    const first = await task("add", { by: 5 });
    expect(first.result).toMatchObject({
      status: 1,
      nextStateRoot: expect.not.stringMatching(ZERO_HASH),
    });
    expect(first.state!.record).toMatchObject({ version: 1, contributors: 0b001 });
    const second = await task("add", { by: 7, note: "by the second" }, 1);
    expect(second.state!.record).toMatchObject({ version: 2, contributors: 0b011 });
    expect(contributorsOf(second.q)).toBe(0b011);
    expect(second.state!.dropped).toHaveLength(1);
    expect([...desks[0]!.nodes]).toEqual([...desks[1]!.nodes]);
  });

  it("read it in a query, which signs no root and keeps nothing", async () => {
    const before = desks[0]!.nodes.size;
    const { result, state } = await task("total", {});
    expect([result.status, result.nextStateRoot, state]).toEqual([1, ZERO_HASH, undefined]);
    expect(desks[0]!.nodes.size).toBe(before);
  });

  it("let no query write, whatever it catches", async () => {
    const { result, reason, state } = await task("sneak", {});
    expect([result.status, reason, state]).toEqual([1, "", undefined]);
  });

  it("write nothing when the run fails", async () => {
    const before = [version, desks[0]!.nodes.size] as const;
    const { result, reason, state } = await task("fails", {});
    expect([result.status, reason, state]).toEqual([2, "PROGRAM_THREW", undefined]);
    expect([version, desks[0]!.nodes.size]).toEqual(before);
  });

  it("say the same when a call is too large", async () => {
    const { result, reason } = await task("fill", { from: 0, keys: 10_001, size: 1 });
    expect([result.status, reason]).toEqual([2, "STATE_TOO_LARGE"]);
    const value = await task("fill", { from: 0, keys: 1, size: 70_000 });
    expect([value.result.status, value.reason]).toEqual([2, "STATE_TOO_LARGE"]);
  });

  it("refuse a task that says another thing about the state than its function", async () => {
    const q = question("total", {});
    const lie = { ...q, task: { ...q.task, changesState: true } };
    await expect(ready(0, lie)).rejects.toMatchObject({ code: "TERMS_INVALID" });
  });

  it("open it again after a restart, and a third one that was given the nodes runs the same", async () => {
    const home = enclaves[0]!.home;
    await enclaves[0]!.stop();
    enclaves[0] = await EnclaveProcess.start(home);
    await enclaves[0].ask("program", {}, world.module);
    for (const [name, bytes] of desks[0]!.nodes) desks[2]!.nodes.set(name, bytes);
    const record = version.record!;
    const message = { collaboration: world.collaboration, root: version.root, record };
    expect((await enclaves[2]!.ask("state", message)).json).toEqual({});
    const { q, sealing, result } = await task("add", { by: 1 });
    const third = await run(2, q, sealing, record);
    expect(third.json.result).toEqual(result);
  });

  it("ask for what a call touches and not for the rest", async () => {
    for (let from = 0; from < 4000; from += 2000)
      await task("fill", { from, keys: 2000, size: 1000 });
    const home = enclaves[1]!.home;
    await enclaves[1]!.stop();
    enclaves[1] = await EnclaveProcess.start(home);
    await enclaves[1].ask("program", {}, world.module);
    desks[1]!.asked = 0;
    const { result } = await task("item", { from: 1234 });
    expect(result.status).toBe(1);
    // Ready opens the root; the call two more levels and the value, out of over 4,000 nodes.
    expect(desks[1]!.nodes.size).toBeGreaterThan(4000);
    expect(desks[1]!.asked).toBeLessThanOrEqual(5);
  }, 120_000);
});

describe("an enclave with a lying host", () => {
  it("declares nothing ready over a state that it cannot open", async () => {
    const q = question("total", {});
    const { record } = version as Required<Version>;
    const empty = new Desk();
    const state = { root: version.root, record };
    const ask = () =>
      enclaves[2]!.ask(
        "ready",
        { collaboration: world.collaboration, question: q, state },
        undefined,
        empty.answer,
      );
    await expect(ask()).rejects.toMatchObject({ code: "CANNOT_OPEN" });
  });

  it.each<[string, (record: StateRecord) => StateRecord]>([
    ["another version", (record) => ({ ...record, version: record.version + 1 })],
    ["fewer contributors", (record) => ({ ...record, contributors: 1 })],
    ["an empty tree", (record) => ({ ...record, node: ZERO_HASH })],
  ])("takes no root for %s", async (_, lie) => {
    const record = lie(version.record!);
    const message = { collaboration: world.collaboration, root: version.root, record };
    await expect(enclaves[0]!.ask("state", message)).rejects.toMatchObject({
      code: "HASH_MISMATCH",
    });
    await expect(ready(0, question("total", {}), { ...version, record })).rejects.toMatchObject({
      code: "HASH_MISMATCH",
    });
    const q = question("total", {});
    const { json } = await run(0, q, await seal(q), record);
    expect([json.result.status, reasonOf(json.result.reason)]).toEqual([3, "INTERNAL"]);
  });

  it("is not rolled back: a seal names its version, and an older state is not that", async () => {
    const old = version;
    await task("add", { by: 1 });
    const q = question("total", {});
    const { json } = await run(0, q, await seal(q), old.record);
    expect(json.result.status).toBe(3);
    // A seal that names an old version is another seal: what it runs, nobody else signs.
    const stale = await seal(q, old);
    expect((await run(0, q, stale, old.record)).json.result.sealDigest).not.toBe(
      (await run(0, q, await seal(q))).json.result.sealDigest,
    );
  });

  it("abstains over a node that was changed or is lost", async () => {
    const home = enclaves[0]!.home;
    const kept = new Map(desks[0]!.nodes);
    const q = question("item", { from: 100 });
    const sealing = await seal(q);
    for (const spoil of [
      (bytes: Uint8Array) => concat(bytes.subarray(0, 40), Uint8Array.of(1), bytes.subarray(41)),
      () => new Uint8Array(0),
    ]) {
      await enclaves[0]!.stop();
      enclaves[0] = await EnclaveProcess.start(home);
      await enclaves[0].ask("program", {}, world.module);
      for (const [name, bytes] of kept)
        if (name !== version.record!.node) desks[0]!.nodes.set(name, spoil(bytes));
      const { json } = await run(0, q, sealing);
      expect([json.result.status, reasonOf(json.result.reason)]).toEqual([3, "CANNOT_OPEN"]);
    }
    for (const [name, bytes] of kept) desks[0]!.nodes.set(name, bytes);
    expect((await run(0, q, sealing)).json.result).toEqual((await run(1, q, sealing)).json.result);
  });

  it("does not run when the consents of those in the state were left out", async () => {
    const q = question("total", {});
    const without = { ...q, stateContributors: 0b001, consents: q.consents.slice(0, 1) };
    const sealing = await seal(without);
    const { json } = await run(0, without, sealing);
    expect([json.result.status, reasonOf(json.result.reason)]).toEqual([3, "INTERNAL"]);
    // Nor with the mask as it is and a consent too few.
    const few = { ...q, consents: q.consents.slice(0, 1) };
    await expect(run(0, few, sealing)).rejects.toMatchObject({ code: "CONSENT_MISSING" });
  });
});
