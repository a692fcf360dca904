/** Waiting that ends when the process does. @module */
import { setTimeout } from "node:timers/promises";

/** Waits, or until aborted. @returns false when aborted */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  try {
    await setTimeout(milliseconds, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds before try number `failures + 1`: 0 at first, then doubling from `first` up to `most`. */
export function backoff(failures: number, first: number, most: number): number {
  return failures === 0 ? 0 : Math.min(most, first * 2 ** (failures - 1));
}
