/** What each check of an audit means, in a sentence. @module */
import { failures, type Failures } from "../../protocol/errors.ts";
import type { Check } from "../../protocol/audit.ts";

const meanings: Readonly<Record<string, string>> = {
  terms: "The terms hash to the secret contract's name, and every member signed its joining.",
  program: "Module and manifest are the program that the terms name.",
  policy: "What was asked is what the terms allow to be asked.",
  committee: "The workers are those of the terms, or a later committee that every member signed.",
  task: "Function, parameters and inputs are those that the task's id names.",
  abilities: "The asking member may ask, and those who get the answer may receive.",
  consents: "Every member whose data was read signed this very task.",
  ready: "Enough different workers declared that they hold every input.",
  seal: "What sealing fixed belongs to this task, these terms and this committee, in time.",
  evidence:
    "Each ready worker's keys are bound to evidence, and the seal claims no more protection.",
  results: "Enough different workers signed one and the same result of this seal.",
  state: "The state of the task is what its results say.",
  chain: "The chain knows the program, every input, and this outcome.",
  committees: "Versions follow each other, and every member signed each later one.",
  shares: "Every member sealed its share to the committee in force.",
  workers: "Each worker's keys and code are bound to evidence of a known root.",
  "in force": "The committee in force is the one that the chain names.",
  states:
    "Versions follow each other; each root is an agreed task's, and every task read the root it names.",
  output: "The opened output is the one that the workers committed to.",
};

export const meaningOf = (name: string): string => meanings[name] ?? "";

/** What went wrong, as an error would say it. */
export function faultOf({ code, compared }: Check): string {
  if (code === undefined || !(code in failures)) return code ?? "";
  const { say } = failures[code as keyof Failures];
  return `${code}: ${say(compared as never)}`;
}
