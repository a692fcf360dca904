import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { columnInWords, functionInWords } from "../../../client/sdk/function-words.ts";
import { termsInWords, type Subject } from "../../../client/sdk/words.ts";
import { canonicalJson } from "../../../protocol/json.ts";
import { defaultPolicy } from "../../../protocol/policy.ts";
import type { FunctionSpec, Manifest } from "../../../protocol/program.ts";

const shipped = JSON.parse(
  readFileSync(
    new URL("../../../programs/location-analytics/manifest.json", import.meta.url),
    "utf8",
  ),
) as Manifest;

const vote: FunctionSpec = {
  summary: "Casts a secret vote",
  params: { type: "object", additionalProperties: false },
  privateTable: { name: "ballot", columns: [{ name: "choice", type: "string" }] },
  reads: [],
  changesState: true,
  release: { kind: "value", schema: { const: "recorded" } },
};
const tally: FunctionSpec = {
  params: { type: "object", additionalProperties: false },
  reads: ["voters"],
  changesState: false,
  release: { kind: "value", schema: { type: "integer", minimum: 0, maximum: 999 }, public: true },
};

function subject(manifest: Manifest, requests: readonly object[]): Subject {
  return {
    terms: {
      name: "test",
      program: "0x",
      members: [],
      policy: canonicalJson({ ...defaultPolicy, requests }),
      vetoBlocks: 1,
    },
    manifest,
    status: { joined: [], pausedBy: [], active: true },
    workers: [],
    threshold: 1,
    names: (account: string) => account,
  } as unknown as Subject;
}
const linesOf = (words: ReturnType<typeof termsInWords>, title: string) =>
  words.find((section) => section.title.startsWith(title))?.lines;

describe("functionInWords", () => {
  it("says what a function reads, keeps and lets out, and to whom", () => {
    expect(functionInWords(vote, { rows: true })).toEqual([
      "Casts a secret vote",
      "Reads no table.",
      "Takes the asker's own ballot, which the program sees.",
      "May change the contract's private state; what it read may stay there.",
      'Lets out, to the task\'s recipients: one word known before, of the form {"const":"recorded"}.',
    ]);
    expect(functionInWords(tally, { rows: false })).toEqual([
      "Reads voters: no row enters the program.",
      "Cannot change the contract's private state.",
      'Lets out, to the task\'s recipients: a value of at most 3 bytes, of the form {"maximum":999,"minimum":0,"type":"integer"}.',
      "Public: whoever receives the answer may publish it, on chain too.",
    ]);
    const alone = {
      ...tally,
      reads: [],
      release: { ...tally.release, to: "caller" },
    } as FunctionSpec;
    expect(functionInWords(alone, { rows: false })[0]).toBe("Reads no table.");
    expect(functionInWords(alone, { rows: false })[2]).toMatch(/^Lets out, to the asker alone: /);
  });

  it("says of every rule what leaves", () => {
    const said = Object.values(shipped.functions).map((spec) =>
      functionInWords(spec, shipped).at(-1),
    );
    expect(said).toEqual([
      expect.stringContaining("centre and size of groups of the rows of locations"),
      expect.stringContaining("each class of training"),
      expect.stringContaining("to the asker alone: a class of training"),
    ]);
  });
});

describe("columnInWords", () => {
  it("says type, decimals, unit and range", () => {
    expect(shipped.tables[1]!.columns.map(columnInWords)).toEqual([
      "latitude fixed, 6 decimals, degree, -90 to 90",
      "longitude fixed, 6 decimals, degree, -180 to 180",
      "label string",
      "test boolean, optional",
    ]);
    expect(columnInWords({ name: "age", type: "fixed", min: 0 })).toBe("age fixed, 0 to any");
  });
});

describe("termsInWords", () => {
  it("speaks of the functions that may be asked, each once, and of no other", () => {
    const requests = [
      { function: "cluster", params: { k: 2 } },
      { function: "cluster", params: { k: 3 } },
      { function: "toString" },
    ];
    const words = termsInWords(subject(shipped, requests));
    const functions = linesOf(words, "What its functions do")!;
    expect(functions.filter((line) => line.startsWith("cluster: Reads"))).toHaveLength(1);
    expect(functions).toContain("toString: the program has no such function; asking it fails.");
    expect(functions.join()).not.toContain("predict");
    const leaves = linesOf(words, "What may leave")!.join();
    expect(leaves).toContain("at most 50 clusters");
    expect(leaves).not.toContain("Predictions");
  });

  it("says what a program without rows can hide, and one with rows", () => {
    const manifest = { ...shipped, rows: false, functions: { tally } };
    const words = (rows: boolean) =>
      termsInWords(subject({ ...manifest, rows }, [{ function: "tally" }]));
    expect(linesOf(words(false), "What this does not")!.join()).toContain(
      "No row of a dataset enters",
    );
    expect(linesOf(words(true), "What this does not")!.join()).toContain("could hide rows");
    expect(linesOf(words(false), "What may leave")!.join()).toContain("at least 3 member(s)");
  });
});
