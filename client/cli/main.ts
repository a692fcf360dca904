/** The command line. Results go to stdout, everything for people to stderr; exit codes are those of `protocol/errors.ts`. @module */
import { Command, CommanderError } from "commander";
import { failures, ProtocolError, type Failures } from "../../protocol/errors.ts";
import { addWorker } from "./worker.ts";

const USAGE = 2;
const INTERNAL = 1;

const cloister = new Command("cloister")
  .description("collaborative analytics on data nobody shows to anybody")
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ writeOut: (text) => process.stderr.write(text) });
addWorker(cloister);

try {
  await cloister.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has said what is wrong already; asking for help is not wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof ProtocolError) {
    process.stderr.write(`${error.message}\n`);
    return failures[error.code as keyof Failures].exit;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return INTERNAL;
}
