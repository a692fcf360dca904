/** The real binary, in homes of its own. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bin = join(import.meta.dirname, "../../../client/cli/bin.mjs");

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `cloister` without a terminal; waits for its end. */
export function cloister(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** One person at a terminal: a home, a password file, and verbs that answer in JSON. */
export interface Person {
  readonly folder: string;
  readonly home: string;
  /** Flags that open this home. */
  readonly flags: readonly string[];
  /** Writes a file; its path. */
  file(name: string, text: string): string;
  run(...args: string[]): Promise<Outcome>;
  /** The JSON a verb printed, when its exit code is as expected. */
  json<T = Record<string, unknown>>(...args: string[]): Promise<T>;
  leave(): void;
}

export function person(name: string, more: readonly string[] = []): Person {
  const folder = mkdtempSync(join(tmpdir(), `cloister-${name}-`));
  const file = (path: string, text: string) => {
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };
  const home = join(folder, "home");
  const password = file("password", `correct horse of ${name}\n`);
  const flags = ["--home", home, "--password-file", password, ...more];
  const run = (...args: string[]) => cloister([...flags, ...args]);
  return {
    folder,
    home,
    flags,
    file,
    run,
    json: async <T>(...args: string[]) => {
      const { code, stdout, stderr } = await run(...args, "--json");
      if (code !== 0) throw new Error(`cloister ${args.join(" ")}: ${code}\n${stderr}${stdout}`);
      return JSON.parse(stdout) as T;
    },
    leave: () => rmSync(folder, { recursive: true, force: true }),
  };
}
