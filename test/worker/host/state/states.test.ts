/** Which nodes belong to which version, whatever the chain takes back and whatever is forgotten. */
import { id } from "ethers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Hex } from "../../../../protocol/bytes.ts";
import type { StateRecord } from "../../../../protocol/state/record.ts";
import { Store } from "../../../../worker/host/store/store.ts";
import { MemoryState } from "../../enclave/state/support.ts";

const contract = id("terms") as Hex;
const rootOf = (name: string) => id(`root ${name}`) as Hex;
const recordOf = (version: number, node: Hex): StateRecord => ({ version, contributors: 1, node });

let store: Store;
beforeEach(() => {
  store = new Store(":memory:");
});

/** A state that takes steps, and tells a store of each: what the store says is compared with it. */
class Source extends MemoryState {
  version = 0;
  readonly all = new Map<Hex, Uint8Array>();

  async step(name: string, write: Record<string, string | null>, agreed = true): Promise<void> {
    const { root, written, dropped } = await this.task(async (state) => {
      for (const [key, value] of Object.entries(write))
        if (value === null) await state.delete(key);
        else await state.set(key, value);
    });
    this.version += 1;
    for (const node of written) this.all.set(node.id, node.bytes);
    store.states.putNodes(contract, rootOf(name), written);
    const record = recordOf(this.version, root);
    store.states.putStep({ contract, root: rootOf(name), record, dropped }, agreed);
  }

  branch(): Source {
    const other = new Source();
    for (const [node, bytes] of this.held) other.held.set(node, bytes);
    Object.assign(other, { root: this.root, version: this.version, tasks: this.tasks + 100 });
    return other;
  }
}

type Nodes = ReadonlyMap<Hex, Uint8Array>;
const many = (value: string) =>
  Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, `${value} ${i}`]));
const nodesAt = (version: number, since = 0) =>
  new Map(
    [...store.states.changes(contract, version, since, "")].map((one) => [one.id, one.bytes]),
  );

describe("the states of a journal", () => {
  it("are the nodes of each version, as long as it is kept", async () => {
    const source = new Source();
    const versions: Nodes[] = [];
    for (const [name, write] of [
      ["a", many("first")],
      ["b", { k5: "changed", long: "v".repeat(1000) }],
      ["c", { k50: null, long: "w".repeat(1000) }],
    ] as const) {
      await source.step(name, write);
      versions.push(new Map(source.held));
    }
    for (const [i, held] of versions.entries()) expect(nodesAt(i + 1)).toEqual(held);
    expect(store.states.newest(contract, 99)).toBe(3);
    expect(store.states.record(contract, rootOf("b"))).toMatchObject({ version: 2 });

    const [first, , third] = versions as [Nodes, Nodes, Nodes];
    const added = [...third].filter(([node]) => !first.has(node));
    const gone = [...first.keys()].filter((node) => !third.has(node));
    const news = nodesAt(3, 1);
    expect(new Map([...news].filter(([, bytes]) => bytes))).toEqual(new Map(added));
    // Nodes of version 2 alone are told too; whoever was not there has none of them.
    const told = [...news].filter(([, bytes]) => !bytes).map(([node]) => node);
    expect(told).toEqual(expect.arrayContaining(gone));
    expect(told.filter((node) => third.has(node))).toEqual([]);

    store.states.prune(contract, 2);
    expect(store.states.record(contract, rootOf("a"))).toBeUndefined();
    for (const version of [2, 3]) expect(nodesAt(version)).toEqual(versions[version - 1]!);
    for (const node of versions[0]!.keys())
      expect(store.states.node(contract, node) !== undefined).toBe(versions[1]!.has(node));
    store.states.prune(contract, 3);
    expect(store.states.newest(contract, 99)).toBe(3);
    expect(nodesAt(3)).toEqual(versions[2]!);
  });

  it("count what the chain agreed on, and lose nothing when it takes that back", async () => {
    const source = new Source();
    await source.step("a", many("first"));
    const before = new Map(source.held);
    const other = source.branch();
    await source.step("b", many("second"));
    expect(store.states.newest(contract, 9)).toBe(2);

    store.states.takeBack(contract, 1);
    expect([store.states.newest(contract, 9), store.states.contractOf(rootOf("b"))]).toEqual([
      1,
      undefined,
    ]);
    expect(nodesAt(1)).toEqual(before);
    await other.step("other b", { k1: "otherwise" });
    await other.step("other c", { k2: "otherwise" });
    expect(nodesAt(3)).toEqual(other.held);
    // What was never agreed on goes with the versions it would have followed.
    store.states.prune(contract, 3);
    expect(nodesAt(3)).toEqual(other.held);
    expect(store.states.record(contract, rootOf("b"))).toBeUndefined();
    for (const node of source.held.keys())
      expect(store.states.node(contract, node)).toBeUndefined();
  });

  it("wait for the chain: a run's nodes are kept and are no version yet", async () => {
    const source = new Source();
    await source.step("a", many("first"), false);
    expect(store.states.newest(contract, 9)).toBe(0);
    expect(store.states.contractOf(rootOf("a"))).toBeUndefined();
    expect(store.states.record(contract, rootOf("a"))).toBeDefined();
    store.states.agree(contract, rootOf("a"));
    expect(nodesAt(1)).toEqual(source.held);
  });

  it("let no other worker's bytes stand in for a node that is held", async () => {
    const source = new Source();
    await source.step("a", many("first"));
    const [node, bytes] = [...source.held][0]!;
    const wrong = { id: node, bytes: Uint8Array.of(1) };
    store.states.putNodes(contract, rootOf("z"), [wrong]);
    expect(store.states.node(contract, node)).toEqual(bytes);
    // Only when the enclave could not open it.
    store.states.replaceNode(contract, rootOf("z"), wrong);
    expect(store.states.node(contract, node)).toEqual(wrong.bytes);
    expect(nodesAt(1).size).toBe(source.held.size);
  });

  it("of another contract are not touched", async () => {
    const source = new Source();
    await source.step("a", many("first"));
    const other = id("other terms") as Hex;
    store.states.putStep(
      { contract: other, root: rootOf("a"), record: recordOf(1, id("n") as Hex), dropped: [] },
      true,
    );
    store.states.prune(other, 1);
    store.states.takeBack(other, 0);
    expect(nodesAt(1).size).toBe(source.held.size);
    expect(new Set(store.states.contracts())).toEqual(new Set([contract, other]));
  });
});
