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
import { buildEnclave } from "../../worker/enclave/build.ts";
import { GUEST_FILE } from "../../worker/enclave/measurement.ts";
import { runProgram } from "../../worker/enclave/runtime/run-program.ts";
import { messages } from "../../worker/boundary.ts";
import { document, names, section, source, tableRows } from "./support.ts";

const markdown = document("trust");
const heading = "## What the program's process can do";
const scratch = mkdtempSync(join(tmpdir(), "cloister-docs-"));
beforeAll(() => buildEnclave(scratch));
afterAll(() => rmSync(scratch, { recursive: true }));

const database = join(scratch, "rows.db");
const file = join(scratch, "rows.txt");

/** Code that throws, or answers with a promise that fails, when it is refused. */
const attempts: Readonly<Record<string, string>> = {
  "read a file": `(await import("node:fs")).readFileSync(${JSON.stringify(join(scratch, "enclave.mjs"))})`,
  "write a file": `(await import("node:fs")).writeFileSync(${JSON.stringify(file)}, "rows")`,
  "open a network connection": `const net = await import("node:net");
    await new Promise((done, fail) => net.connect(9, "127.0.0.1").once("connect", done)
      .once("error", (error) => error.code === "ERR_ACCESS_DENIED" ? fail(error) : done()))`,
  "start another program": `(await import("node:child_process")).spawnSync(process.execPath, ["--version"])`,
  "start a thread": `new (await import("node:worker_threads")).Worker("1", { eval: true })`,
  "load native code": `try { process.dlopen({ exports: {} }, "libc.so.6") }
    catch (error) { if (error.code === "ERR_DLOPEN_DISABLED") throw error }`,
  "open, read and write an SQLite database on disk": `const { DatabaseSync } = await import("node:sqlite");
    new DatabaseSync(${JSON.stringify(database)}).exec("create table t(a); insert into t values ('rows')")`,
  "send signals to the enclave, so that it ends": `process.kill(process.ppid, 0)`,
  "use memory beyond the limit of V8's heap": `const more = new Uint8Array(2 ** 28).fill(1);
    if (process.memoryUsage().rss < 2 ** 28) throw new Error()`,
  "read the clock": `if (!(Date.now() > 0)) throw new Error()`,
  "draw random numbers": `crypto.getRandomValues(new Uint8Array(4))`,
};

/** What a guest may say itself is listed in the text. */
const own = failureReasons.filter((reason) => section(markdown, heading).includes(`\`${reason}\``));
const reasons: Readonly<Record<string, readonly string[]>> = {
  "answer with a reason that is the gate's": failureReasons.filter(
    (reason) => !own.includes(reason),
  ),
  "answer with a reason that a program may give": own,
};

const attempt = (body: string) =>
  runProgram(
    join(scratch, GUEST_FILE),
    {
      module: utf8(`let possible = true;
        try { await (async () => { ${body} })() } catch { possible = false }
        export default { f: () => ({ possible }) }`),
      functionName: "f",
      context: { caller: 0, params: {}, tables: {}, seed: new Uint8Array(32) },
    },
    { seconds: 20, heapMiB: 128 },
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
    const outcome = await attempt(body);
    const possible = table.get(what) === "possible";
    expect(outcome).toEqual({ kind: "proposal", proposal: { possible } });
  });

  it.each(Object.entries(reasons))("%s", async (what, said) => {
    expect(said.length).toBeGreaterThan(3);
    for (const reason of said) {
      const outcome = await attempt(
        `process.send({ failure: "${reason}" }); for (;;) await new Promise((go) => setTimeout(go, 50))`,
      );
      const chosen = table.get(what) === "possible" ? reason : "PROGRAM_THREW";
      expect(outcome).toEqual({ kind: "failure", reason: chosen });
    }
  });
});

describe("the confinement is described as it is", () => {
  it.each(["worker/enclave/build.ts", "worker/enclave/runtime/run-program.ts"])(
    "every flag of %s is named",
    (path) => {
      const flags = names(source(path), /["`](--[a-z-]+)/g);
      expect(flags.length).toBeGreaterThan(3);
      expect(flags.filter((flag) => !markdown.includes(`\`${flag}\``))).toEqual([]);
    },
  );

  it("every message between host and enclave is named", () => {
    const text = section(markdown, "## Two processes");
    for (const name of Object.keys(messages)) expect(text).toContain(name);
  });
});
