/** `cloister contract terms`: what one agrees to, in plain words. @module */
import type { Command } from "commander";
import { parseManifest } from "../../../protocol/manifest.ts";
import { utf8 } from "../../../protocol/bytes.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import { parsePolicy } from "../../../protocol/policy.ts";
import { hash } from "../arguments.ts";
import { namesFrom } from "../lists.ts";
import { painter } from "../screen.ts";
import { withSession } from "../session.ts";
import { verb } from "../verb.ts";
import { sectionsText, termsInWords } from "../words.ts";
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
        const { terms, committee, status, collaboration } = await client.contract.get(termsHash);
        const all = await client.worker.list();
        const workers = committee.workers.flatMap(
          (keys) => all.find((worker) => worker.id === hashWorker(keys)) ?? [],
        );
        const sections = termsInWords({
          terms,
          status,
          workers,
          threshold: committee.threshold,
          manifest: parseManifest(utf8(collaboration.manifest)),
          names: namesFrom(await client.party.list()),
        });
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
