/** `cloister dataset withdraw`: taken back, and erased by every worker that held it. @module */
import { Option, type Command } from "commander";
import type { Hex } from "../../../protocol/bytes.ts";
import { failures } from "../../../protocol/errors.ts";
import { hash, whole } from "../arguments.ts";
import { erasureJson, erasureText, isErased, lookAgain } from "../erasure.ts";
import { withSession } from "../session.ts";
import { verb } from "../verb.ts";
import { EXAMPLE_HASH, ofContract } from "./common.ts";

const WAIT_SECONDS = 600;

interface WithdrawOptions {
  readonly contract: Hex;
  readonly wait?: boolean;
  readonly timeout?: number;
}

export function addWithdraw(dataset: Command): void {
  const command = `dataset withdraw ${EXAMPLE_HASH} --contract ${EXAMPLE_HASH}`;
  verb(
    dataset,
    {
      usage: "withdraw <dataset>",
      says: "take a dataset back: no new task can name it, and its workers erase it",
      notes: `Each worker deletes the ciphertext when no task under way names it, its enclave forgets the rows and signs that. A task
that is proposed already keeps it: veto it to stop that. A simulated enclave's signature is its operator's word; see docs/trust.md.
Done again, it only asks the workers.`,
      examples: [command, `${command} --wait`],
      options: [
        ofContract(),
        new Option("--wait", "stay until every worker has signed; exits with 4 when one has not"),
        new Option(
          "--timeout <seconds>",
          `give up waiting after that; default: ${WAIT_SECONDS}`,
        ).argParser(whole(1, 31 * 86_400)),
      ],
    },
    async (cli, { contract, wait, timeout = WAIT_SECONDS }: WithdrawOptions, text) => {
      const name = hash(text);
      return withSession(cli, { needs: "account and keys" }, async ({ client }) => {
        const waitSeconds = wait ? timeout : 0;
        const all = await client.dataset.withdraw(contract, name, { waitSeconds });
        const erased = isErased(all);
        const next = erased ? undefined : lookAgain(contract, name);
        return {
          json: { dataset: name, withdrawn: true, erased, workers: all.map(erasureJson), next },
          text: [
            `withdrawn: ${name}`,
            erasureText(all),
            ...(next === undefined ? [] : [`look again: ${next}`]),
          ].join("\n"),
          exit: wait && !erased ? failures.TIMED_OUT.exit : 0,
        };
      });
    },
  );
}
