/** `cloister task status`: where a task is, who acts next, until when. @module */
import { Option, type Command } from "commander";
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { sleep } from "../../sdk/wait.ts";
import { hash, whole } from "../arguments.ts";
import type { Cli } from "../cli.ts";
import { withSession, type Session } from "../session.ts";
import { verb } from "../verb.ts";
import { describeView, viewOf, type TaskView } from "../waiting.ts";
import { EXAMPLE_TASK } from "./common.ts";

const LOOK_MS = 500;
const DAY_SECONDS = 86_400;

interface StatusOptions {
  readonly watch?: boolean;
  readonly timeout?: number;
}

export function addStatus(task: Command): void {
  verb(
    task,
    {
      usage: "status <task>",
      says: "where a task is, who acts next, until when, and with which command",
      examples: [`task status ${EXAMPLE_TASK}`, `task status ${EXAMPLE_TASK} --watch`],
      options: [
        new Option("--watch", "stay until it has ended; each step on stderr"),
        new Option("--timeout <seconds>", "give up watching after that; default: a day").argParser(
          whole(1, 366 * DAY_SECONDS),
        ),
      ],
    },
    async (cli, { watch, timeout = DAY_SECONDS }: StatusOptions, text) => {
      const id = hash(text);
      return withSession(cli, {}, async (session) => {
        const view = watch ? await watched(cli, session, id, timeout) : await viewOf(session, id);
        return { json: view, text: await describeView(session, view) };
      });
    },
  );
}

async function watched(cli: Cli, session: Session, id: Hex, seconds: number): Promise<TaskView> {
  const end = Date.now() + 1000 * seconds;
  let said = "";
  for (;;) {
    const view = await viewOf(session, id);
    if (!view.next) return view;
    const { who, what } = view.next;
    const step = `${view.state}: waits for ${who}: ${what}`;
    if (step !== said) cli.note(step);
    said = step;
    if (Date.now() >= end)
      throw new ProtocolError("TIMED_OUT", {
        what: `task ${id}`,
        seconds,
        next: `${who}: ${what}`,
      });
    await sleep(LOOK_MS);
  }
}
