/** `cloister task ...`: questions, from proposal to settlement. @module */
import type { Command } from "commander";
import type { Hex } from "../../../protocol/bytes.ts";
import { hash } from "../arguments.ts";
import { noun } from "../noun.ts";
import { columns } from "../screen.ts";
import { withSession } from "../session.ts";
import { describeView, viewOf } from "../waiting.ts";
import { verb } from "../verb.ts";
import { EXAMPLE_HASH, EXAMPLE_TASK, ofContract } from "./common.ts";
import { addAsking } from "./task-ask.ts";
import { addConsenting } from "./task-consent.ts";
import { addStatus } from "./task-status.ts";

const ends = {
  veto: {
    says: "stop a task that reads your data, until it is sealed",
    needs: "account and keys",
  },
  cancel: {
    says: "take a proposal back: its requester any time, anyone after its deadline",
    needs: "account",
  },
  expire: {
    says: "end a sealed task after its deadline; the fee goes back",
    needs: "account",
  },
  settle: {
    says: "after the window of results: return what no worker earned",
    needs: "account",
  },
} as const;

export function addTask(cloister: Command): void {
  const task = noun(
    cloister,
    "task",
    "questions: ask, consent, seal, watch",
    `task run --contract ${EXAMPLE_HASH} --function cluster --params '{"k":5}' --fee 30tok`,
  );
  addAsking(task);
  addConsenting(task);
  addStatus(task);

  for (const [name, { says, needs }] of Object.entries(ends) as [
    keyof typeof ends,
    (typeof ends)[keyof typeof ends],
  ][])
    verb(
      task,
      { usage: `${name} <task>`, says, examples: [`task ${name} ${EXAMPLE_TASK}`] },
      async (cli, _options, text) => {
        const id = hash(text);
        return withSession(cli, { needs }, async (session) => {
          await session.client.task[name](id);
          const view = await viewOf(session, id);
          return { json: view, text: await describeView(session, view) };
        });
      },
    );

  verb(
    task,
    {
      usage: "list",
      says: "tasks of a secret contract",
      examples: [`task list --contract ${EXAMPLE_HASH}`],
      options: [ofContract()],
    },
    async (cli, { contract }: { contract: Hex }) =>
      withSession(cli, {}, async ({ client }) => {
        const all = await client.task.list(contract);
        const tasks = all.map(({ taskId, state }) => ({ task: taskId, state }));
        const rows = tasks.map((entry) => [entry.task, entry.state]);
        return { json: { tasks }, text: columns(["task", "state"], rows) };
      }),
  );
}
