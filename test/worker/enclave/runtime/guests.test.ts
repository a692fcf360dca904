/** Calls of small programs in real guest processes: what goes in, what comes out, and that it is the same every time. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { utf8 } from "../../../../protocol/bytes.ts";
import type { Json } from "../../../../protocol/json.ts";
import type { MemberTable, ProgramState } from "../../../../protocol/program.ts";
import { runKernel } from "../../../../programs/kernels/kernels.ts";
import { buildEnclave, defaultEnclaveLimits } from "../../../../worker/enclave/build.ts";
import { GUEST_FILE } from "../../../../worker/enclave/measurement.ts";
import { confinementOf } from "../../../../worker/enclave/runtime/confinement.ts";
import { Guests } from "../../../../worker/enclave/runtime/guests.ts";
import type { GuestCall, Outcome } from "../../../../worker/enclave/runtime/outcome.ts";
import { proofOfConcept } from "../../../programs/location-analytics/support.ts";
import { removeScratch, scratchFolder } from "../process.ts";
import { callOf, noState } from "../../../../scripts/bare-call.ts";

const limits = { ...defaultEnclaveLimits, seconds: 60, memoryMiB: 256 };
const image = scratchFolder();
let guests: Guests;
beforeAll(async () => {
  await buildEnclave(image);
  guests = new Guests(join(image, GUEST_FILE), limits);
});
afterAll(async () => {
  await guests.close();
  removeScratch();
});

/** A call of a program whose function is this. */
const calling = (code: string, facts = {}): GuestCall =>
  callOf(utf8(`export default { f: ${code} };`), facts);
const run = (call: GuestCall, state = noState): Promise<Outcome> => guests.run(call, state, 60);
const valueOf = (outcome: Outcome): unknown =>
  outcome.kind === "proposal" ? (outcome.proposal as { value: unknown }).value : outcome;
const give = (expression: string) => `async (context) => ({ kind: "value", value: ${expression} })`;

const table: MemberTable = {
  member: 3,
  rows: 3,
  columns: {
    latitude: { type: "fixed", values: Int32Array.of(-1, 2, 2 ** 31 - 1) },
    weight: { type: "float64", values: Float64Array.of(0.1, -0, 5e-324) },
    test: { type: "boolean", values: Uint8Array.of(0, 1, 1) },
    label: { type: "string", values: Uint32Array.of(1, 0, 1), dictionary: ["ä", "\u0000"] },
  },
};

describe("what goes in", () => {
  it("is every column, as it was", async () => {
    const seen =
      give(`Object.entries(context.tables.t[0].columns).map(([name, { type, values, dictionary }]) =>
      [name, type, values.constructor.name, [...values].map((value) => Object.is(value, -0) ? "-0" : value), dictionary ?? null])`);
    expect(valueOf(await run(calling(seen, { tables: { t: [table] } })))).toEqual([
      ["latitude", "fixed", "Int32Array", [-1, 2, 2 ** 31 - 1], null],
      ["weight", "float64", "Float64Array", [0.1, "-0", 5e-324], null],
      ["test", "boolean", "Uint8Array", [0, 1, 1], null],
      ["label", "string", "Uint32Array", [1, 0, 1], ["ä", "\u0000"]],
    ]);
  });

  it("has no rows and no count of them without `rows: true`, but the asker's own", async () => {
    const seen = give("[context.tables.t, Object.keys(context.privateTable.columns)]");
    const call = calling(seen, { tables: { t: [table] }, privateTable: table });
    expect(valueOf(await run({ ...call, rows: false }))).toEqual([
      [{ member: 3 }],
      ["latitude", "weight", "test", "label"],
    ]);
  });

  it("is the caller's place, members, task, policy, parameters and seed", async () => {
    const { seed, ...facts } = calling("", { caller: 5, params: { k: [1, null] } }).facts;
    const seen = give(
      "{ ...context, tables: {}, state: null, kernels: null, seed: [...context.seed] }",
    );
    const value = valueOf(await run(calling(seen, { caller: 5, params: { k: [1, null] } })));
    expect(value).toEqual({ ...facts, state: null, kernels: null, seed: [...seed] });
  });
});

