import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseManifest } from "../../../protocol/manifest.ts";
import { buildProgram, type BuiltProgram } from "../../../client/kit/build.ts";
import { buildEnclave, defaultEnclaveLimits } from "../../../worker/enclave/build.ts";
import { GUEST_FILE } from "../../../worker/enclave/measurement.ts";
import { Guests } from "../../../worker/enclave/runtime/guests.ts";
import { callOf, noState } from "../../../scripts/bare-call.ts";
import { ask, gate, manifest, policy, proofOfConcept } from "./support.ts";

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

  it("answers in the enclave's isolate like the sources here", async () => {
    const image = join(clone, "image");
    await buildEnclave(image);
    const guests = new Guests(join(image, GUEST_FILE), { ...defaultEnclaveLimits, memoryMiB: 256 });
    const tables = proofOfConcept();
    const seed = new Uint8Array(32).fill(7);
    const trusting = policy({ minParties: 1, minCohort: 3, maxShare: 1 });
    for (const [functionName, params] of [
      ["cluster", { k: 3 }],
      ["classify", { method: "knn" }],
      ["classify", { method: "naive-bayes" }],
    ] as const) {
      const call = { params, tables, policy: trusting };
      const inside = { ...callOf(here.module, { params, tables, seed }), functionName };
      const outcome = await guests.run(inside, noState, 60);
      const proposal = outcome.kind === "proposal" ? outcome.proposal : undefined;
      expect(gate(functionName, call, proposal)).toEqual(ask(functionName, call));
    }
    await guests.close();
  });
});
