/** `cloister worker ...`: the operator's verbs. A worker is another program; this starts it and steps aside. @module */
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { runScript } from "./child.ts";

const workerMain = fileURLToPath(new URL("../../worker/main.ts", import.meta.url));

const verbs = {
  init: "make a worker's home: keys and worker.json",
  register: "prove the enclave's keys to the registry and lock a stake",
  start: "run the worker until it is told to stop",
  measurement: "print the measurement of the enclave this version runs",
} as const;

/** Adds `worker` and its verbs; what the command line does about output and exits is inherited. */
export function addWorker(cloister: Command): void {
  const worker = cloister
    .command("worker")
    .description("run a worker for fees")
    .enablePositionalOptions();
  for (const [verb, description] of Object.entries(verbs)) {
    const command = worker.command(verb).description(description);
    // Options, --help among them, are the worker's own: nothing of them is read here.
    command.helpOption(false).allowUnknownOption().argument("[args...]");
    command.passThroughOptions().action(async (args: string[]) => {
      process.exitCode = await runScript(workerMain, [verb, ...args]);
    });
  }
}
