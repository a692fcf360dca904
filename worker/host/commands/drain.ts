/** `worker drain`: no new `Ready`, sealed tasks are finished, then the worker ends. Holds until it is undone. @module */
import { setTimeout } from "node:timers/promises";
import { hasCode } from "../../../protocol/errors.ts";
import { readConfig } from "../../config.ts";
import { lockHome } from "../home/lock.ts";
import { homePaths } from "../home/paths.ts";
import { unwish, wish } from "../wish.ts";

export interface DrainOptions {
  readonly home: string;
  /** Takes the wish back. */
  readonly undo: boolean;
  /** Waits until the worker has ended; what it promised decides how long. */
  readonly wait: boolean;
}

/** Milliseconds between two looks whether the worker has ended. */
const INTERVAL = 250;

/** @throws ProtocolError CONFIG_INVALID when this is no home */
export async function drain({
  home,
  undo,
  wait,
}: DrainOptions): Promise<{ draining: boolean; running: boolean }> {
  readConfig(home);
  const paths = homePaths(home);
  if (undo) unwish(paths.drain);
  else wish(paths.drain);
  if (wait && !undo) await untilStopped(home);
  return { draining: !undo, running: await isRunning(home) };
}

async function untilStopped(home: string): Promise<void> {
  while (await isRunning(home)) await setTimeout(INTERVAL);
}

/** Whether a process has the home. */
export async function isRunning(home: string): Promise<boolean> {
  try {
    await lockHome(homePaths(home)).close();
    return false;
  } catch (error) {
    if (hasCode(error, "HOME_LOCKED")) return true;
    throw error;
  }
}
