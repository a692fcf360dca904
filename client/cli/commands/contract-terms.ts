/** `cloister contract terms`: what one agrees to, in plain words. @module */
import type { Command } from "commander";
import { parsePolicy } from "../../../protocol/policy.ts";
import { hash } from "../arguments.ts";
import { painter } from "../screen.ts";
import { withSession } from "../session.ts";
import { verb } from "../verb.ts";
import { subjectOf } from "../../sdk/subject.ts";
import { termsInWords, type Section } from "../../sdk/words.ts";
import { EXAMPLE_HASH } from "./common.ts";

export function addTerms(contract: Command): void {
  verb(
    contract,
    {
      usage: "terms <contract>",
      says: "say in plain words what one agrees to, who is in, what may leave",
      notes: "Needs no keys. Everything is checked against the contract's name, which is its hash.",
      examples: [`contract terms ${EXAMPLE_HASH}`],
    },
    async (cli, _options, text) => {
      const termsHash = hash(text);
      return withSession(cli, {}, async ({ client }) => {
        const subject = await subjectOf(client, termsHash);
        const { terms, committee, workers, status } = subject;
        const sections = termsInWords(subject);
        const { bold } = painter(process.stdout);
        const heading = bold(`${terms.name}\n${termsHash}`);
        const json = {
          contract: termsHash,
          terms: { ...terms, policy: parsePolicy(terms.policy) },
          committee,
          workers,
          status,
          words: sections,
        };
        return { json, text: `${heading}\n\n${sectionsText(sections, bold)}` };
      });
    },
  );
}

/** Sections as text, long lines as they are. */
const sectionsText = (sections: readonly Section[], bold: (text: string) => string) =>
  sections
    .map(({ title, lines }) => [bold(title), ...lines.map((line) => `  - ${line}`)].join("\n"))
    .join("\n\n");
