/** One life of the enclave's process: frames in, frames out, until it ends. @module */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { ProtocolError } from "../../protocol/errors.ts";
import { encodeFrame, readFrames, type Frame } from "../frames.ts";

export type EnclaveChild = ChildProcessByStdio<Writable, Readable, Readable>;
export type Spawn = () => EnclaveChild;

/** Bytes of stderr kept for the log. */
const LAST_WORDS = 2000;

/**
 * Starts the enclave with the project's own Node and an empty environment: no NODE_OPTIONS, no proxies, no secrets of the host.
 * @param args as `enclaveArguments` gives them
 */
export const spawnEnclave =
  (args: readonly string[]): Spawn =>
  () =>
    spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"], env: {} });

export class EnclaveProcess {
  readonly #child: EnclaveChild;
  readonly #ended: Promise<void>;
  #pending: PromiseWithResolvers<Frame> | undefined;
  #alive = true;
  #answered = false;
  #stderr = "";

  /** @param onEnd gets the exit code and, while no data was in the enclave yet, the end of what it wrote to stderr */
  constructor(start: Spawn, onEnd: (code: number | null, lastWords: string) => void) {
    this.#child = start();
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      // Before the first answer it had seen no data, so nothing of it can be in there.
      if (!this.#answered) this.#stderr = (this.#stderr + text).slice(-LAST_WORDS);
    });
    // A broken pipe shows as the end of the process too.
    this.#child.stdin.on("error", () => undefined);
    this.#ended = new Promise((resolve) => {
      const end = (code: number | null) => {
        if (this.#alive) onEnd(code, this.#answered ? "" : this.#stderr);
        this.#fail("the enclave ended");
        resolve();
      };
      this.#child.once("exit", end);
      this.#child.once("error", () => end(null));
    });
    void this.#read();
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** @throws ProtocolError INTERNAL when the process ends first */
  async exchange(request: Frame): Promise<Frame> {
    if (!this.#alive) throw new ProtocolError("INTERNAL", { what: "the enclave ended" });
    this.#pending = Promise.withResolvers();
    this.#child.stdin.write(encodeFrame(request));
    return this.#pending.promise;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Closes the pipe, which ends the enclave, and waits; kills what is still there after a second. */
  async end(): Promise<void> {
    this.#fail("closing");
    this.#child.stdin.end();
    const late = setTimeout(() => this.kill(), 1000);
    await this.#ended;
    clearTimeout(late);
  }

  async #read(): Promise<void> {
    try {
      for await (const frame of readFrames(this.#child.stdout)) {
        const pending = this.#pending;
        this.#pending = undefined;
        this.#answered = true;
        // Nobody asked: whatever runs there is not the enclave we know.
        if (!pending) return this.kill();
        pending.resolve(frame);
      }
    } catch {
      this.kill();
    }
  }

  #fail(what: string): void {
    this.#alive = false;
    this.#pending?.reject(new ProtocolError("INTERNAL", { what }));
    this.#pending = undefined;
  }
}
