import { describe, expect, it } from "vitest";
import { MOST_TOUCHED, MOST_WRITTEN } from "../../../../protocol/state/limits.ts";
import type { Json } from "../../../../protocol/json.ts";
import { MemoryState, sealOf } from "./support.ts";

const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)]);

describe("a run", () => {
  it("sees its own writes, and nobody else does before it is committed", async () => {
    const state = new MemoryState();
    await state.task((run) => run.set("a", 1));
    const run = await state.open();
    await run.set("a", 2);
    await run.set("b", { x: [1] });
    await run.delete("a");
    expect([await run.get("a"), await run.get("b"), await run.list("")]).toEqual([
      undefined,
      { x: [1] },
      ["b"],
    ]);
    const other = await state.open();
    expect([await other.get("a"), await other.list("")]).toEqual([1, ["a"]]);
  });

  it("that does not change the state cannot write", async () => {
    const run = await new MemoryState().open(false);
    await expect(run.set("a", 1)).rejects.toThrow(TypeError);
    await expect(run.delete("a")).rejects.toThrow(TypeError);
    expect(await run.get("a")).toBeUndefined();
    expect([run.tooLarge, run.fault]).toEqual([false, undefined]);
  });

  it.each<[string, (run: Awaited<ReturnType<MemoryState["open"]>>) => Promise<unknown>]>([
    ["no key", (run) => run.get("")],
    ["a key too long", (run) => run.get("k".repeat(257))],
    ["a key that is no text", (run) => run.set("\ud800", 1)],
    ["a key that is no string", (run) => run.get({} as never)],
    ["no value", (run) => run.set("a", undefined as never)],
    ["a value that JSON cannot hold", (run) => run.set("a", NaN)],
    ["a value nested too deep", (run) => run.set("a", nested(65))],
    ["a page of nothing", (run) => run.list("", { limit: 0 })],
    ["a page too long", (run) => run.list("", { limit: 1001 })],
  ])("may catch what it did wrong: %s", async (_, act) => {
    const run = await new MemoryState().open();
    await expect(act(run)).rejects.toThrow(TypeError);
    await run.set("b", nested(64));
    expect([await run.get("b"), run.tooLarge, run.fault]).toEqual([nested(64), false, undefined]);
  });

  it.each<[string, (run: Awaited<ReturnType<MemoryState["open"]>>) => Promise<unknown>]>([
    ["a value too large", (run) => run.set("a", "v".repeat(65_535))],
    [
      "too many bytes",
      async (run) => {
        for (let i = 0; i <= MOST_WRITTEN / 60_000; i++) await run.set("a", "v".repeat(60_000));
      },
    ],
    [
      "too many keys",
      async (run) => {
        for (let i = 0; i <= MOST_TOUCHED; i++) await run.get("a");
      },
    ],
  ])("ends over a limit, whatever it catches: %s", async (_, act) => {
    const run = await new MemoryState().open();
    await expect(act(run)).rejects.toThrow(RangeError);
    await expect(run.get("a")).rejects.toThrow(TypeError);
    expect([run.tooLarge, run.fault]).toEqual([true, undefined]);
  });

  it("answers in the order it was asked, without waiting", async () => {
    const state = new MemoryState();
    await state.task((run) => run.set("a", 1));
    state.forget();
    const run = await state.open();
    const answers = [run.delete("a"), run.set("a", 2), run.get("a"), run.delete("a"), run.get("a")];
    expect(await Promise.all(answers)).toEqual([true, undefined, 2, true, undefined]);
  });

  it("keeps two equal values apart: deleting one leaves the other", async () => {
    const state = new MemoryState();
    const long = "v".repeat(1000);
    await state.task(async (run) => {
      await run.set("a", long);
      await run.set("b", long);
    });
    await state.task(async (run) => void (await run.delete("a")));
    state.forget();
    expect(await (await state.open()).get("b")).toBe(long);
  });

  it("names equal contents of two tasks differently", async () => {
    const [one, two] = [new MemoryState(), new MemoryState()];
    await one.task((run) => run.set("a", 1));
    two.tasks = 7;
    await two.task((run) => run.set("a", 1));
    expect(one.root).not.toBe(two.root);
    expect([...one.held.values()][0]).not.toEqual([...two.held.values()][0]);
  });

  it("over a limit of nodes to write is not committed", async () => {
    const state = new MemoryState();
    for (let from = 0; from < 30_000; from += 3000)
      await state.task(async (run) => {
        for (let i = from; i < from + 3000; i++)
          await run.set(`${i}`.padStart(8, "0") + "k".repeat(200), "v".repeat(150));
      });
    // Spread over all leaves: few bytes rewrite many nodes.
    const run = await state.open();
    for (let i = 0; i < 9000; i++) await run.set(`${3 * i}`.padStart(8, "0") + "k".repeat(200), 1);
    expect(run.tooLarge).toBe(false);
    expect(await run.commit(sealOf(99))).toBeUndefined();
  }, 60_000);
});

describe("a large state", () => {
  it("is not loaded for a call that touches 1 KB of its 100 MB", async () => {
    const state = new MemoryState();
    const value = "v".repeat(1000);
    const name = (i: number) => `customer/${String(i).padStart(6, "0")}`;
    for (let from = 0; from < 100_000; from += 5000)
      await state.task(async (run) => {
        for (let i = from; i < from + 5000; i++) await run.set(name(i), value);
      });
    const stored = [...state.held.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    expect(stored).toBeGreaterThan(100e6);
    state.forget();
    const tree = await state.task(async (run) => {
      expect(await run.get(name(4711))).toBe(value);
      await run.set(name(4711), `${value}!`);
    });
    // Four levels of at most 32 entries hold 10^6 keys; the value is a fifth node.
    expect(state.asked.length).toBeLessThanOrEqual(6);
    expect(tree.written.length).toBeLessThanOrEqual(6);
    const written = tree.written.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(written).toBeLessThan(12_000);
  }, 120_000);
});

describe("a lying host", () => {
  const flip = (bytes: Uint8Array) => bytes.with(bytes.length - 20, bytes.at(-20)! ^ 1);
  const build = async () => {
    const state = new MemoryState();
    for (let task = 0; task < 3; task++)
      await state.task(async (run) => {
        for (let i = 0; i < 100; i++) await run.set(`k${i}`, `${task} ${i}`);
      });
    state.forget();
    return state;
  };

  it.each<[string, (state: MemoryState) => void]>([
    ["a node changed", (state) => state.held.set(state.root, flip(state.held.get(state.root)!))],
    ["a node cut", (state) => state.held.set(state.root, new Uint8Array(3))],
    ["a node lost", (state) => void state.held.delete(state.root)],
    [
      "another node of the same state",
      (state) => state.held.set(state.root, [...state.held.values()].at(-2)!),
    ],
  ])("with %s is refused, and the run with it", async (_, lie) => {
    const state = await build();
    lie(state);
    const run = await state.open();
    await expect(run.get("k1")).rejects.toMatchObject({ code: "CANNOT_OPEN" });
    expect(run.fault).toMatchObject({ code: "CANNOT_OPEN" });
    await expect(run.set("k1", 1)).rejects.toThrow(TypeError);
  });

  it("is asked again when what it gave does not open", async () => {
    const state = await build();
    const nodes = await state.nodes();
    const good = state.held.get(state.root)!;
    const answers = [flip(good), new Uint8Array(0), good];
    const asked: number[] = [];
    state.node = (_, tries) => Promise.resolve((asked.push(tries), answers[tries]));
    expect((await nodes.read(state.root)).kind).toBe("branch");
    expect(asked).toEqual([0, 1, 2]);
  });
});
