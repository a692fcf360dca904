/** A progress bar: rate and remaining time on a terminal, nothing where nobody looks. @module */
import type { Progress } from "../sdk/seal.ts";
import { duration, size } from "../sdk/units.ts";

const WIDTH = 24;
const EVERY_MS = 100;

/** The part of a terminal that a bar needs. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** The file that is sealed: how long it is, and how much of it was read. */
export interface Reading {
  readonly size: number;
  read(): number;
}

export interface Bar {
  show(progress: Progress): void;
  /** Leaves the line. */
  end(): void;
}

export function progressBar(terminal: Terminal, source: Reading, now = Date.now): Bar {
  if (!terminal.isTTY) return { show: () => undefined, end: () => undefined };
  let shown = 0;
  let sealedBytes = 0;
  let started: { stage: string; at: number } | undefined;
  return {
    show: (progress) => {
      if (progress.stage === "sealing") sealedBytes = progress.bytes;
      if (started?.stage !== progress.stage) started = { stage: progress.stage, at: now() };
      const total = progress.stage === "sealing" ? source.size : sealedBytes;
      const done = progress.stage === "sealing" ? source.read() : progress.bytes;
      if (now() - shown < EVERY_MS && done !== total) return;
      shown = now();
      terminal.write(`\r\x1b[2K${lineOf(progress, done, total, (now() - started.at) / 1000)}`);
    },
    end: () => {
      if (shown > 0) terminal.write("\n");
    },
  };
}

/** `sealing [####----] 40 %  120,000 rows  81.0 MB/s  3 s left`. */
export function lineOf(progress: Progress, done: number, total: number, seconds: number): string {
  const parts = [progress.stage.padEnd(9)];
  if (total > 0) {
    const share = Math.min(1, done / total);
    const filled = Math.round(WIDTH * share);
    parts.push(`[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}]`);
    parts.push(`${String(Math.floor(100 * share)).padStart(3)} %`);
  }
  parts.push(`${progress.rows.toLocaleString("en")} rows`);
  parts.push(`${size(progress.bytesPerSecond)}/s`);
  if (done > 0) parts.push(`${duration((seconds * Math.max(0, total - done)) / done)} left`);
  return parts.join("  ");
}
