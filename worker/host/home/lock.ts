/**
 * One process a home. The lock is SQLite's exclusive file lock: the kernel drops it with the process, so that kill -9 leaves
 * nothing to clean up, and no process id can be mistaken for another's.
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Service } from "../services.ts";
import type { HomePaths } from "./paths.ts";

/**
 * Locks a home until closed, or until the process ends in whatever way.
 * @throws ProtocolError HOME_LOCKED
 */
export function lockHome(paths: HomePaths): Service {
  const database = new DatabaseSync(paths.lock, { timeout: 0 });
  try {
    database.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new ProtocolError("HOME_LOCKED", { home: paths.home }, { cause });
  }
  return { close: () => database.close() };
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}
