/** The tree against a plain map: whatever is done in whatever order, both say the same, and two workers have the same bytes. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { ZERO_HASH } from "../../../../protocol/bytes.ts";
import { canonicalJson, type Json } from "../../../../protocol/json.ts";
import { compareUtf8 } from "../../../../programs/kernels/labels.ts";
import { MemoryState } from "./support.ts";

type Step =
  | { readonly do: "set"; readonly key: string; readonly value: Json }
  | { readonly do: "delete" | "get"; readonly key: string }
  | {
      readonly do: "list";
      readonly prefix: string;
      readonly after: string;
      readonly limit: number;
    };

const key = fc.oneof(
  fc.integer({ min: 0, max: 400 }).map((n) => `k/${n}`),
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    .filter((text) => text.isWellFormed()),
  fc.constantFrom("\u{1f600}", "\uff01", "a", "k", "k/1/2", "z".repeat(256)),
);
const value: fc.Arbitrary<Json> = fc.oneof(
  fc.integer(),
  fc.string({ maxLength: 600 }).filter((text) => text.isWellFormed()),
  fc.integer({ min: 190, max: 3000 }).map((length) => "v".repeat(length)),
  fc.array(fc.record({ name: fc.constant("row"), count: fc.nat() }), { maxLength: 5 }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("set" as const), key, value }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("delete", "get"), key }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("list" as const),
      prefix: fc.constantFrom("", "k/", "k/1", "zz"),
      after: fc.constantFrom("", "k/17", "k/2"),
      limit: fc.integer({ min: 1, max: 50 }),
    }),
  },
);

/** What the map says to a step. */
function expected(model: Map<string, string>, one: Step): unknown {
  if (one.do === "list")
    return [...model.keys()]
      .filter((name) => name.startsWith(one.prefix) && compareUtf8(name, one.after) > 0)
      .toSorted(compareUtf8)
      .slice(0, one.limit);
  if (one.do === "set") return void model.set(one.key, canonicalJson(one.value));
  if (one.do === "delete") return model.delete(one.key);
  const text = model.get(one.key);
  return text === undefined ? undefined : JSON.parse(text);
}

it("says what a map says, through tasks and restarts, with the same root and nodes at two workers", async () => {
  const tasks = fc.array(fc.tuple(fc.array(step, { maxLength: 120 }), fc.boolean()), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(tasks, async (history) => {
      const [one, two] = [new MemoryState(), new MemoryState()];
      let model = new Map<string, string>();
      for (const [steps, restarts] of history) {
        if (restarts) one.forget();
        const draft = new Map(model);
        const tree = await one.task(async (state) => {
          for (const next of steps) {
            const said =
              next.do === "set"
                ? await state.set(next.key, next.value)
                : next.do === "list"
                  ? await state.list(next.prefix, { after: next.after, limit: next.limit })
                  : await state[next.do](next.key);
            expect(said).toEqual(expected(draft, next));
          }
        });
        // The other worker is not told what was only read.
        const same = await two.task(async (state) => {
          for (const next of steps) {
            if (next.do === "set") await state.set(next.key, next.value);
            if (next.do === "delete") await state.delete(next.key);
          }
        });
        expect(same).toEqual(tree);
        model = draft;
      }
      one.forget();
      expect(await one.keys()).toEqual([...model.keys()].toSorted(compareUtf8));
      const state = await one.open(false);
      for (const [name, text] of model) expect(canonicalJson(await state.get(name))).toBe(text);
      // What was dropped is gone from the host, and nothing else was: every node that is left was just read.
      expect(new Set(one.asked)).toEqual(new Set(one.held.keys()));
      expect(one.root === ZERO_HASH).toBe(model.size === 0);
    }),
    { numRuns: 60 },
  );
}, 120_000);

it("keeps its nodes neither too long nor needlessly many, however it grows and shrinks", async () => {
  const state = new MemoryState();
  const names = Array.from({ length: 3000 }, (_, i) => `n/${(i * 7919) % 3000}`);
  for (let from = 0; from < names.length; from += 500)
    await state.task(async (run) => {
      for (const name of names.slice(from, from + 500)) await run.set(name, name);
    });
  const full = state.held.size;
  expect(full).toBeLessThan(3000 / 12);
  expect(Math.max(...[...state.held.values()].map((bytes) => bytes.length))).toBeLessThan(16_384);
  for (let i = 0; i < 2900; i += 100)
    await state.task(async (run) => {
      for (const one of names.slice(i, i + 100)) await run.delete(one);
    });
  expect(state.held.size).toBeLessThan(25);
  expect(await state.keys()).toEqual(names.slice(2900).toSorted(compareUtf8));
  await state.task(async (run) => {
    for (const name of names.slice(2900)) await run.delete(name);
  });
  expect([state.root, state.held.size]).toEqual([ZERO_HASH, 0]);
});
