/** One guest process: started before it is needed, used for one call, and gone before the call is answered. @module */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { dirname } from "node:path";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { ProgramState } from "../../../protocol/program.ts";
import { readFrames, type Frame } from "../../frames.ts";
import { packCall } from "./call-frame.ts";
import type { Confinement } from "./confinement.ts";
import { readAnswer, type GuestCall, type Outcome, type StateAsk } from "./outcome.ts";
import { frameLimits, outputCaps } from "./output-caps.ts";
import type { Answer } from "./realm/asks.ts";
import { writeFrame } from "./write-frame.ts";

export interface GuestLimits {
  /** Wall-clock seconds, after which a process is killed. */
  readonly seconds: number;
  /** MiB that a program may use, heap and buffers together, its copy of the inputs among them. */
  readonly memoryMiB: number;
  /** Bytes of opened inputs: the process holds its own copy of those of its call. */
  readonly maxBytes: number;
  /** Bytes of JSON that a program may propose. */
  readonly maxOutput: number;
}

export class GuestProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #limits: GuestLimits;
  readonly #exit: Promise<NodeJS.Signals | null>;
  #alive = true;
  #timedOut = false;

  /**
   * Starts a process that waits for a call.
   * @param guest path of the guest's bundle
   * @param traces whether errors may say where they came from: on mock data only
   */
  constructor(guest: string, limits: GuestLimits, confinement: Confinement, traces = false) {
    const [command, ...args] = confinement.wrap([
      process.execPath,
      ...guestFlags(dirname(guest), traces),
      guest,
      String(limits.memoryMiB),
      String(limits.maxOutput),
      traces ? "1" : "0",
    ]) as [string, ...string[]];
    // Nothing the program prints goes anywhere: a log would be a way out past the gate.
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "ignore"], env: {} });
    this.#limits = limits;
    // A broken pipe shows as the end of the process.
    this.#child.stdin.on("error", () => undefined);
    this.#exit = new Promise((resolve) => {
      const end = (signal: NodeJS.Signals | null) => {
        this.#alive = false;
        resolve(signal);
      };
      this.#child.once("exit", (_code, signal) => end(signal));
      this.#child.once("error", () => end(null));
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Runs one call, and ends the process whatever becomes of it. */
  async run(call: GuestCall, state: ProgramState, seconds: number): Promise<Outcome> {
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.#child.kill("SIGKILL");
    }, 1000 * seconds);
    try {
      const { json, pieces } = packCall(call);
      await writeFrame(this.#child.stdin, json, pieces);
      return await this.#converse(call, state);
    } finally {
      clearTimeout(timer);
      await this.end();
    }
  }

  /** Kills it and waits until it is gone. */
  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    this.#child.stdout.destroy();
    await this.#exit;
  }

  async #converse(call: GuestCall, state: ProgramState): Promise<Outcome> {
    const limits = frameLimits(outputCaps(call, this.#limits.maxOutput));
    try {
      for await (const frame of readFrames(this.#child.stdout, limits)) {
        const asks = asksOf(frame);
        if (!asks) return readAnswer(frame);
        const answers: Answer[] = [];
        for (const ask of asks) answers.push(await answerAsk(state, ask));
        await writeFrame(this.#child.stdin, { answers });
      }
    } catch (error) {
      if (!(error instanceof ProtocolError) || this.#timedOut) return this.#ended();
      return { kind: "abstention", reason: "LIMIT_OUTPUT" };
    }
    return this.#ended();
  }

  async #ended(): Promise<Outcome> {
    const signal = await this.#exit;
    if (this.#timedOut || signal === "SIGXCPU") return { kind: "abstention", reason: "LIMIT_CPU" };
    const reason = signal !== null && fullSignals.has(signal) ? "LIMIT_MEMORY" : "INTERNAL";
    return { kind: "abstention", reason };
  }
}

/**
 * How V8 and the system end a process whose heap, stack or memory is full: V8 stops at an invalid instruction or aborts, the
 * system's last resort kills.
 */
const fullSignals: ReadonlySet<NodeJS.Signals> = new Set([
  "SIGABRT",
  "SIGTRAP",
  "SIGILL",
  "SIGSEGV",
  "SIGBUS",
  "SIGKILL",
]);

function guestFlags(folder: string, traces: boolean): string[] {
  return [
    "--permission",
    `--allow-fs-read=${folder}/`,
    // isolated-vm, which is the only one there.
    "--allow-addons",
    // node:sqlite opens files past the permission model (Node 26.10).
    "--no-experimental-sqlite",
    "--disable-warning=SecurityWarning",
    // The isolate must begin with the snapshot that its process began with, as isolated-vm asks for: all isolates of a process share
    // one read-only heap, and those of Node's snapshot and of V8's differ (Node 26.10). Most of a process's start is spent for this.
    "--no-node-snapshot",
    // What the compilers and the garbage collector do then depends on the program alone, not on other threads.
    "--single-threaded",
    "--v8-pool-size=0",
    // A full stack or a failed allocation would be an error that a program can catch, at a depth that differs between machines: two
    // honest workers would differ. With this V8 ends the process instead, and messages are the same in every version.
    ...(traces ? [] : ["--correctness-fuzzer-suppressions"]),
  ];
}

/** The questions in a frame, if that is what it holds. */
function asksOf({ json }: Frame): readonly StateAsk[] | undefined {
  const asks = (json as { readonly asks?: unknown } | null)?.asks;
  return Array.isArray(asks) ? (asks as readonly StateAsk[]) : undefined;
}

async function answerAsk(state: ProgramState, ask: StateAsk): Promise<Answer> {
  try {
    const { method, args } = ask;
    // The state judges what it is given.
    const [key, second] = args as readonly [string, never];
    if (method === "get") return { value: await state.get(key) };
    if (method === "set") return { value: await state.set(key, second) };
    if (method === "delete") return { value: await state.delete(key) };
    if (method === "list") return { value: await state.list(key, second) };
    return { refused: "PARAMETER_INVALID" };
  } catch {
    // What went wrong is the state's to remember and the run's to judge; the program learns only that it did.
    return { refused: "STATE_REFUSED" };
  }
}
