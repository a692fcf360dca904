/** The guest processes of trials: those of a worker, and some that tell where an error came from. @module */
import { defaultEnclaveLimits } from "../build.ts";
import type { ProgramState } from "../../../protocol/program.ts";
import { Guests } from "../runtime/guests.ts";
import type { Guest, GuestCall } from "../runtime/outcome.ts";

/** A worker's own, but for the time: mock data are few, and whoever waits for a test would rather hear of a loop that never ends. */
export const trialLimits = { ...defaultEnclaveLimits, seconds: 30 };

/** For the second run, which with a V8 that is less strict may go on where the first one ended. */
const SECONDS_TO_TELL = 5;

export class TrialGuests {
  readonly #file: string;
  readonly #strict: Guests;
  #telling: Guests | undefined;

  /** @param file path of the guest's bundle */
  constructor(file: string) {
    this.#file = file;
    this.#strict = new Guests(file, trialLimits);
  }

  /** As a worker runs it: what this says stands. */
  readonly strict: Guest = (...call) => this.#strict.run(...call);

  /**
   * Where a program threw, found by running it once more with traces, for which V8 must be less strict. Not where it ran out of time:
   * it would again.
   * @param reason of the refusal
   * @param state as it was before the call
   */
  async traceOf(reason: string, call: GuestCall, state: ProgramState): Promise<string | undefined> {
    if (reason === "LIMIT_CPU") return undefined;
    this.#telling ??= new Guests(this.#file, trialLimits, true);
    const outcome = await this.#telling.run(call, state, SECONDS_TO_TELL);
    return outcome.kind === "failure" ? outcome.trace : undefined;
  }

  async close(): Promise<void> {
    await this.#strict.close();
    await this.#telling?.close();
  }
}
