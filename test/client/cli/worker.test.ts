import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const bin = join(root, "client/cli/bin.mjs");
const run = promisify(execFile);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
async function cloister(args: readonly string[], node = process.execPath): Promise<Outcome> {
  try {
    return { code: 0, ...(await run(node, [bin, ...args])) };
  } catch (error) {
    return error as Outcome;
  }
}

/** A Node on PATH older than the project's own. */
async function olderNode(): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, "node");
    if (!existsSync(path)) continue;
    const { stdout } = await run(path, ["--version"]);
    if (Number.parseInt(stdout.slice(1), 10) < 26) return path;
  }
  return undefined;
}
const older = await olderNode();

describe("cloister", () => {
  it("helps on stderr and keeps stdout for results", async () => {
    const { code, stdout, stderr } = await cloister(["--help"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/Usage: cloister/);
    expect((await cloister(["worker", "--help"])).stderr).toMatch(
      /init.*register.*start.*measurement/s,
    );
  });

  it("exits with 2 for what it does not know", async () => {
    expect(await cloister(["nothing"])).toMatchObject({ code: 2, stdout: "" });
    expect(await cloister(["worker", "nothing"])).toMatchObject({ code: 2, stdout: "" });
  });

  it("passes arguments on to the worker as they are, and its exit code back", async () => {
    const missing = await cloister(["worker", "init", "--rpc", "http://127.0.0.1:1"]);
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toMatch(/--home is missing/);
    const at = ["--home", join(tmpdir(), "cloister-none"), "--rpc", "http://127.0.0.1:1"];
    const silent = await cloister(["worker", "init", ...at, "--contracts", `0x${"00".repeat(20)}`]);
    expect(silent).toMatchObject({ code: 2 });
    expect(silent.stderr).toMatch(/TEE_MISSING/);
  });

  it("prints the measurement of its own enclave", async () => {
    const { code, stdout } = await cloister(["worker", "measurement"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ measurement: expect.stringMatching(/^0x[0-9a-f]{64}$/) });
  });

  it.skipIf(older === undefined)(
    "runs under the project's Node when started by an older one",
    async () => {
      const { code, stderr } = await cloister(["worker", "init"], older);
      expect(code).toBe(2);
      expect(stderr).toMatch(/--home is missing/);
    },
  );
});

describe("runScript", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cloister-cli-"));
    await writeFile(
      join(folder, "child.mjs"),
      'process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); console.log("up");',
    );
    const child = join(root, "client/cli/child.ts");
    await writeFile(
      join(folder, "parent.mjs"),
      `import { runScript } from ${JSON.stringify(child)};
       process.exitCode = await runScript(${JSON.stringify(join(folder, "child.mjs"))}, []);`,
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("forwards signals and ends as the other ends", async () => {
    const parent = spawn(process.execPath, [join(folder, "parent.mjs")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((up) => parent.stdout.once("data", up));
    const ended = new Promise((exit) => parent.once("exit", exit));
    parent.kill("SIGTERM");
    expect(await ended).toBe(7);
  });
});