describe("what comes out", () => {
  it("is codes as they are, beside JSON", async () => {
    const code = `(context) => ({ kind: "clusters", k: 2, assignment: Uint32Array.of(1, 4294967295, 0) })`;
    expect(await run(calling(code, { tables: { t: [table] } }))).toEqual({
      kind: "proposal",
      proposal: { kind: "clusters", k: 2, assignment: Uint32Array.of(1, 2 ** 32 - 1, 0) },
    });
  });

  it.each([
    "undefined",
    "null",
    "1",
    "[]",
    "() => 1",
    "{ a: 1n }",
    "{ a: NaN }",
    "{ a: new Map() }",
    "{ a: Symbol() }",
  ])("is no proposal for %s", async (answer) => {
    expect(await run(calling(`() => (${answer})`))).toEqual({ kind: "proposal", proposal: null });
  });

  it("is FUNCTION_UNKNOWN for a function that is not there, PROGRAM_THREW for a module that does not load", async () => {
    const modules = ["export default {}", "export const f = () => 1", "export default { f: 1 }"];
    for (const module of modules)
      expect(await run(callOf(utf8(module)))).toEqual({
        kind: "failure",
        reason: "FUNCTION_UNKNOWN",
      });
    for (const module of ["export default {", "throw 1", 'import "node:fs"; export default {}'])
      expect(await run(callOf(utf8(module)))).toEqual({ kind: "failure", reason: "PROGRAM_THREW" });
  });

  it("is where an error came from, on mock data only", async () => {
    const call = calling("() => { throw new TypeError(`row ${1 + 1}`) }");
    expect(await run(call)).toEqual({ kind: "failure", reason: "PROGRAM_THREW" });
    const telling = new Guests(join(image, GUEST_FILE), limits, true);
    const told = await telling.run(call, noState, 60);
    await telling.close();
    expect(told).toMatchObject({
      reason: "PROGRAM_THREW",
      trace: expect.stringMatching(/TypeError: row 2\n +at .*program\.mjs:1/) as string,
    });
  });
});

describe("what is asked", () => {
  const entries = new Map<string, Json>([["a", { n: 1 }]]);
  const asked: string[] = [];
  const state: ProgramState = {
    get: async (key) => (asked.push(`get ${key}`), entries.get(key)),
    set: async (key, value) => void (asked.push(`set ${key}`), entries.set(key, value)),
    delete: async (key) => (asked.push(`delete ${key}`), entries.delete(key)),
    list: async (prefix, page) => (
      asked.push(`list ${prefix} ${JSON.stringify(page)}`),
      [...entries.keys()]
    ),
  };

  it("of the state is answered in the order of the questions", async () => {
    const code =
      give(`await Promise.all([context.state.get("a"), context.state.set("b", [1]), context.state.get("b"),
      context.state.delete("a"), context.state.list("", { after: "0" }), context.state.get("a")]).then((all) => all.map((one) => one ?? null))`);
    expect(valueOf(await run(calling(code), state))).toEqual([
      { n: 1 },
      null,
      [1],
      true,
      ["b"],
      null,
    ]);
    expect(asked).toEqual(["get a", "set b", "get b", "delete a", 'list  {"after":"0"}', "get a"]);
  });

  it("and refused is an error that says only that", async () => {
    const code = give(
      `await context.state.get("a").catch((error) => [error instanceof TypeError, error.code])`,
    );
    expect(valueOf(await run(calling(code)))).toEqual([true, "STATE_REFUSED"]);
  });

  it("of a kernel is a handle, which is the kernel's result to the gate, without rows in the isolate", async () => {
    const facts = { tables: proofOfConcept(), seed: new Uint8Array(32).fill(7) };
    const input = { table: "locations", k: 3 };
    const code = `({ kernels }) => kernels.kMeans(${JSON.stringify(input)})`;
    const call = { ...calling(code, facts), rows: false };
    expect(await run(call)).toEqual({
      kind: "proposal",
      proposal: runKernel(facts, "kMeans", input),
    });
    const refused = calling(
      `({ kernels }) => kernels.kMeans({ table: "locations", k: 999 })`,
      facts,
    );
    expect(await run(refused)).toEqual({ kind: "failure", reason: "TABLE_TOO_SMALL" });
    const forged = calling(`() => ({ handle: "push", kind: "groups" })`, facts);
    expect(await run(forged)).toMatchObject({ proposal: { handle: "push" } });
  });
});

