/** `cloister result ...`: what came out, for those who may read it. @module */
import { Option, type Command } from "commander";
import type { Hex } from "../../../protocol/bytes.ts";
import { indicesOf } from "../../../protocol/schema.ts";
import { knownContract } from "../../sdk/collaboration.ts";
import { proposals } from "../../sdk/ledger.ts";
import { taskRecord } from "../../sdk/status.ts";
import { address, hash } from "../arguments.ts";
import { openedText } from "../opened.ts";
import { writeNew } from "../home.ts";
import { noun } from "../noun.ts";
import { columns } from "../screen.ts";
import { withSession } from "../session.ts";
import { verb } from "../verb.ts";
import { EXAMPLE_HASH, EXAMPLE_TASK, ofContract } from "./common.ts";

export function addResult(cloister: Command): void {
  const result = noun(cloister, "result", "outputs sealed to you", `result get ${EXAMPLE_TASK}`);

  verb(
    result,
    {
      usage: "get <task>",
      says: "fetch an output, open it, compare it with what the workers agreed on",
      examples: [`result get ${EXAMPLE_TASK}`, `result get ${EXAMPLE_TASK} --out towers.json`],
      options: [
        new Option("--out <file>", "write the output's bytes there"),
        new Option("--opened <file>", "write output and salt there, for an auditor you show it to"),
      ],
    },
    async (cli, { out, opened: shown }: { out?: string; opened?: string }, text) => {
      const task = hash(text);
      return withSession(cli, { needs: "keys" }, async ({ client }) => {
        const opened = await client.result.get(task);
        if (out !== undefined) writeNew(out, opened.output);
        if (shown !== undefined) writeNew(shown, openedText(opened));
        cli.note(`Commitment ${opened.commitment}: as on chain.`);
        const json = { task, commitment: opened.commitment, value: opened.value };
        return { json, text: JSON.stringify(opened.value, undefined, 2) };
      });
    },
  );

  verb(
    result,
    {
      usage: "relay <task> <consumer>",
      says: "hand a public output, proven, to a contract on the chain",
      examples: [`result relay ${EXAMPLE_TASK} 0x5fbdb2315678afecb367f032d93f642f64180aa3`],
    },
    async (cli, _: object, task, consumer) =>
      withSession(cli, { needs: "keys" }, async ({ client }) => {
        const receipt = await client.result.relay(hash(task), address(consumer));
        const json = { task: hash(task), consumer, transaction: receipt.hash };
        return { json, text: `Relayed in transaction ${receipt.hash}.` };
      }),
  );

  verb(
    result,
    {
      usage: "list",
      says: "finalized tasks whose output is sealed to you",
      examples: [`result list --contract ${EXAMPLE_HASH}`],
      options: [ofContract()],
    },
    async (cli, { contract }: { contract: Hex }) =>
      withSession(cli, {}, async ({ ctx }) => {
        const account = await ctx.account();
        const { terms } = await knownContract(ctx, contract);
        const asked = await proposals(ctx, contract);
        const entitled = asked.filter(({ args: { task } }) =>
          indicesOf(task.recipients).some((index) => terms.members[index]?.account === account),
        );
        const all = await Promise.all(
          entitled.map(async ({ args: { taskId, task } }) => ({
            task: taskId,
            function: task.functionName,
            state: (await taskRecord(ctx, taskId)).state,
          })),
        );
        const results = all.filter(({ state }) => state === "finalized");
        const rows = results.map((entry) => [entry.task, entry.function]);
        return { json: { results }, text: columns(["task", "function"], rows) };
      }),
  );
}
