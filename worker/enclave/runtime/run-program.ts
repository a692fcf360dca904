/** Starts a guest process for one call and makes sure that it ends. @module */
import { spawn } from "node:child_process";
import { readAnswer, type GuestCall, type Outcome } from "./outcome.ts";

export interface GuestLimits {
  /** Wall-clock seconds, after which the process is killed. */
  readonly seconds: number;
  /** MiB of V8 heap. Array buffers lie outside it: the operating system's limit comes with the isolate. */
  readonly heapMiB: number;
}

/**
 * Runs one function of a program.
 * @param guest path of the guest's bundle
 */
export function runProgram(guest: string, call: GuestCall, limits: GuestLimits): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [
      "--permission",
      // node:sqlite opens files past the permission model (Node 26.10).
      "--no-experimental-sqlite",
      `--allow-fs-read=${guest}`,
      `--max-old-space-size=${limits.heapMiB}`,
      "--disable-warning=ExperimentalWarning",
      guest,
    ],
    // Nothing the program prints goes anywhere: a log would be a way out past the gate.
    { stdio: ["ignore", "ignore", "ignore", "ipc"], serialization: "advanced", env: {} },
  );
  return new Promise((resolve) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, 1000 * limits.seconds);
    const finish = (outcome: Outcome) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      resolve(outcome);
    };
    child.once("message", (answer) => finish(readAnswer(answer)));
    child.once("error", () => finish({ kind: "abstention", reason: "INTERNAL" }));
    // V8 aborts with SIGABRT (exit code 134 under a shell) when its heap is full.
    child.once("exit", (_code, signal) =>
      finish({
        kind: "abstention",
        reason: timedOut ? "LIMIT_CPU" : signal === "SIGABRT" ? "LIMIT_MEMORY" : "INTERNAL",
      }),
    );
    child.send(call, (error) => error && finish({ kind: "abstention", reason: "INTERNAL" }));
  });
}
