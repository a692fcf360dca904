/** The command line. Results go to stdout, everything for people to stderr; exit codes are those of `protocol/errors.ts`. @module */
import { CommanderError } from "commander";
import { ProtocolError } from "../../protocol/errors.ts";
import { linesOf, problemOf } from "./problem.ts";
import { painter } from "./screen.ts";
import { commandTree } from "./tree.ts";

const wantsJson = process.argv.includes("--json");

try {
  await commandTree().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** @returns exit code */
function report(error: unknown): number {
  // Commander has said what is wrong already; asking for help is not wrong.
  const said = error instanceof CommanderError;
  if (said && error.exitCode === 0) return 0;
  const problem = problemOf(said ? new ProtocolError("USAGE", { what: usageFault(error) }) : error);
  if (!said) process.stderr.write(`${linesOf(problem, painter(process.stderr))}\n`);
  if (problem.code === "INTERNAL" && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  if (wantsJson) {
    const { exit: _, ...told } = problem;
    process.stdout.write(`${JSON.stringify({ error: told }, undefined, 2)}\n`);
  }
  return problem.exit;
}

function usageFault({ message, code }: CommanderError): string {
  return code === "commander.help" ? "no command was given" : message.replace(/^error: /, "");
}
