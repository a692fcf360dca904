/** The process behind a trial: the enclave's runtime and gate, which this side starts and does not import. @module */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { ProtocolError } from "../../protocol/errors.ts";
import { parseShape } from "../../protocol/schema.ts";
import { TrialAnswer, type TrialCall, type TrialTerms } from "../../protocol/trial.ts";
import { installation } from "./build.ts";

export class TrialProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(terms: TrialTerms) {
    const entry = join(installation, "worker", "enclave", "trial", "main.ts");
    const options = { stdio: ["pipe", "pipe", "inherit"] as ["pipe", "pipe", "inherit"] };
    this.#child = spawn(process.execPath, [entry], options);
    // A broken pipe shows as the end of its answers.
    this.#child.stdin.on("error", () => undefined);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#say(terms);
  }

  /**
   * One call after the other: each sees the state the one before left.
   * @throws ProtocolError INTERNAL when the process is gone
   */
  call(call: TrialCall): Promise<TrialAnswer> {
    const answer = this.#turn.then(async () => {
      this.#say(call);
      const { value, done } = await this.#answers.next();
      if (done) throw new ProtocolError("INTERNAL", { what: "the trial's process ended" });
      return parseShape(TrialAnswer, JSON.parse(value), "trial's answer");
    });
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  /** Ends it, when all calls are answered. */
  async close(): Promise<void> {
    await this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#child.once("exit", () => resolve());
    this.#child.stdin.end();
    await promise;
  }

  #say(message: TrialTerms | TrialCall): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }
}
