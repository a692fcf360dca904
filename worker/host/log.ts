/**
 * The log: JSON lines on stderr, since stdout carries results. Codes, hashes, indices and counts only; never a body, a row, a
 * key, or text that somebody else wrote.
 * @module
 */
import { destination, pino, type Logger } from "pino";
import { ProtocolError } from "../../protocol/errors.ts";

export type Log = Logger;

export function createLog(level: string): Log {
  return pino({ level, base: null }, destination({ dest: 2, sync: true }));
}

/** What a log may say about an error: Cloister's own facts, of any other error its name and code, and where it was thrown. */
export function describeError(error: unknown): Record<string, unknown> {
  if (error instanceof ProtocolError) return { code: error.code, facts: error.facts };
  if (!(error instanceof Error)) return { name: typeof error };
  const { code } = error as NodeJS.ErrnoException;
  const frames = error.stack?.split("\n").filter((line) => line.startsWith("    at ")) ?? [];
  return { name: error.name, code, at: frames.slice(0, 3).map((line) => line.trim()) };
}
