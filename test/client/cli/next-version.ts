/** A later version of Cloister in a folder of its own: the same sources but for a line of the enclave, so another measurement. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

const root = join(import.meta.dirname, "../../..");
const parts = ["client", "protocol", "worker", "programs", "package.json"];

export class NextVersion {
  readonly folder = mkdtempSync(join(tmpdir(), "cloister-next-"));
  #worker: ChildProcess | undefined;

  constructor() {
    for (const part of parts)
      cpSync(join(root, part), join(this.folder, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    appendFileSync(
      join(this.folder, "worker/enclave/main.ts"),
      'export const later = "version";\n',
    );
  }

  /** Runs `cloister ...` of this version to its end; the JSON it printed. */
  async json<T>(...args: string[]): Promise<T> {
    const child = this.#spawn(args);
    const [out, err, [code]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, "close") as Promise<[number]>,
    ]);
    if (code !== 0) throw new Error(`cloister ${args.slice(0, 2).join(" ")}: ${err}`);
    return JSON.parse(out) as T;
  }

  /** `worker start`; resolves when it serves. */
  async start(home: string): Promise<void> {
    const child = this.#spawn(["worker", "start", "--home", home]);
    this.#worker = child;
    let log = "";
    child.stderr!.setEncoding("utf8").on("data", (more: string) => (log += more));
    const ended = once(child, "exit").then(() => {
      throw new Error(`the worker ended: ${log}`);
    });
    await Promise.race([once(createInterface(child.stdout!), "line"), ended]);
    ended.catch(() => undefined);
  }

  async close(): Promise<void> {
    if (this.#worker?.exitCode === null) {
      const ended = once(this.#worker, "exit");
      this.#worker.kill("SIGTERM");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(args: readonly string[]): ChildProcess {
    const bin = join(this.folder, "client/cli/bin.mjs");
    return spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  }
}
