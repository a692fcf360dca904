/** The guides for operators, parties and auditors are one story; what they tell to type is typed. */
import { afterAll, describe, expect, it } from "vitest";
import { firstDifference, Names } from "./guides.ts";
import { Story } from "./guides-story.ts";
import { document, source } from "./support.ts";

describe("a collaboration of two parties and one operator is set up, run, paid and audited", () => {
  const story = new Story();
  afterAll(() => story.end());
  story.follows("operator", undefined, "When tasks have come");
  story.follows("party", undefined, "When the workers change");
  story.follows("auditor");
  story.follows("operator", "When tasks have come", "End for good");
  story.follows("party", "When the workers change");
  story.follows("operator", "End for good");
});

describe("what operator.md quotes", () => {
  const quoted = (kind: string): string[] =>
    [...document("guides/operator").matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, "gms"))]
      .flatMap(([, body = ""]) => body.trimEnd().split("\n"))
      .filter((line) => line !== "");

  it.each([
    ["ini", "cloister-worker.service"],
    ["dockerfile", "Dockerfile"],
  ])("%s is in docs/operations/%s", (kind, file) => {
    const lines = source(`docs/operations/${file}`).split("\n");
    expect(quoted(kind).length).toBeGreaterThan(2);
    expect(quoted(kind).filter((line) => !lines.includes(line))).toEqual([]);
  });
});

describe("the comparison with what is printed", () => {
  const shown = ["contract.join: 0x3b2dc3…, 87246 gas", "joined by 0x3b2dc3…", "...", "the end"];
  const printed = [
    "contract.join: 0xabcdef12, 91 gas",
    "joined   by 0xabcdef12",
    "a",
    "b",
    "the end",
  ];

  it("takes other hashes, numbers of gas and widths of columns, and lines left out", () => {
    const known = new Names();
    expect(firstDifference(shown, printed, known)).toBeUndefined();
    expect(known.typed("cloister task status 0x3b2dc3…")).toBe("cloister task status 0xabcdef12");
    expect(() => known.typed("0x999999…")).toThrow(TypeError);
  });

  it.each([
    ["another word", 1, "left by 0xabcdef12", "joined by 0x3b2dc3…"],
    ["another hash than before", 1, "joined by 0xabcdef13", "joined by 0x3b2dc3…"],
    ["a line that is missing", 4, "c", "the end"],
  ])("notices %s", (_what, at, line, missing) => {
    expect(firstDifference(shown, printed.with(at, line), new Names())).toBe(missing);
  });

  it("notices a line too many, unless more may come", () => {
    const more = [...printed, "more"];
    expect(firstDifference(shown, more, new Names())).toContain("more");
    expect(firstDifference(shown, more, new Names(), false)).toBeUndefined();
  });
});
