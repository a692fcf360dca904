/** A trial says what a worker would say, and to the author also where it went wrong. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openContract, type Contract } from "../../../client/kit/test.ts";

const scratch = mkdtempSync(join(tmpdir(), "cloister-trial-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const main = `
  const value = (count) => ({ kind: "value", value: { count } });
  const deep = (n) => (n === 0 ? 0 : 1 + deep(n - 1));
  export default {
    async add({ params, state }) {
      await state.set("count", 7);
      if (params.by === 1) throw new Error("on row " + params.by);
      if (params.by === 2) { try { return value(deep(1e9)); } catch { return value(2); } }
      if (params.by === 3) for (;;);
      if (params.by === 4) return value("four");
      if (params.by === 5) throw Object.assign(new Error(), { code: "TABLE_TOO_SMALL" });
      return value(params.by);
    },
    async read({ state, task }) {
      return value((await state.get("count")) ?? task.version);
    },
  };
`;

let counter: Contract;
beforeAll(async () => {
  cpSync("programs/examples/counter", scratch, { recursive: true });
  writeFileSync(join(scratch, "main.ts"), main);
  const file = join(scratch, "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...manifest, limits: { seconds: 1 } }));
  counter = await openContract(scratch, { members: 2 });
});

const add = (by: number) => counter.call("add", { params: { by } });

describe("a call that is refused", () => {
  it("tells the author where the program threw", async () => {
    const facts = {
      function: "add",
      reason: "PROGRAM_THREW",
      trace: expect.stringMatching(/Error: on row 1\n +at .*add/u) as string,
    };
    await expect(add(1)).rejects.toMatchObject({ code: "TRIAL_REFUSED", facts });
  });

  it("is judged as in a worker: a full stack cannot be caught", async () => {
    const facts = { function: "add", reason: "LIMIT_MEMORY" };
    await expect(add(2)).rejects.toMatchObject({ code: "TRIAL_REFUSED", facts });
  });

  it("ends in time", async () => {
    await expect(add(3)).rejects.toMatchObject({ facts: { reason: "LIMIT_CPU" } });
  });

  it("may be refused by the gate, or by the program itself", async () => {
    await expect(add(4)).rejects.toMatchObject({ facts: { reason: "RELEASE_MALFORMED" } });
    await expect(add(5)).rejects.toMatchObject({ facts: { reason: "TABLE_TOO_SMALL" } });
  });

  it("writes nothing, and the contract goes on", async () => {
    expect(await counter.call("read")).toEqual({ count: 0 });
    expect(await add(10)).toEqual({ count: 10 });
    expect(await counter.call("read")).toEqual({ count: 7 });
  });
});

describe("a contract under test", () => {
  it("has a state of its own, beside others of the same process", async () => {
    const other = await openContract(scratch);
    expect(await other.call("read")).toEqual({ count: 0 });
  });

  it("answers in the order of its calls, awaited or not", async () => {
    const fresh = await openContract("programs/examples/counter");
    const counts = [1, 2, 3].map((by) => fresh.call("add", { params: { by } }));
    expect(await Promise.all(counts)).toEqual([{ count: 1 }, { count: 3 }, { count: 6 }]);
  });

  it("refuses what a client would not send", async () => {
    await expect(counter.call("nothing")).rejects.toMatchObject({ code: "FUNCTION_UNKNOWN" });
    const unknown = { code: "TABLE_UNKNOWN" };
    await expect(counter.call("read", { privateRows: [{ a: 1 }] })).rejects.toMatchObject(unknown);
    const table = { nothing: [{ member: 0, rows: [] }] };
    await expect(counter.call("read", { tables: table })).rejects.toMatchObject(unknown);
    for (const options of [{ caller: 2 }, { recipients: [0, 2] }])
      await expect(counter.call("read", options)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is what the program's policy lets it be", async () => {
    const policy = { requests: [{ function: "read" }] };
    const closed = await openContract(scratch, { policy });
    const refused = closed.call("add", { params: { by: 10 } });
    await expect(refused).rejects.toMatchObject({ facts: { reason: "REQUEST_NOT_ALLOWED" } });
  });
});
