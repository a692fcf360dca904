/** Evidence expires: who notices in time, and says what to do. @module */
import type { Expiry } from "../../protocol/api.ts";
import type { Log } from "./log.ts";

/** Seconds before the end from which on a worker asks to be renewed. */
const RENEW_WITHIN = 7 * 86_400;
/** Seconds of block time between two warnings. */
const WARN_EVERY = 6 * 3600;

/**
 * How long evidence is good.
 * @param now Unix seconds of block time: the chain's clock is the one that counts
 * @param command to name when it should be renewed
 */
export function expiryOf(validUntil: number, now: number, command: string): Expiry {
  const secondsLeft = validUntil - now;
  return { validUntil, secondsLeft, ...(secondsLeft < RENEW_WITHIN && { next: command }) };
}

/** Warns in the log while there is something to do, and not with every look. */
export class EvidenceWatch {
  readonly #log: Log;
  #saidAt: { secondsLeft: number; validUntil: number } | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  look({ validUntil, secondsLeft, next }: Expiry): void {
    if (next === undefined) return;
    const said = this.#saidAt;
    if (said?.validUntil === validUntil && said.secondsLeft - secondsLeft < WARN_EVERY) return;
    this.#saidAt = { validUntil, secondsLeft };
    const text = secondsLeft > 0 ? "evidence expires soon" : "evidence has expired";
    this.#log.warn({ validUntil, secondsLeft, next }, text);
  }
}
