import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Hex } from "../../../../protocol/bytes.ts";
import { newJob } from "../../../../worker/host/jobs/records.ts";
import { Store } from "../../../../worker/host/store/store.ts";
import { blockHash, eventAt } from "../support/recorded.ts";

const module = join(import.meta.dirname, "../../../../worker/host/store/store.ts");
const task: Hex = `0x${"17".repeat(32)}`;
const paused = (block: number) => eventAt(block, "ContractPaused", { terms: task, member: 1 });
const at = (number: number) => ({ number, hash: blockHash(number) });

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloister-store-"));
  file = join(folder, "journal.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a transaction", () => {
  it("keeps events, cursor and what rests on them together, or none of it", () => {
    const store = new Store(file);
    const failing = () =>
      store.transaction(() => {
        store.events.append([paused(3)], at(5));
        store.jobs.put(task, newJob());
        throw new TypeError("crash");
      });
    expect(failing).toThrow("crash");
    expect(store.events.cursor()).toBeUndefined();
    expect(store.events.ofContract(task)).toEqual([]);
    expect(store.jobs.entries()).toEqual([]);
    store.close();
  });

  it("is gone after kill -9 in its middle, and there after kill -9 right behind it", async () => {
    new Store(file).close();
    for (const [committed, expected] of [
      [false, undefined],
      [true, at(5)],
    ] as const) {
      const script = `
        import { Store } from ${JSON.stringify(module)};
        const store = new Store(${JSON.stringify(file)});
        const append = () => store.events.append(${JSON.stringify([paused(3)])}, ${JSON.stringify(at(5))});
        const die = () => process.kill(process.pid, "SIGKILL");
        if (${committed}) { store.transaction(append); die(); }
        store.transaction(() => { append(); die(); while (true); });`;
      const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script]);
      expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
      const store = new Store(file);
      expect(store.events.cursor()).toEqual(expected);
      expect(store.events.ofContract(task)).toHaveLength(committed ? 1 : 0);
      store.close();
    }
  });

  it("within another one is part of that", () => {
    const store = new Store(file);
    const failing = () =>
      store.transaction(() => {
        store.transaction(() => store.jobs.put(task, newJob()));
        throw new TypeError("crash");
      });
    expect(failing).toThrow("crash");
    expect(store.jobs.get(task)).toBeUndefined();
    store.close();
  });
});

describe("events", () => {
  it("vanish above the block of a rollback, with their blocks", () => {
    const store = new Store(":memory:");
    store.events.append([paused(3), paused(7)], at(9));
    store.events.rollback(7);
    expect(store.events.cursor()).toEqual(at(7));
    expect(store.events.ofContract(task)).toHaveLength(2);
    store.events.rollback(6);
    expect(store.events.cursor()).toEqual(at(3));
    expect(store.events.ofContract(task)).toEqual([paused(3)]);
  });

  it("of a task are found by their contract too, though only the first ones name it", () => {
    const store = new Store(":memory:");
    const terms: Hex = `0x${"27".repeat(32)}`;
    const consented = eventAt(2, "TaskConsented", { taskId: task, member: 0, signature: "0x" });
    const advanced = eventAt(3, "TaskAdvanced", { taskId: task, state: "cancelled" });
    const proposed = eventAt(1, "TaskProposed", {
      taskId: task,
      terms,
      task: { privateParams: task } as never,
      inputs: [],
      params: "0x",
    });
    store.events.append([proposed, consented, advanced], at(3));
    expect(store.events.ofContract(terms, task)).toEqual([proposed, consented, advanced]);
    expect(store.events.ofContract(terms)).toEqual([]);
    expect(store.events.ofTask(task)).toHaveLength(3);
    expect(store.events.about("TaskProposed", task)).toEqual([proposed]);
  });

  it("keep the hashes of their blocks for ever, of other blocks for a while", () => {
    const store = new Store(":memory:");
    store.events.append([paused(3)], at(5));
    store.events.append([], at(5000));
    expect(store.events.blocksDown(10)).toEqual([at(5000), at(3)]);
  });
});

describe("a typed table", () => {
  it("refuses what has not its shape, going in and coming out", () => {
    const store = new Store(file);
    const shape = expect.objectContaining({ code: "SHAPE_INVALID" });
    expect(() => store.jobs.put(task, { ...newJob(), failures: -1 })).toThrow(shape);
    store.jobs.put(task, newJob());
    store.close();
    const raw = new DatabaseSync(file);
    raw.exec(`UPDATE records SET json = '{"failures":"many"}'`);
    raw.close();
    const again = new Store(file);
    expect(() => again.jobs.get(task)).toThrow(shape);
    again.close();
  });

  it("forgets bytes by the beginning of their key", () => {
    const store = new Store(":memory:");
    for (const key of ["0xab/0", "0xab/1", "0xac/0"]) store.releases.put(key, Uint8Array.of(1));
    store.releases.deleteAll("0xab");
    expect(store.releases.get("0xab/1")).toBeUndefined();
    expect(store.releases.get("0xac/0")).toEqual(Uint8Array.of(1));
  });
});

it("a journal of another layout is refused", () => {
  new Store(file).close();
  const raw = new DatabaseSync(file);
  raw.exec("PRAGMA user_version = 99");
  raw.close();
  expect(() => new Store(file)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
