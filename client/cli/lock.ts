/**
 * One process at a time where two would spoil each other's work: the nonce of an account, the files of a home. The lock is
 * SQLite's, which the kernel drops with the process: kill -9 leaves nothing to clean up.
 * @module
 */
import { mkdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { ProtocolError } from "../../protocol/errors.ts";
import type { HomePaths } from "./home.ts";

const WAIT_MS = 10_000;
const SQLITE_BUSY = 5;

/** Runs `act` while nobody else does. @throws ProtocolError HOME_LOCKED after 10 s */
export async function locked<T>(home: HomePaths, act: () => T | Promise<T>): Promise<T> {
  mkdirSync(home.home, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(home.lock, { timeout: WAIT_MS });
  try {
    database.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    const busy = cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY;
    if (!busy) throw cause;
    throw new ProtocolError("HOME_LOCKED", { home: home.home }, { cause });
  }
  try {
    return await act();
  } finally {
    database.close();
  }
}
