/** A program's functions and tables in plain words: what each reads, keeps and may let out. @module */
import { isConstant, largestOutput } from "../../protocol/closed-schema/bound.ts";
import { canonicalJson } from "../../protocol/json.ts";
import type {
  ColumnSpec,
  FunctionSpec,
  Manifest,
  ReleaseRule,
  TableSpec,
} from "../../protocol/program.ts";

/** What a member should know of a function before it agrees, one sentence a line. */
export function functionInWords(
  { summary, reads, privateTable, changesState, release }: FunctionSpec,
  { rows }: Pick<Manifest, "rows">,
): string[] {
  const entering = rows ? "the rows themselves enter the program" : "no row enters the program";
  return [
    ...(summary === undefined ? [] : [summary]),
    reads.length > 0 ? `Reads ${reads.join(", ")}: ${entering}.` : "Reads no table.",
    ...(privateTable
      ? [`Takes the asker's own ${privateTable.name}, which the program sees.`]
      : []),
    changesState
      ? "May change the contract's private state; what it read may stay there."
      : "Cannot change the contract's private state.",
    ...releaseInWords(release),
  ];
}

function releaseInWords(rule: ReleaseRule): string[] {
  switch (rule.kind) {
    case "clusters":
      return [
        `Lets out, to the task's recipients: centre and size of groups of the rows of ${rule.table}.`,
      ];
    case "classes":
      return [
        `Lets out, to the task's recipients: how many rows of ${rule.table} fall into each class of ${rule.training}, and how right that is.`,
      ];
    case "predictions":
      return [
        `Lets out, to the asker alone: a class of ${rule.training} for each of its own rows.`,
      ];
    case "value":
  }
  const who = rule.to === "caller" ? "to the asker alone" : "to the task's recipients";
  const what = isConstant(rule.schema)
    ? "one word known before"
    : `a value of at most ${largestOutput(rule.schema)} bytes`;
  return [
    `Lets out, ${who}: ${what}, of the form ${canonicalJson(rule.schema)}.`,
    ...(rule.public ? ["Public: whoever receives the answer may publish it, on chain too."] : []),
  ];
}

/** Name, type and what its numbers mean: `latitude fixed, 6 decimals, degree, -90 to 90`. */
export function columnInWords({ name, type, scale, unit, min, max, optional }: ColumnSpec): string {
  const bounded = min !== undefined || max !== undefined;
  const parts = [
    `${name} ${type}`,
    ...(scale ? [`${scale} decimals`] : []),
    ...(unit === undefined ? [] : [unit]),
    ...(bounded ? [`${min ?? "any"} to ${max ?? "any"}`] : []),
    ...(optional ? ["optional"] : []),
  ];
  return parts.join(", ");
}

/** Columns of a table, separated by semicolons. */
export const tableInWords = ({ columns }: TableSpec): string =>
  columns.map(columnInWords).join("; ");
