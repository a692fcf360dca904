/**
 * How a verb of the command line is made: its flags, its help with an example, and one way out for its answer.
 * @module
 */
import type { Command, Option } from "commander";
import { openCli, type Cli } from "./cli.ts";
import { globalOptions, type TypedGlobals } from "./globals.ts";

/** What a verb found out: the same fact for programs and for people. */
export interface Answer {
  /** Printed by `--json`; bigints and secrets are for the verb to turn into text. */
  readonly json: unknown;
  /** Printed on stdout otherwise. */
  readonly text: string;
  /** Exit code when the answer itself is bad news: an audit that found a fault. Default 0. */
  readonly exit?: number;
}

export interface VerbSpec {
  /** Name and arguments, as in `deposit <amount>`. */
  readonly usage: string;
  readonly says: string;
  /** Without `cloister`; the first is shown in the manual. */
  readonly examples: readonly string[];
  /** More for `--help`. */
  readonly notes?: string;
  readonly options?: readonly Option[];
}

/** What a verb does: with the parsed flags, as its own type says they are, and the arguments in order. */
type Run = (cli: Cli, options: never, ...args: string[]) => Promise<Answer>;

/** Adds a verb to a noun. */
export function verb(noun: Command, spec: VerbSpec, run: Run): void {
  const command = noun.command(spec.usage).description(spec.says);
  for (const option of spec.options ?? []) command.addOption(option);
  for (const option of globalOptions())
    command.addOption(option.helpGroup("Options of every command:"));
  command.addHelpText("after", helpAfter(spec));
  command.action(async (...all: unknown[]) => {
    const args = all
      .slice(0, -2)
      .flat()
      .filter((arg) => arg !== undefined) as string[];
    const cli = openCli(flagsOf(command));
    const answer = await run(cli, command.opts() as never, ...args);
    cli.print(answer);
    process.exitCode = answer.exit ?? 0;
  });
}

/** Flags of a command and of those above it; what stands closer is stronger. */
const flagsOf = (command: Command): TypedGlobals => ({
  ...(command.parent && flagsOf(command.parent)),
  ...command.opts(),
});

export function helpAfter({ examples, notes }: Pick<VerbSpec, "examples" | "notes">): string {
  const lines = examples.map((example) => `  cloister ${example}`);
  const heading = lines.length > 1 ? "Examples:" : "Example:";
  return `\n${notes ? `${notes}\n\n` : ""}${heading}\n${lines.join("\n")}`;
}
