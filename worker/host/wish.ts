/**
 * What an operator asks of a worker that may be running: a file in its home, which the worker looks for with each look at the
 * chain. No port, no signal: a wish outlives a restart.
 * @module
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";

export const wish = (file: string): void => writeFileSync(file, "", { mode: 0o600 });
export const isWished = (file: string): boolean => existsSync(file);
export const unwish = (file: string): void => rmSync(file, { force: true });
