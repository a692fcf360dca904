/** `worker/main.ts` as an operator runs it: a process of its own. @module */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const main = join(import.meta.dirname, "../../../../worker/main.ts");

export interface Ended {
  readonly code: number | null;
  /** What stdout said, read as JSON; undefined when it said nothing. */
  readonly json: unknown;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function runWorker(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, json: stdout === "" ? undefined : JSON.parse(stdout), stderr };
}

/** A running `worker start`. */
export class WorkerCommand {
  readonly #child: ChildProcess;
  readonly home: string;
  readonly endpoint: string;
  #stderr = "";

  constructor(home: string, child: ChildProcess, endpoint: string) {
    this.home = home;
    this.#child = child;
    this.endpoint = endpoint;
  }

  /** Starts the worker of a home; resolves when it says that it is ready. */
  static async start(home: string): Promise<WorkerCommand> {
    const child = spawn(process.execPath, [main, "start", "--home", home], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`worker ended with ${String(code)}: ${stderr}`);
    });
    const line = once(createInterface(child.stdout), "line") as Promise<[string]>;
    const [text] = await Promise.race([line, ended]);
    ended.catch(() => undefined);
    const { endpoint } = JSON.parse(text) as { endpoint: string };
    const command = new WorkerCommand(home, child, endpoint);
    command.#stderr = stderr;
    child.stderr.on("data", (more: string) => (command.#stderr += more));
    return command;
  }

  /** What it logged so far. */
  get log(): string {
    return this.#stderr;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Ends it and waits. @returns its exit code; null when the signal ended it */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      return this.#child.exitCode;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    return ((await ended) as [number | null])[0];
  }
}
