/** Child processes of a local network: each in a group of its own, none left behind however we end. @module */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

const cli = join(import.meta.dirname, "..", "client", "cli", "bin.mjs");
/** Milliseconds a process has to end by itself. */
const STOP_MS = 10_000;
const groups = new Set<ChildProcess>();
let guarded = false;

export interface Running {
  /** Undefined while it runs. */
  readonly exitCode: () => number | undefined;
  /** Asks it to stop, and kills it after 10 s. */
  stop(): Promise<void>;
  /** SIGKILL to it and all it started, as a power cut would. */
  kill(): Promise<void>;
  /** Its last words. */
  tail(): string;
}

/** Runs `cloister ...` to its end. @returns what it printed, which is JSON @throws Error with its last words */
export async function runCloister(args: readonly string[]): Promise<unknown> {
  const child = start(args, ["ignore", "pipe", "pipe"]);
  let [out, err] = ["", ""];
  child.stdout?.on("data", (data: Buffer) => (out += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (err += data.toString()));
  await ended(child);
  if (child.exitCode !== 0) throw new Error(`cloister ${args.slice(0, 2).join(" ")}: ${err}`);
  return JSON.parse(out) as unknown;
}

/** Starts `cloister ...` and leaves it running; its output goes to a file. */
export function startCloister(args: readonly string[], logFile: string): Running {
  const log = openSync(logFile, "a");
  const child = start(args, ["ignore", log, log]);
  closeSync(log);
  const over = ended(child);
  return {
    exitCode: () => child.exitCode ?? (child.signalCode ? 1 : undefined),
    stop: async () => {
      signalGroup(child, "SIGTERM");
      const timer = setTimeout(() => signalGroup(child, "SIGKILL"), STOP_MS);
      await over;
      clearTimeout(timer);
    },
    kill: async () => {
      signalGroup(child, "SIGKILL");
      await over;
    },
    tail: () => readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-10).join("\n"),
  };
}

function start(args: readonly string[], stdio: ("ignore" | "pipe" | number)[]): ChildProcess {
  guard();
  const child = spawn(process.execPath, [cli, ...args], { stdio, detached: true });
  groups.add(child);
  child.once("exit", () => groups.delete(child));
  return child;
}

/** Whatever ends this process short of SIGKILL takes the groups with it. */
function guard(): void {
  if (guarded) return;
  guarded = true;
  process.on("exit", () => {
    for (const child of groups) signalGroup(child, "SIGKILL");
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended a moment ago.
  }
}
