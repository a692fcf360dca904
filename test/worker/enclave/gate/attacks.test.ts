/** What a hostile program or member tries against the gate. */
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { MemberTable } from "../../../../protocol/program.ts";
import { memberTable, policy, type Row } from "../../../programs/location-analytics/support.ts";
import { ask, askClusters, codes, labelled, spread, times } from "./support.ts";

const malformed = "RELEASE_MALFORMED";

describe("a hostile member", () => {
  const victim: Row = [51.5, -0.12];
  const planted = times(0, 9).map((_, i): Row => [51.4 + i * 0.02, -0.2 + i * 0.01]);

  it("cannot plant nine points around one customer", () => {
    const attack = [memberTable(0, planted), memberTable(1, [victim])];
    const assignment = codes(...times(0, 10));
    expect(askClusters(attack, assignment)).toBe("PARTIES_PER_CLUSTER");
    expect(askClusters(attack, assignment, 1, policy({ minParties: 2 }))).toBe("COHORT_TOO_SMALL");
  });

  it("cannot plant eight points around two customers of two others", () => {
    const others = [memberTable(1, [victim]), memberTable(2, [[51.6, -0.1]])];
    const attack = [memberTable(0, planted.slice(1)), ...others];
    expect(askClusters(attack, codes(...times(0, 10)))).toBe("COHORT_TOO_SMALL");
  });

  it("cannot pass for several parties with several datasets", () => {
    const shards = [0, 3, 6].map((start) => memberTable(0, planted.slice(start, start + 3)));
    const attack = [...shards, memberTable(1, [victim])];
    expect(askClusters(attack, codes(...times(0, 10)))).toBe("PARTIES_PER_CLUSTER");
  });

  it("cannot put a name into the answer as a label", () => {
    const named: Row[] = times(0, 5).map(() => [51.5, -0.12, "Ann Smith, 12 High Street"]);
    const training: MemberTable[] = [...labelled({ usual: 60 }), memberTable(0, named)];
    const proposal = { kind: "predictions", labels: [named[0]![2], "usual"], assignment: codes(0) };
    const privateTable = memberTable(0, [victim]);
    expect(ask("predict", { proposal, tables: { training }, privateTable })).toEqual({
      predictions: [null],
    });
  });
});

describe("a hostile program", () => {
  const locations = spread([10, 10, 10]);
  const everyone = codes(...times(0, 30));

  it("cannot single out one row, or one member's rows", () => {
    expect(askClusters(locations, codes(1, ...times(0, 29)), 2)).toBe("PARTIES_PER_CLUSTER");
    const byMember = codes(...times(0, 10), ...times(1, 10), ...times(2, 10));
    expect(askClusters(locations, byMember, 3)).toBe("PARTIES_PER_CLUSTER");
  });

  it("cannot number clusters to carry a message", () => {
    const halves = times(0, 30).map((_, i) => i % 2);
    const one = askClusters(locations, codes(...halves), 2);
    expect(one).toMatchObject({ k: 2 });
    expect(askClusters(locations, codes(...halves.map((code) => 1 - code)), 2)).toEqual(one);
  });

  it("cannot add fields, or numbers of its own", () => {
    const extra = { centres: [{ latitude: 51.5, longitude: -0.12, size: 1 }], note: "Ann Smith" };
    const proposal = { kind: "clusters", k: 1, assignment: everyone, inertia: 42, ...extra };
    expect(ask("cluster", { proposal, tables: { locations } })).toEqual(
      askClusters(locations, everyone),
    );
  });

  it.each([
    ["too short", everyone.slice(1)],
    ["too long", codes(...everyone, 0)],
    ["a plain array", [...everyone]],
    ["floats with NaN", Float64Array.from(everyone, () => Number.NaN)],
    ["another integer type", Uint8Array.from(everyone)],
    ["a cluster beyond k", codes(1, ...times(0, 29))],
    ["the largest code", codes(...times(0, 29), 0xffffffff)],
    ["an object that looks like one", { length: 30, every: () => true }],
    ["nothing", undefined],
  ])("is refused an assignment that is %s", (_, assignment) => {
    expect(askClusters(locations, assignment)).toBe(malformed);
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, "1", null, 1n, [1]])("is refused a k of %s", (k) => {
    expect(askClusters(locations, everyone, k)).toBe(malformed);
  });

  it.each([
    null,
    undefined,
    7,
    "clusters",
    [],
    () => 1,
    { kind: "predictions" },
    { kind: "nothing" },
    { kind: "clusters" },
  ])("is refused a proposal of %o", (proposal) => {
    expect(ask("cluster", { proposal, tables: { locations } })).toBe(malformed);
  });

  it("cannot answer through a prototype, a getter that throws or a proxy", () => {
    const inherited: unknown = Object.create({ kind: "clusters", k: 1, assignment: everyone });
    const polluted: unknown = JSON.parse('{"__proto__":{"kind":"clusters","k":1}}');
    const throwing = Object.defineProperty({ kind: "clusters", k: 1 }, "assignment", {
      enumerable: true,
      get: () => {
        throw new TypeError("no");
      },
    });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    for (const proposal of [inherited, polluted, throwing, revoked.proxy])
      expect(ask("cluster", { proposal, tables: { locations } })).toBe(malformed);
    expect(({} as { kind?: unknown }).kind).toBeUndefined();
  });

  it("cannot show one value to the check and another to the release", () => {
    let reads = 0;
    const shifty = Object.defineProperty({ kind: "clusters", assignment: everyone }, "k", {
      enumerable: true,
      get: () => (reads++ === 0 ? 1 : 1000),
    });
    expect(ask("cluster", { proposal: shifty, tables: { locations } })).toMatchObject({ k: 1 });
    expect(reads).toBe(1);
  });

  it("is not trusted with arrays of another realm", () => {
    const foreign: unknown = runInNewContext("new Uint32Array(30)");
    expect(askClusters(locations, foreign)).toBe(malformed);
  });
});

