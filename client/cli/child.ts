/** Runs another process in our place: same streams, its signals and exit code are ours. @module */
import { spawn } from "node:child_process";
import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a script under the Node that runs us.
 * @param output where what it prints goes; stdout is for results
 * @returns its exit code, 128 + n when signal n ended it
 */
export function runScript(
  path: string,
  args: readonly string[],
  output: NodeJS.WriteStream = process.stdout,
): Promise<number> {
  const stdio = ["inherit", output, "inherit"] as const;
  const child = spawn(process.execPath, [path, ...args], { stdio: [...stdio] });
  const forward = (signal: NodeJS.Signals) => {
    // A terminal sends its own interrupt to every process of the group.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
