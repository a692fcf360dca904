/** The command line: every noun and verb with its flags and examples, as `--help` knows them. @module */
import type { Argument, Command, Option } from "commander";
import { globalOptions } from "../../client/cli/globals.ts";
import { commandTree } from "../../client/cli/tree.ts";
import { exitCodes } from "../../protocol/errors.ts";
import { code, table } from "./markdown.ts";

const INTRODUCTION = `# The command line

\`cloister <noun> <verb>\`. Results go to stdout, everything for people to stderr; with \`--json\` stdout is exactly one JSON
document, also when something is refused: \`{ "error": { code, message, facts, next } }\`. It never asks anything where there is no
terminal. What each refusal means: [errors](errors.md).
`;

export function cliReference(): string {
  const tree = commandTree();
  const nouns = tree.commands.filter((command) => command.name() !== "help");
  return [
    INTRODUCTION,
    "## Exit codes",
    table(["code", "meaning"], Object.entries(exitCodes)),
    "## Flags of every command",
    optionTable(globalOptions()),
    afterHelp(tree).notes,
    ...nouns.flatMap(nounSection),
  ].join("\n\n");
}

function nounSection(noun: Command): string[] {
  const heading = `## ${noun.name()}`;
  // A noun without verbs is one itself.
  if (noun.commands.length === 0) return [heading, ...verbBody(noun)];
  const verbs = noun.commands.flatMap((verb) => [`### ${pathOf(verb)}`, ...verbBody(verb)]);
  return [heading, sentence(noun.description()), ...verbs];
}

function verbBody(verb: Command): string[] {
  const { notes, examples } = afterHelp(verb);
  const flags = verb.options.filter((option) => !isShared(option));
  return [
    sentence(verb.description()),
    ...usageOf(verb),
    ...(flags.length > 0 ? [optionTable(flags)] : []),
    ...(notes === "" ? [] : [notes]),
    code(examples.map((example) => example.trim()).join("\n"), "sh"),
  ];
}

/** Nothing where the example says it all: no arguments, or those of another program, whose notes have them. */
function usageOf(verb: Command): string[] {
  const names = verb.registeredArguments.filter(({ variadic }) => !variadic).map(argumentOf);
  return names.length > 0 ? [`\`cloister ${pathOf(verb)} ${names.join(" ")}\``] : [];
}

/** Options of every command stand under a heading of their own in `--help`. */
const isShared = (option: Option): boolean => option.helpGroupHeading !== undefined;

const pathOf = (command: Command): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

const argumentOf = (argument: Argument): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;

const optionTable = (options: readonly Option[]): string =>
  table(
    ["flag", "meaning"],
    options.map((option) => [
      `\`${option.flags}\``,
      `${option.description}${option.mandatory ? " (needed)" : ""}`,
    ]),
  );

/** What stands below the flags in `--help`: notes, then examples. */
function afterHelp(command: Command): { notes: string; examples: string[] } {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const below = help.slice(command.helpInformation().length);
  const [notes = "", examples = ""] = below.split(/^Examples?:$/m);
  const lines = examples.split("\n").filter((line) => line.startsWith("  cloister "));
  return { notes: paragraphs(notes), examples: lines };
}

/** Notes as Markdown: indented lines are code, lines that follow each other are one paragraph each. */
const paragraphs = (notes: string): string =>
  notes
    .trim()
    // They have a table of their own here.
    .replace(/^Exit codes: .*\n/m, "")
    .replace(/^( {2}\S.*)$/gm, (_, line: string) => `\n\`\`\`json\n${line.trim()}\n\`\`\`\n`)
    .replaceAll(/<(?=[a-z])/g, "\\<");

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