describe("a hostile program that smuggles labels", () => {
  const training = labelled({ "": 12, a: 30, [`${"é".repeat(32)}!`]: 12 });
  const tables = { training: labelled({ a: 30, b: 30 }) };
  const privateTable = memberTable(0, [[0, 0]]);
  const predict = (labels: unknown) =>
    ask("predict", {
      proposal: { kind: "predictions", labels, assignment: codes(0) },
      tables,
      privateTable,
    });

  it.each([
    ["an invented one", ["a", "b", "record 17 is at 51.5 -0.12"]],
    ["one in place of another", ["51.5", "b"]],
    ["one left out", ["a"]],
    ["another order", ["b", "a"]],
    ["one twice", ["a", "a", "b"]],
    ["other characters that look alike", ["\u0430", "b"]],
    ["no strings", [1, 2]],
    ["an object", { 0: "a", 1: "b", length: 2 }],
    ["a single string", "ab"],
    ["none", undefined],
  ])("is refused: %s", (_, labels) => {
    expect(predict(["a", "b"])).toEqual({ predictions: ["a"] });
    expect(predict(labels)).toBe(malformed);
  });

  it("is refused labels of no byte, and of more than 64", () => {
    const labels = ["", "a", `${"é".repeat(32)}!`];
    const proposal = { kind: "predictions", labels, assignment: codes(1) };
    expect(ask("predict", { proposal, tables: { training }, privateTable })).toBe(malformed);
  });

  it("cannot use names of object members as labels to any effect", () => {
    const odd = labelled({ __proto__x: 12, constructor: 12, toString: 12 });
    const proposal = {
      kind: "predictions",
      labels: ["__proto__x", "constructor", "toString"],
      assignment: codes(1),
    };
    expect(ask("predict", { proposal, tables: { training: odd }, privateTable })).toEqual({
      predictions: ["constructor"],
    });
  });

  it("cannot claim other held-out rows than there are", () => {
    const many = labelled({ a: 60, b: 60 });
    const claim = (actual: Uint32Array, predicted: Uint32Array) =>
      ask("classify", {
        proposal: {
          kind: "classes",
          labels: ["a", "b"],
          assignment: codes(...times(0, 30)),
          actual,
          predicted,
        },
        tables: { locations: spread([10, 10, 10]), training: many },
      });
    const [heldOut, wrong] = [24, 23].map((rows) => codes(...times(0, rows)));
    expect(claim(heldOut!, heldOut!)).toBe(malformed);
    expect(claim(wrong!, wrong!)).toBe(malformed);
  });
});
