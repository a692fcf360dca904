import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseManifest } from "../../../protocol/manifest.ts";
import type { Program } from "../../../protocol/program.ts";
import { buildProgram, type BuiltProgram } from "../../../scripts/build-program.ts";
import { ask, manifest, policy, proofOfConcept } from "./support.ts";

const folder = "programs/location-analytics";

describe("buildProgram", () => {
  let clone: string;
  let here: BuiltProgram;

  beforeAll(async () => {
    here = await buildProgram(folder);
    clone = await mkdtemp(join(tmpdir(), "cloister-clone-"));
    for (const part of ["programs", "protocol"])
      await cp(part, join(clone, part), { recursive: true });
    await symlink(resolve("node_modules"), join(clone, "node_modules"));
  });

  afterAll(() => rm(clone, { recursive: true, force: true }));

  it("gives the same bytes in another clone", async () => {
    const there = await buildProgram(join(clone, folder));
    expect(Buffer.from(there.module).equals(Buffer.from(here.module))).toBe(true);
    expect(there.manifest).toEqual(here.manifest);
  });

  it("says nothing of where it was built", () => {
    const text = new TextDecoder().decode(here.module);
    expect(text).not.toContain(process.cwd());
    expect(text).not.toContain("node_modules");
  });

  it("needs no module beside it", () => {
    const text = new TextDecoder().decode(here.module);
    expect(text).not.toMatch(/^import |\brequire\(["']|\bimport\(/m);
  });

  it("has a manifest that the protocol reads, as canonical JSON", () => {
    expect(parseManifest(here.manifest)).toEqual(manifest);
  });

  it("answers like the sources", async () => {
    const file = join(clone, "program.mjs");
    await writeFile(file, here.module);
    const { default: code } = (await import(pathToFileURL(file).href)) as { default: Program };
    const tables = proofOfConcept();
    const trusting = policy({ minParties: 1, minCohort: 3, maxShare: 1 });
    for (const [name, params] of [
      ["cluster", { k: 3 }],
      ["classify", { method: "knn" }],
      ["classify", { method: "naive-bayes" }],
    ] as const) {
      const call = { params, tables, policy: trusting };
      expect(ask(name, { ...call, code })).toEqual(ask(name, call));
    }
  });
});
