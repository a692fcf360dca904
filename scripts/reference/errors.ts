/** The errors: code, facts, HTTP status, exit code, what is said and what to do, out of `protocol/errors.ts`. @module */
import { readFileSync } from "node:fs";
import { nextCommand } from "../../client/cli/advice.ts";
import * as abis from "../../protocol/abi.ts";
import { exitCodes, failures, ProtocolError, type Failures } from "../../protocol/errors.ts";
import { rowCodes, valueKinds } from "../../protocol/row-fault.ts";
import { table } from "./markdown.ts";

type Code = keyof Failures;

const INTRODUCTION = `# Errors

Every refusal of Cloister has a code that does not change, facts that belong to the code, and a sentence for people. Workers answer
them over HTTP as \`{ code, message, facts }\` with the status of this list; the command line prints them and ends with the exit code
of this list. Programs look at \`code\` and \`facts\`, never at the sentence. No fact and no sentence holds a value of a table, a key or
a password. Words in ‹angles› stand for facts.
`;

const CONTRACTS = `## Refusals of the contracts

\`TRANSACTION_FAILED\` names the error of the contract that refused, with its values. The command line says the most frequent of
them in its own codes: \`NOT_ACTIVE\`, \`PAUSED\`, \`NOT_FOUND\`, \`NOT_A_MEMBER\`, \`BALANCE_LOW\`. What each means stands beside it in
\`contracts/interfaces/\`.
`;

export function errorReference(): string {
  const byExit = Object.entries(exitCodes).flatMap(([exit, meaning]) => {
    const codes = (Object.keys(failures) as Code[]).filter(
      (name) => String(failures[name].exit) === exit,
    );
    if (codes.length === 0) return [];
    return [`## Exit code ${exit}: ${meaning}`, ...codes.toSorted().map(entry)];
  });
  return [
    INTRODUCTION,
    ROWS,
    ...byExit,
    CONTRACTS,
    table(["error", "values"], contractErrors()),
  ].join("\n\n");
}

function entry(name: Code): string {
  const { facts, note } = promiseOf(name);
  const error = new ProtocolError(name, standIns(facts) as never);
  const said = inWords(error.message.slice(name.length + 2));
  const next = inWords(nextCommand(error) ?? "");
  const named = facts.map(([fact, type]) => `\`${fact}\` (${type})`).join(", ");
  return [
    `### ${name}`,
    `HTTP ${failures[name].http}. Facts: ${facts === rowFacts ? OF_ROWS : named}.${note && ` ${note}`}`,
    said
      .split("\n")
      .map((line) => `> ${line.replaceAll("_", "\\_").trim()}`)
      .join("\n"),
    ...(next === "" ? [] : [`Next: ${next.startsWith("cloister") ? asCode(next) : next}`]),
  ].join("\n\n");
}

/** Words behind a command are not part of it. */
const asCode = (next: string): string =>
  next.includes("`") ? next : next.replace(/^[^,]+/, (command) => `\`${command}\``);

type Facts = readonly (readonly [name: string, type: string])[];

const standIns = (facts: Facts) =>
  Object.fromEntries(
    facts.map(([name, type]) => [name, type.endsWith("[]") ? [standIn(name)] : standIn(name)]),
  );

/** Something that is missing is more than zero. */
const NEEDED = 777_777_777;
/** A word, that is a number where somebody calculates. */
const standIn = (fact: string) => ({
  [Symbol.toPrimitive]: (hint: string) =>
    hint !== "number" ? `‹${fact}›` : fact === "needed" ? NEEDED : 0,
});

/** Calculated facts, as words again. */
const inWords = (text: string): string =>
  text
    .replaceAll("1970-01-01T00:00:00.000Z", "‹time›")
    .replaceAll(String(NEEDED), "‹what is missing›");

/** Facts with their types, and what is noted beside them, as the source promises them: types leave no trace in what runs. */
function promiseOf(name: Code): { facts: Facts; note: string } {
  if ((rowCodes as readonly string[]).includes(name)) return { facts: rowFacts, note: "" };
  const declared = new RegExp(
    `(?:/\\*\\* ([^/]*) \\*/\\n)?  readonly ${name}: \\{(.*?)\\};$`,
    "ms",
  );
  const [, note = "", body] = declared.exec(source("errors.ts")) ?? [];
  if (body === undefined) throw new TypeError(`no facts of ${name}`);
  return { facts: fieldsIn(body), note: note && `${note.replace(/\.$/, "")}.` };
}

const source = (path: string): string =>
  readFileSync(new URL(`../../protocol/${path}`, import.meta.url), "utf8");

const fieldsIn = (body: string): Facts =>
  [...body.matchAll(/^\s*(?:readonly )?(\w+\??): ([^;\n]+?);?$|(\w+\??): ([^;}]+)/gm)].map(
    ([, line, lineType, inline, inlineType]) => [
      line ?? inline ?? "",
      (lineType ?? inlineType ?? "").trim().replace(/^readonly /, ""),
    ],
  );

const OF_ROWS = "[of rows](#facts-of-rows)";
const rowFacts: Facts = [
  ["row", "number"],
  ["column", "string"],
  ["kind", "string"],
  ["reason", "string"],
  ["count", "number"],
  ["faults", "object[]"],
];
const ROWS = `## Facts of rows

\`row\` as a spreadsheet numbers it (the header is row 1, empty lines count), \`column\` as the program's table calls it, \`kind\` of what
stands there (${valueKinds.join(", ")}), \`reason\`: of the first fault. \`count\`: how many there are. \`faults\`: the first
1000 of them, each with its own \`code\`. Never the value.
`;

/** Custom errors of all contracts, once each. */
function contractErrors(): string[][] {
  const all = Object.values(abis)
    .flat()
    .filter((item) => item.type === "error")
    .map(({ name, inputs }) => [
      `\`${name}\``,
      inputs.map((input) => `\`${input.name}\``).join(", "),
    ]);
  return [...new Map(all.map((row) => [row[0], row])).values()].toSorted((a, b) =>
    String(a[0]).localeCompare(String(b[0])),
  );
}
