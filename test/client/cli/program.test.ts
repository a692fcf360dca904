/** What an author types, in real processes, on folders of their own. The chain's part is in the guide for authors. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "../../../client/kit/build.ts";
import { scaffold, templates } from "../../../client/kit/scaffold.ts";
import { hashFiles } from "../../../client/sdk/program.ts";
import { parseManifest } from "../../../protocol/manifest.ts";
import { person, type Outcome, type Person } from "./support.ts";

let author: Person;
beforeAll(() => {
  author = person("author");
});
afterAll(() => author.leave());

const folder = (name: string) => join(author.folder, name);
const refusal = ({ code, stdout }: Outcome) => ({
  exit: code,
  ...(JSON.parse(stdout) as { error: { code: string; facts: Record<string, string> } }).error,
});
const refused = async (...args: string[]) => refusal(await author.run(...args, "--json"));

describe("program new", () => {
  it("makes a folder whose types and tests pass, and overwrites nothing", async () => {
    const made = await author.json("program", "new", folder("tally"), "--from", "voting");
    expect(made["files"]).toEqual(["main.ts", "manifest.json", "tally.test.ts", "tsconfig.json"]);
    const tested = await author.json("program", "test", folder("tally"));
    expect(tested["passed"]).toBe(true);
    const again = await refused("program", "new", folder("tally"));
    expect(again).toMatchObject({ code: "FILE_EXISTS", exit: 2 });
  });

  it.each(templates())("can begin as %s, under its own name", async (template) => {
    const name = `my-${template}`;
    scaffold(folder(name), template);
    const { manifest } = await buildProgram(folder(name));
    expect(parseManifest(manifest).name).toBe(name);
    const test = readFileSync(folder(`${name}/${name}.test.ts`), "utf8");
    expect(test).toContain('from "cloister/test"');
  });
});

describe("program test", () => {
  it("fails with the types", async () => {
    scaffold(folder("mistyped"), "counter");
    const main = folder("mistyped/main.ts");
    const text = readFileSync(main, "utf8");
    writeFileSync(main, text.replace('kind: "value"', 'kind: "valeu"'));
    const { code, stdout, stderr } = await author.run("program", "test", folder("mistyped"));
    expect([code, stdout.trim()]).toEqual([3, "failed"]);
    expect(stderr).toContain("valeu");
  });
});

describe("program build, inspect and verify", () => {
  it("name a program by its hash, the same in every folder", async () => {
    scaffold(folder("one/counter"), "counter");
    scaffold(folder("two/counter"), "counter");
    const [one, two] = [folder("one/counter"), folder("two/counter")];
    const out = folder("built");
    const built = await author.json("program", "build", one, "--out", out);
    const { program } = built;
    expect(await author.json("program", "build", two)).toMatchObject({ program });
    expect(await author.json("program", "inspect", two)).toMatchObject({
      program,
      manifest: { name: "counter" },
    });
    const [module, manifest] = ["module.mjs", "manifest.json"].map((name) =>
      readFileSync(join(out, name)),
    );
    expect(hashFiles({ module: module!, manifest: manifest! })).toBe(program);
    const hash = program as string;
    const verified = await author.json("program", "verify", hash, two);
    expect(verified["verified"]).toBe(true);

    const source = readFileSync(join(two, "main.ts"), "utf8");
    writeFileSync(join(two, "main.ts"), source.replace("+ by", "+ by + 1"));
    const other = await author.json("program", "build", two);
    expect(await refused("program", "verify", hash, two)).toMatchObject({
      code: "PROGRAM_DIFFERS",
      exit: 3,
      facts: { program: hash, built: other["program"] },
    });
  });

  it("say where a program is wrong", async () => {
    scaffold(folder("broken"), "counter");
    writeFileSync(folder("broken/main.ts"), "\nexport default {;\n");
    const { facts, ...broken } = await refused("program", "build", folder("broken"));
    expect(broken).toMatchObject({ code: "PROGRAM_BROKEN", exit: 3 });
    expect(facts["what"]).toMatch(/^main\.ts:2: /u);
  });
});

describe("program mock", () => {
  it("makes rows that a member could contribute, the same for the same seed", async () => {
    scaffold(folder("overlap"), "customer-overlap");
    const mock = (...more: string[]) =>
      author.json("program", "mock", folder("overlap"), "--table", "customers", ...more);
    const { csv } = await mock("--rows", "20");
    expect((csv as string).trim().split("\n")).toHaveLength(21);
    expect((await mock("--rows", "20"))["csv"]).toBe(csv);
    expect((await mock("--rows", "20", "--seed", "other"))["csv"]).not.toBe(csv);
    const unknown = ["program", "mock", folder("overlap"), "--table", "nothing"];
    expect(await refused(...unknown)).toMatchObject({ code: "TABLE_UNKNOWN", exit: 3 });
  });
});
