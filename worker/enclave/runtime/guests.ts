/** The guest processes of one enclave: always one that waits, so that a call need not wait for a process to start. @module */
import type { ProgramState } from "../../../protocol/program.ts";
import { confinementOf, type Confinement } from "./confinement.ts";
import { GuestProcess, type GuestLimits } from "./guest-process.ts";
import type { GuestCall, Outcome } from "./outcome.ts";

export class Guests {
  readonly #guest: string;
  readonly #limits: GuestLimits;
  readonly #traces: boolean;
  readonly confinement: Confinement;
  #spare: GuestProcess | undefined;
  #closed = false;

  /**
   * @param guest path of the guest's bundle
   * @param traces whether errors may say where they came from: on mock data only
   */
  constructor(guest: string, limits: GuestLimits, traces = false) {
    this.#guest = guest;
    this.#limits = limits;
    this.#traces = traces;
    this.confinement = confinementOf(limits);
    this.#spare = this.#start();
  }

  /**
   * Runs one function of a program in a process of its own.
   * @param seconds of wall-clock time; the limits may allow less
   */
  async run(call: GuestCall, state: ProgramState, seconds: number): Promise<Outcome> {
    const own = this.#limits;
    const memoryMiB = Math.min(own.memoryMiB, call.limits?.memoryMiB ?? Infinity);
    const most = Math.min(seconds, own.seconds, call.limits?.seconds ?? Infinity);
    const spare = memoryMiB === own.memoryMiB ? this.#take() : undefined;
    const process = spare ?? this.#start({ ...own, memoryMiB });
    try {
      return await process.run(call, state, most);
    } finally {
      // Only now: its start would take time from the call.
      if (!this.#closed && !this.#spare?.alive) this.#spare = this.#start();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#take()?.end();
  }

  /** The waiting process, for one call only. */
  #take(): GuestProcess | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.alive ? spare : undefined;
  }

  #start(limits = this.#limits): GuestProcess {
    return new GuestProcess(this.#guest, limits, this.confinement, this.#traces);
  }
}
