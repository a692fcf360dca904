/** `cloister contract ...`: who works together, on what terms. @module */
import { Option, type Command } from "commander";
import { hash } from "../arguments.ts";
import { draftFrom, exampleDraft, readDraft } from "../draft.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { allEvents } from "../../sdk/lists.ts";
import { noun } from "../noun.ts";
import { columns } from "../screen.ts";
import { withSession } from "../session.ts";
import { contractStatus } from "../../sdk/status.ts";
import { verb } from "../verb.ts";
import { acceptSimulated, EXAMPLE_HASH } from "./common.ts";
import { addCommittee } from "./contract-committee.ts";
import { addTerms } from "./contract-terms.ts";

export function addContract(cloister: Command): void {
  const contract = noun(
    cloister,
    "contract",
    "secret contracts: who works together, on what terms",
    `contract terms ${EXAMPLE_HASH}`,
  );

  verb(
    contract,
    {
      usage: "create [file]",
      says: "announce a secret contract that a JSON file describes",
      notes:
        "Members may be named by the files that `party member --json` made, in the order that numbers them. It is active when all\nof them have joined. Nothing can be changed later but the committee.",
      examples: ["contract create --example > towers.json", "contract create towers.json"],
      options: [new Option("--example", "print such a file instead")],
    },
    async (cli, { example }: { example?: boolean }, file) => {
      if (example) {
        const text = JSON.stringify(exampleDraft, undefined, 2);
        return { json: exampleDraft, text };
      }
      if (file === undefined)
        throw new ProtocolError("USAGE", { what: "contract create takes a FILE, or --example" });
      const draft = readDraft(file);
      return withSession(cli, { needs: "account" }, async ({ client }) => {
        const terms = await client.contract.create(draftFrom(draft, await client.worker.list()));
        cli.note(`Members read it with \`cloister contract terms ${terms}\` and join.`);
        return { json: { contract: terms }, text: terms };
      });
    },
  );

  addTerms(contract);
  addCommittee(contract);

  verb(
    contract,
    {
      usage: "join <contract>",
      says: "agree to the terms: verifies every worker, seals a secret share to each",
      notes: "Read `contract terms` first: joining signs them.",
      examples: [`contract join ${EXAMPLE_HASH} --accept-simulated`],
      options: [acceptSimulated()],
    },
    async (cli, options: { acceptSimulated?: boolean }, text) => {
      const terms = hash(text);
      const session = { needs: "account and keys", ...options } as const;
      return withSession(cli, session, async ({ client, ctx }) => {
        await client.contract.join(terms);
        const status = await contractStatus(ctx, terms);
        const said = status.active ? "joined; it is active" : "joined; it waits for others";
        return {
          json: { contract: terms, active: status.active, joined: status.joined },
          text: said,
        };
      });
    },
  );

  const stops = {
    pause: "let nothing be sealed until you resume",
    resume: "lift your own pause",
  } as const;
  for (const [name, says] of Object.entries(stops) as ["pause" | "resume", string][])
    verb(
      contract,
      { usage: `${name} <contract>`, says, examples: [`contract ${name} ${EXAMPLE_HASH}`] },
      async (cli, _options, text) => {
        const terms = hash(text);
        return withSession(cli, { needs: "account and keys" }, async ({ client, ctx }) => {
          await client.contract[name](terms);
          const { pausedBy } = await contractStatus(ctx, terms);
          const said =
            pausedBy.length > 0 ? `paused by member ${pausedBy.join(", ")}` : "not paused";
          return { json: { contract: terms, pausedBy }, text: said };
        });
      },
    );

  verb(
    contract,
    {
      usage: "list",
      says: "secret contracts your account is a member of",
      examples: ["contract list", "contract list --all"],
      options: [new Option("--all", "everybody's")],
    },
    async (cli, { all }: { all?: boolean }) =>
      withSession(cli, {}, async ({ ctx }) => {
        const created = await allEvents(ctx, "secretContracts", "ContractCreated");
        const own = all ? undefined : await ctx.account();
        const shown = created.filter(
          ({ args }) =>
            own === undefined || args.content.members.some((member) => member.account === own),
        );
        const contracts = await Promise.all(
          shown.map(async ({ args: { terms, content } }) => ({
            contract: terms,
            name: content.name,
            members: content.members.length,
            ...(await contractStatus(ctx, terms)),
          })),
        );
        const rows = contracts.map(
          ({ contract: terms, name, members, joined, active, pausedBy, version }) => [
            terms,
            name,
            active
              ? pausedBy.length > 0
                ? "paused"
                : "active"
              : `${joined.length} of ${members} joined`,
            // How many tasks have changed its private state.
            String(version),
          ],
        );
        return {
          json: { contracts },
          text: columns(["contract", "name", "state", "version"], rows),
        };
      }),
  );
}
