/** `cloister task consent` and `seal`: saying yes, and fixing what everybody said yes to. @module */
import { Option, type Command } from "commander";
import { ConsentFile } from "../../../protocol/api.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { signDigest } from "../../../protocol/typed-data.ts";
import { ownEntry } from "../../sdk/collaboration.ts";
import { askedIn, type Asked } from "../../sdk/consent.ts";
import { papersOf } from "../../sdk/papers.ts";
import { showAmount } from "../amount.ts";
import { hash, several } from "../arguments.ts";
import type { Cli } from "../cli.ts";
import { readJson, writeNew } from "../home.ts";
import { namesFrom } from "../../sdk/lists.ts";
import { facts } from "../screen.ts";
import { moment } from "../../sdk/units.ts";
import { withSession, type Session } from "../session.ts";
import { verb } from "../verb.ts";
import { describeView, viewOf } from "../waiting.ts";
import { EXAMPLE_TASK } from "./common.ts";

export function addConsenting(task: Command): void {
  verb(
    task,
    {
      usage: "consent <task>",
      says: "show what a task asks, and sign it with your consent key",
      notes:
        "The signature goes to the workers' mailboxes, and on chain when none takes it. With --out it goes into a\nfile only, which anybody can hand in: `task seal --consent FILE`.",
      examples: [
        `task consent ${EXAMPLE_TASK} --show`,
        `task consent ${EXAMPLE_TASK}`,
        `task consent ${EXAMPLE_TASK} --out consent.json`,
      ],
      options: [
        new Option("--show", "sign nothing").conflicts("out"),
        new Option("--out <file>", "write the signature into a file, send nothing"),
      ],
    },
    async (cli, { show, out }: { show?: boolean; out?: string }, text) => {
      const id = hash(text);
      const needs = show ? "nothing" : out === undefined ? "account and keys" : "keys";
      return withSession(cli, { needs }, async (session) => {
        const asked = await session.client.task.describe(id);
        const words = await inWords(session, asked);
        if (show) return { json: { asked }, text: words };
        cli.note(words);
        if (!asked.allowed)
          cli.note(
            cli.paint.yellow("The policy does not list this question: workers will refuse it."),
          );
        if (out !== undefined) return writeConsent(cli, session, id, out);
        const { consent, via } = await session.client.task.consent(id);
        return { json: { asked, consent, via }, text: `signed; passed on by ${via}` };
      });
    },
  );

  verb(
    task,
    {
      usage: "seal <task>",
      says: "fix everything about a task, with the consents and Ready signatures of all mailboxes",
      notes: "Workers do this by themselves; anyone may.",
      examples: [`task seal ${EXAMPLE_TASK}`, `task seal ${EXAMPLE_TASK} --consent consent.json`],
      options: [
        new Option("--consent <file>", "hand in a consent first; again for more").argParser(
          several(String),
        ),
      ],
    },
    async (cli, { consent = [] }: { consent?: readonly string[] }, text) => {
      const id = hash(text);
      const files = consent.map((file) => readJson(file, ConsentFile));
      return withSession(cli, { needs: "account" }, async (session) => {
        for (const file of files) await session.client.task.deliverConsent(file);
        await session.client.task.seal(id);
        const view = await viewOf(session, id);
        return { json: view, text: await describeView(session, view) };
      });
    },
  );
}

/** The signature alone, in a file. */
async function writeConsent(cli: Cli, { ctx }: Session, task: Hex, out: string) {
  const papers = await papersOf(ctx, task);
  const { index: member } = await ownEntry(ctx, papers.known);
  const signature = ctx.keys().consentKey.use((key) => signDigest(key, task));
  const consent: ConsentFile = { task, member, signature };
  writeNew(out, `${JSON.stringify(consent)}\n`);
  cli.note(`Anybody can hand it in: cloister task seal ${task} --consent ${out}`);
  return { json: { asked: askedIn(papers), consent, via: "file", out }, text: `signed: ${out}` };
}

async function inWords({ client, ctx }: Session, asked: Asked): Promise<string> {
  const names = namesFrom(await client.party.list());
  return facts({
    task: asked.taskId,
    contract: asked.contract,
    "asked by": `member ${asked.requester.member}, ${names(asked.requester.account)}`,
    function: asked.function,
    parameters: JSON.stringify(asked.params),
    reads: asked.inputs.map((input) => `${input.table} of member ${input.member}`).join(", "),
    "answer goes to": `member ${asked.recipients.join(", ")}`,
    "must consent": asked.needed.length > 0 ? `member ${asked.needed.join(", ")}` : "nobody",
    fee: await showAmount(ctx, BigInt(asked.fee)),
    "to be sealed by": `${moment(asked.sealBy)}, block time`,
    policy: asked.allowed ? "lists this question" : "does NOT list this question",
  });
}
