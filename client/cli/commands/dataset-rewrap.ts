/** `cloister dataset rewrap`: what was contributed, opened to the workers of a new committee. @module */
import type { Command } from "commander";
import { hash } from "../arguments.ts";
import { rewrapAll } from "../rewrapping.ts";
import { withSession } from "../session.ts";
import { verb } from "../verb.ts";
import { acceptSimulated, EXAMPLE_HASH } from "./common.ts";

export function addRewrap(dataset: Command): void {
  verb(
    dataset,
    {
      usage: "rewrap <contract>",
      says: "after a change of committee: give the workers in force the keys of your datasets",
      notes: `Every worker's evidence is verified first. Keys only: new workers fetch the ciphertext from the old ones by themselves.
When no worker has it any more, it is sent from this home, if it was contributed with --keep-sealed; otherwise contribute the
table again: \`dataset replace\`. It needs the headers in this home's \`datasets\` folder, which \`party backup\` holds too.`,
      examples: [`dataset rewrap ${EXAMPLE_HASH} --accept-simulated`],
      options: [acceptSimulated()],
    },
    async (cli, options: { acceptSimulated?: boolean }, text) => {
      const terms = hash(text);
      const needs = "keys";
      return withSession(cli, { needs, ...options }, (session) => rewrapAll(cli, session, terms));
    },
  );
}
