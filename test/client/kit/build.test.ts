/** The same sources are the same bytes, wherever they and the installation lie; what is no program says where it is wrong. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { buildProgram, type BuiltProgram } from "../../../client/kit/build.ts";
import { fromUtf8 } from "../../../protocol/bytes.ts";

const scratch = mkdtempSync(join(tmpdir(), "cloister-kit-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const counter = "programs/examples/counter";
let folders = 0;
/** A copy of the counter with these files in place of its own. */
function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = join(scratch, String(folders++));
  cpSync(counter, folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
const textOf = ({ module }: BuiltProgram) => fromUtf8(module, "module");
/** What a module's default export says, here in Node. */
async function exported(built: BuiltProgram): Promise<unknown> {
  const module = `data:text/javascript;base64,${Buffer.from(built.module).toString("base64")}`;
  return ((await import(module)) as { default: unknown }).default;
}

describe("the same bytes", () => {
  it("come out of any folder, at any depth, through a link", async () => {
    const here = await buildProgram("programs/examples/voting");
    const deep = join(scratch, "a", "b", "c");
    mkdirSync(deep, { recursive: true });
    cpSync("programs/examples/voting", join(deep, "voting"), { recursive: true });
    symlinkSync(join(deep, "voting"), join(scratch, "link"));
    for (const folder of [join(deep, "voting"), join(scratch, "link")])
      expect(await buildProgram(folder)).toEqual(here);
    expect(textOf(here)).toContain("// cloister:programs/kernels/cells.ts");
    expect(textOf(here)).not.toContain("../");
  });

  it("come out of another installation", async () => {
    const other = join(scratch, "another", "installation");
    for (const part of ["client", "programs", "protocol", "package.json"])
      cpSync(part, join(other, part), { recursive: true });
    symlinkSync(resolve("node_modules"), join(other, "node_modules"));
    const { buildProgram: build } = (await import(join(other, "client/kit/build.ts"))) as {
      buildProgram: typeof buildProgram;
    };
    for (const folder of ["programs/examples/auction", "programs/location-analytics"]) {
      const here = await buildProgram(folder);
      expect(await build(folder)).toEqual(here);
      expect(await build(join(other, folder))).toEqual(here);
      expect(await buildProgram(join(other, folder))).toEqual(here);
    }
  });
});

describe("powers", () => {
  it("are those of Math.pow, which the isolate makes deterministic, and exact for BigInt", async () => {
    const main = `
      const power = (a, b) => a ** b;
      let c = 3;
      c **= 2;
      export default [power(2, 10), c, power(2n, 64n), power(9, 0.5)];
    `;
    const built = await buildProgram(folderWith({ "main.ts": main }));
    expect(await exported(built)).toEqual([1024, 9, 2n ** 64n, 3]);
    // One operator is left, and only a BigInt gets to it.
    expect(textOf(built).match(/\*\*/gu)).toHaveLength(1);
    expect(textOf(built)).toContain("Math.pow(");
  });
});

describe("what does not build", () => {
  const refused = async (files: Readonly<Record<string, string>>) => {
    const folder = folderWith(files);
    const error: unknown = await buildProgram(folder).catch((cause: unknown) => cause);
    return error as { code: string; facts: Record<string, string> };
  };

  it("names file and line", async () => {
    const { code, facts } = await refused({ "main.ts": "export default {\n  a: (\n" });
    expect(code).toBe("PROGRAM_BROKEN");
    expect(facts["what"]).toMatch(/^main\.ts:\d+: /u);
  });

  it.each(["node:fs", "fs", "no-such-library", "cloister/test"])("imports %s", async (name) => {
    const main = `import * as library from "${name}";\nexport default { a: () => library };\n`;
    const { code, facts } = await refused({ "main.ts": main });
    expect(code).toBe("PROGRAM_BROKEN");
    expect(facts["what"]).toMatch(/^main\.ts:1: /u);
    expect(facts["what"]).toContain(name);
  });

  it("has a manifest with a hole", async () => {
    const { code, facts } = await refused({ "manifest.json": '{ "name": "counter" }' });
    expect(code).toBe("MANIFEST_INVALID");
    expect(facts["at"]).toMatch(/^\//u);
  });

  it("has a manifest that is no JSON, no source, or is not there", async () => {
    expect(await refused({ "manifest.json": "{" })).toMatchObject({ code: "JSON_INVALID" });
    const empty = join(scratch, "empty");
    mkdirSync(empty);
    await expect(buildProgram(empty)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    cpSync(join(counter, "manifest.json"), join(empty, "manifest.json"));
    await expect(buildProgram(empty)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    await expect(buildProgram(join(scratch, "nowhere"))).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
    });
  });
});
