/** The process behind trials: the enclave's runtime and gate, which this side starts and does not import. @module */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { ProtocolError } from "../../protocol/errors.ts";
import { parseShape } from "../../protocol/schema.ts";
import {
  TrialAnswer,
  type TrialCall,
  type TrialRequest,
  type TrialTerms,
} from "../../protocol/trial.ts";
import { installation } from "./build.ts";

let shared: TrialProcess | undefined;

/** One for all contracts of this process, because its start costs a second. It ends with this process, and keeps it from nothing. */
export function trialProcess(): TrialProcess {
  if (!shared?.alive) shared = new TrialProcess();
  return shared;
}

export class TrialProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #contracts = 0;

  constructor() {
    const entry = join(installation, "worker", "enclave", "trial", "main.ts");
    const options = { stdio: ["pipe", "pipe", "inherit"] as ["pipe", "pipe", "inherit"] };
    this.#child = spawn(process.execPath, [entry], options);
    // A broken pipe shows as the end of its answers.
    this.#child.stdin.on("error", () => undefined);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.unref();
    (this.#child.stdin as Socket).unref();
    this.#hold();
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @returns the number of another contract */
  async open(terms: TrialTerms): Promise<number> {
    const contract = this.#contracts++;
    await this.#ask({ contract, open: terms });
    return contract;
  }

  /** Each call sees the state that the one before left, awaited or not. @throws ProtocolError INTERNAL when the process is gone */
  call(contract: number, call: TrialCall): Promise<TrialAnswer> {
    return this.#ask({ contract, call });
  }

  #ask(request: TrialRequest): Promise<TrialAnswer> {
    this.#waiting++;
    this.#hold();
    const answer = this.#turn
      .then(() => this.#exchange(request))
      .finally(() => {
        this.#waiting--;
        this.#hold();
      });
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #exchange(request: TrialRequest): Promise<TrialAnswer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new ProtocolError("INTERNAL", { what: "the trial's process ended" });
    const answer = parseShape(TrialAnswer, JSON.parse(value), "trial's answer");
    if ("fault" in answer) throw new ProtocolError("INTERNAL", { what: answer.fault.message });
    return answer;
  }

  /** Keeps this process running exactly as long as an answer is awaited. */
  #hold(): void {
    const answers = this.#child.stdout as Socket;
    if (this.#waiting > 0) answers.ref();
    else answers.unref();
  }
}
