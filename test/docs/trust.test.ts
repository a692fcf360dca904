/**
 * `docs/trust.md` says what a program can do to its worker. Each row of that table is tried in a real guest process, with the flags
 * the enclave starts it with: when the confinement changes, the document must.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { utf8 } from "../../protocol/bytes.ts";
import { failureReasons } from "../../protocol/reasons.ts";
import { buildEnclave, defaultEnclaveLimits } from "../../worker/enclave/build.ts";
import { GUEST_FILE } from "../../worker/enclave/measurement.ts";
import { Guests } from "../../worker/enclave/runtime/guests.ts";
import type { Outcome } from "../../worker/enclave/runtime/outcome.ts";
import { messages } from "../../worker/boundary.ts";
import { callOf, noState } from "../../scripts/bare-call.ts";
import { document, names, section, source, tableRows } from "./support.ts";

const markdown = document("trust");
const heading = "## What the program's process can do";
const scratch = mkdtempSync(join(tmpdir(), "cloister-docs-"));
let guests: Guests;
beforeAll(async () => {
  await buildEnclave(scratch);
  const limits = { ...defaultEnclaveLimits, seconds: 4, memoryMiB: 32 };
  guests = new Guests(join(scratch, GUEST_FILE), limits);
});
afterAll(async () => {
  await guests.close();
  rmSync(scratch, { recursive: true });
});

/** Code that throws when it is refused, is ended, or gives what it found: a run that is possible gives another thing each time. */
const attempts: Readonly<Record<string, string>> = {
  "import a module: files, network, processes, threads": `for (const name of ["fs", "net", "child_process",
    "worker_threads", "sqlite", "crypto"]) try { await import("node:" + name); return } catch {} throw 1`,
  "load native code": `process.dlopen({ exports: {} }, "libc.so.6")`,
  "make code out of text": `for (const make of [() => eval("1"), () => Function("1"), () => attempt.constructor("1"),
    () => (function* () {}).constructor("1")]) try { make(); return } catch {} throw 1`,
  "compile WebAssembly": `new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))`,
  "send signals to the enclave, so that it ends": `process.kill(process.ppid, 0)`,
  "use memory beyond its limit": `const all = []; for (let i = 0; i < 64; i++) all.push(new Uint8Array(2 ** 20).fill(1))`,
  "run on after its time": `for (;;);`,
  "read the clock": `if (!(Date.now() > 0 || performance.now() > 0)) throw 1`,
  "draw random numbers that another worker would not draw": `if (Math.random() === 0.7375250883157531) throw 1`,
  "see how deep a stack is, or whether a buffer can be had": `const deeper = () => { try { deeper() } catch {} }; deeper();
    try { new ArrayBuffer(2 ** 40) } catch {}`,
  "keep something for the next run": `if (globalThis.kept === undefined) { globalThis.kept = 1; throw 1 }`,
  "see the sign of a NaN, which the engine chooses": `new BigUint64Array(Float64Array.of(NaN).buffer)[0] >> 63n`,
  "take as long as it likes, within its time": `for (let i = 0; i < 1e6; i++);`,
};

/** What a guest may say itself is listed in the text. */
const own = failureReasons.filter((reason) => section(markdown, heading).includes(`\`${reason}\``));
const reasons: Readonly<Record<string, readonly string[]>> = {
  "answer with a reason that is the gate's": failureReasons.filter(
    (reason) => !own.includes(reason),
  ),
  "answer with a reason that a program may give": own,
};

const attempt = (body: string): Promise<Outcome> =>
  guests.run(
    callOf(
      utf8(`const attempt = async () => { ${body} };
        export default { f: async () => { await attempt(); return { kind: "value", value: 1 } } }`),
    ),
    noState,
    60,
  );

const table = new Map(
  tableRows(section(markdown, heading)).flatMap(([what = "", result = ""]) =>
    result === "refused" || result === "possible" ? [[what, result] as const] : [],
  ),
);

describe("what the program's process can do", () => {
  it("is tried row by row", () => {
    const tried = [...Object.keys(attempts), ...Object.keys(reasons)];
    expect([...table.keys()]).toEqual(tried);
  });

  it.each(Object.entries(attempts))("%s", async (what, body) => {
    // Twice: what is kept for the next run shows there.
    await attempt(body);
    const { kind } = await attempt(body);
    expect(kind === "proposal").toBe(table.get(what) === "possible");
  });

  it.each(Object.entries(reasons))("%s", async (what, said) => {
    expect(said.length).toBeGreaterThan(3);
    const outcomes: Outcome[] = [];
    for (const reason of said)
      outcomes.push(await attempt(`throw Object.assign(new Error(), { code: "${reason}" })`));
    expect(outcomes).toEqual(
      said.map((reason) => ({
        kind: "failure",
        reason: table.get(what) === "possible" ? reason : "PROGRAM_THREW",
      })),
    );
  });
});

describe("the confinement is described as it is", () => {
  it.each([
    "worker/enclave/build.ts",
    "worker/enclave/runtime/guest-process.ts",
    "worker/enclave/runtime/confinement.ts",
  ])("every flag of %s is named", (path) => {
    const flags = names(source(path), /["` ](--[a-z0-9-]+)/g);
    expect(flags.length).toBeGreaterThan(3);
    expect(flags.filter((flag) => !markdown.includes(`\`${flag}\``))).toEqual([]);
  });

  it("every message between host and enclave is named", () => {
    const text = section(markdown, "## Two processes");
    for (const name of Object.keys(messages)) expect(text).toContain(name);
  });
});
