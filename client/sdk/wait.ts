/** Waiting, without timers left behind. @module */
import { ProtocolError, type Failures } from "../../protocol/errors.ts";

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

/**
 * Looks again every `everyMs` until `look` gives a value.
 * @param next who must act for the wait to end; asked only when it did not
 * @throws ProtocolError TIMED_OUT
 */
export async function waitFor<T>(
  what: string,
  limits: { readonly everyMs: number; readonly seconds: number },
  look: () => Promise<T | undefined>,
  next: () => string | Promise<string>,
): Promise<T> {
  const end = Date.now() + 1000 * limits.seconds;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() >= end)
      throw new ProtocolError("TIMED_OUT", { what, seconds: limits.seconds, next: await next() });
    await sleep(limits.everyMs);
  }
}

/** Tries again while `run` fails with one of these codes; the last failure is thrown when the time is over. */
export async function retryWhile<T>(
  codes: readonly (keyof Failures)[],
  limits: { readonly everyMs: number; readonly seconds: number },
  run: () => Promise<T>,
): Promise<T> {
  const end = Date.now() + 1000 * limits.seconds;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      const again = error instanceof ProtocolError && codes.includes(error.code);
      if (!again || Date.now() >= end) throw error;
    }
    await sleep(limits.everyMs);
  }
}
