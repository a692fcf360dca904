/** A noun of the command line: a group of verbs. @module */
import type { Command } from "commander";
import { helpAfter } from "./verb.ts";

/** @param example of its most used verb */
export function noun(cloister: Command, name: string, says: string, example: string): Command {
  const group = cloister.command(name).description(says).enablePositionalOptions();
  return group.addHelpText("after", helpAfter({ examples: [example] }));
}