describe("the same inputs", () => {
  /** Everything that engines may do each in their own way, in one list of texts. */
  const torture = give(`(() => {
    const numbers = Array.from({ length: 500 }, () => Math.random() * 40 - 20);
    const functions = Object.getOwnPropertyNames(Math).filter((name) => typeof Math[name] === "function").toSorted();
    const computed = functions.map((name) => name + numbers.map((x, i) => Math[name](x, numbers[i + 1] ?? 1)).join());
    const words = ["z", "ä", "a", "Z", "10", "9"].toSorted((a, b) => a.localeCompare(b));
    return [...computed, words.join(), (1234567.891).toLocaleString(), numbers.map((x) => x.toString(7)).join(),
      numbers.toSorted().join(), "ǆ".toLocaleUpperCase(), String(new Error("x").stack)];
  })()`);

  it("give the same bytes in another process, another image and another bundle of the program", async () => {
    const other = scratchFolder();
    await buildEnclave(other);
    const elsewhere = new Guests(join(other, GUEST_FILE), limits);
    const [first, second, third] = await Promise.all([
      run(calling(torture)),
      run(calling(torture)),
      elsewhere.run(
        callOf(utf8(`const f = ${torture};\nexport { f as unused };\nexport default { f }`)),
        noState,
        60,
      ),
    ]);
    await elsewhere.close();
    expect(first.kind).toBe("proposal");
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });

  it("draw the same random numbers, another seed draws others", async () => {
    const draw = give("[Math.random(), Math.random()]");
    const drawn = await Promise.all(
      [7, 7, 8].map(
        async (byte) =>
          valueOf(await run(calling(draw, { seed: new Uint8Array(32).fill(byte) }))) as number[],
      ),
    );
    expect(drawn[1]).toEqual(drawn[0]);
    expect(drawn[2]).not.toEqual(drawn[0]);
    expect(drawn.flat().every((x) => x >= 0 && x < 1)).toBe(true);
  });
});

describe("limits", () => {
  it("of the manifest hold where they are lower", async () => {
    const slow = { ...calling("() => { for (;;); }"), limits: { seconds: 1 } };
    expect(await run(slow)).toEqual({ kind: "abstention", reason: "LIMIT_CPU" });
    const large = calling(
      "() => ({ kind: 'value', value: new Uint8Array(2 ** 26).fill(1).length })",
    );
    expect(valueOf(await run(large))).toBe(2 ** 26);
    expect(await run({ ...large, limits: { memoryMiB: 16 } })).toEqual({
      kind: "abstention",
      reason: "LIMIT_MEMORY",
    });
  });
});

describe("the operating system's part", () => {
  it("holds a process that broke out, as far as it says it does", () => {
    const confinement = confinementOf(limits);
    const escape = `const { readFileSync, writeFileSync } = require("node:fs");
      const attempt = (act) => { try { act(); return true } catch { return false } };
      const status = readFileSync("/proc/self/status", "utf8");
      const done = (connected) => console.log(JSON.stringify({ connected, status,
        signals: attempt(() => process.kill(${process.pid}, 0)),
        writes: attempt(() => writeFileSync(${JSON.stringify(join(image, "rows"))}, "rows")) }));
      require("node:net").connect(9, "127.0.0.1").once("error", (error) => done(error.code !== "ENETUNREACH"));`;
    const [command, ...args] = confinement.wrap([process.execPath, "-e", escape]);
    const said = JSON.parse(spawnSync(command!, args, { env: {}, encoding: "utf8" }).stdout) as {
      connected: boolean;
      signals: boolean;
      writes: boolean;
      status: string;
    };
    const has = (word: string) => confinement.facts.some((fact) => fact.includes(word));
    expect(said.writes).toBe(!has("resource limits"));
    expect([said.connected, said.signals]).toEqual(
      has("namespaces") ? [false, false] : [true, true],
    );
    expect(/NoNewPrivs:\s+(\d)/.exec(said.status)?.[1]).toBe(has("no new privileges") ? "1" : "0");
    expect(/CapEff:\s+0+\n/.test(said.status) || !has("no capabilities")).toBe(true);
  });
});
