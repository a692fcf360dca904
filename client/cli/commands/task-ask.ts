/** `cloister task propose` and `run`: asking. @module */
import { Option, type Command } from "commander";
import type { Hex } from "../../../protocol/bytes.ts";
import { failures } from "../../../protocol/errors.ts";
import type { InputRef } from "../../../protocol/schema.ts";
import { blockTime } from "../../sdk/ledger.ts";
import type { TaskDraft } from "../../sdk/propose.ts";
import { parseAmount } from "../amount.ts";
import { inputRef, several, whole } from "../arguments.ts";
import { openSource } from "../source.ts";
import { readParameters } from "../parameters.ts";
import { withSession, type Session } from "../session.ts";
import { verb } from "../verb.ts";
import { describeView, viewOf } from "../waiting.ts";
import { acceptSimulated, EXAMPLE_HASH, ofContract } from "./common.ts";

interface AskOptions {
  readonly contract: Hex;
  readonly function: string;
  readonly params: string;
  readonly privateRows?: string;
  readonly input?: readonly InputRef[];
  readonly recipient?: readonly number[];
  readonly fee?: string;
  readonly sealIn?: number;
  readonly resultIn?: number;
  readonly acceptSimulated?: boolean;
}

const YEAR_SECONDS = 366 * 86_400;

const askOptions = (): Option[] => [
  ofContract(),
  new Option("--function <name>", "what is asked").makeOptionMandatory(),
  new Option("--params <json>", "public parameters: JSON, or @FILE").default("{}"),
  new Option("--private-rows <file>", "CSV for the function's private table; sealed"),
  new Option(
    "--input <ref>",
    "MEMBER/TABLE/DATASET; again for more; default: all it can read",
  ).argParser(several(inputRef)),
  new Option(
    "--recipient <member>",
    "index of a member that gets the answer; default: you alone",
  ).argParser(several(whole(0, 31))),
  new Option("--fee <amount>", "for the workers, out of your vault balance; default: 0"),
  new Option("--seal-in <seconds>", "time for consents; default: 24 hours").argParser(
    whole(1, YEAR_SECONDS),
  ),
  new Option("--result-in <seconds>", "time for results after sealing; default: 1 hour").argParser(
    whole(1, YEAR_SECONDS),
  ),
  acceptSimulated(),
];

const TABLE_SIZES = `Parameters are checked before anything is sent. How many rows others have is nobody's to know: asked for more clusters
than there are rows, the workers end the task as failed, with the reason TABLE_TOO_SMALL.`;
const EXAMPLE = `--contract ${EXAMPLE_HASH} --function cluster --params '{"k":5}' --recipient 0 --recipient 1 --fee 30tok`;

export function addAsking(task: Command): void {
  verb(
    task,
    {
      usage: "propose",
      says: "ask: puts a task on chain and locks its fee",
      notes: TABLE_SIZES,
      examples: [`task propose ${EXAMPLE}`],
      options: askOptions(),
    },
    async (cli, options: AskOptions) =>
      withSession(cli, sessionOf(options), async (session) => {
        const { taskId, inputs } = await session.client.task.propose(
          await draftOf(session, options),
        );
        const view = await viewOf(session, taskId);
        return { json: { ...view, inputs }, text: await describeView(session, view) };
      }),
  );

  verb(
    task,
    {
      usage: "run",
      says: "ask, consent for yourself, wait for the others, seal, wait for the result",
      notes: TABLE_SIZES,
      examples: [`task run ${EXAMPLE}`],
      options: [
        ...askOptions(),
        new Option(
          "--timeout <seconds>",
          "give up waiting for each step after that; default: 600",
        ).argParser(whole(1, YEAR_SECONDS)),
      ],
    },
    async (cli, options: AskOptions & { timeout?: number }) =>
      withSession(cli, sessionOf(options), async (session) => {
        const draft = await draftOf(session, options);
        const { taskId, state } = await session.client.task.run(draft, {
          onProposed: (proposed) =>
            cli.note(
              `task ${proposed.taskId}\nWho else must agree runs: cloister task consent ${proposed.taskId}`,
            ),
          ...(options.timeout !== undefined && { timeoutSeconds: options.timeout }),
        });
        const view = await viewOf(session, taskId);
        const failed = state === "finalized" ? {} : { exit: FAILED };
        return { json: view, text: await describeView(session, view), ...failed };
      }),
  );
}

/** A task that ended otherwise than with an output: the exit code of TASK_FAILED. */
const FAILED = failures.TASK_FAILED.exit;

const sessionOf = ({ acceptSimulated: accepted }: AskOptions) =>
  ({ needs: "account and keys", acceptSimulated: accepted }) as const;

/** What was typed, as the SDK takes it. @throws ProtocolError USAGE, FILE_UNREADABLE, AMOUNT_INVALID */
async function draftOf(session: Session, options: AskOptions): Promise<TaskDraft> {
  const { ctx } = session;
  const { contract, input, recipient, fee, sealIn, resultIn, privateRows } = options;
  return {
    terms: contract,
    function: options.function,
    params: readParameters(options.params),
    ...(privateRows !== undefined && { privateRows: (await openSource(privateRows)).bytes }),
    ...(input && { inputs: input }),
    ...(recipient && { recipients: recipient }),
    ...(fee !== undefined && { fee: await parseAmount(ctx, fee) }),
    ...(sealIn !== undefined && { sealBy: (await blockTime(ctx)) + sealIn }),
    ...(resultIn !== undefined && { resultWindow: resultIn }),
  };
}
