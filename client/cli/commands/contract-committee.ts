/** `cloister contract vote`, `committee` and `reshare`: other workers for a secret contract, step by step. @module */
import { Option, type Command } from "commander";
import { ProtocolError } from "../../../protocol/errors.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import { committeeView, type CommitteeView } from "../../sdk/committee-view.ts";
import { CommitteeVote } from "../../sdk/committee.ts";
import { hash, several, whole } from "../arguments.ts";
import { commandFor, committeeText } from "../committee.ts";
import { workerCalled } from "../draft.ts";
import { readJson, writeNew } from "../home.ts";
import { withSession } from "../session.ts";
import { verb, type Answer } from "../verb.ts";
import { acceptSimulated, EXAMPLE_HASH } from "./common.ts";

const STEPS = `How a committee changes:
  1. each member:   contract vote CONTRACT --worker A --worker B --threshold M --out vote.json
  2. anyone:        contract committee CONTRACT --vote acme.json --vote bell.json
  3. each member:   contract reshare CONTRACT
  4. each member:   dataset rewrap CONTRACT      (if it contributed data)
\`contract committee CONTRACT\` says at any time who must act next. Nothing is uploaded again.`;

const TWO_WORKERS = "--worker http://127.0.0.1:8700 --worker http://127.0.0.1:8701";

interface VoteOptions {
  readonly worker: readonly string[];
  readonly threshold: number;
  readonly out: string;
  readonly acceptSimulated?: boolean;
}

export function addCommittee(contract: Command): void {
  verb(
    contract,
    {
      usage: "vote <contract>",
      says: "sign a new committee into a file: which workers compute from then on",
      notes: `The evidence of every worker you name is verified before you sign. All members name the same workers; their
order does not matter. Your vote is good for the next committee only.\n\n${STEPS}`,
      examples: [
        `contract vote ${EXAMPLE_HASH} ${TWO_WORKERS} --threshold 2 --out acme.json --accept-simulated`,
      ],
      options: [
        new Option("--worker <id or endpoint>", "a registered worker; again for each, up to 7")
          .argParser(several(String))
          .makeOptionMandatory(),
        new Option("--threshold <m>", "how many must agree on a result; more than half")
          .argParser(whole(1, 7))
          .makeOptionMandatory(),
        new Option("--out <file>", "the signed vote, for whoever submits").makeOptionMandatory(),
        acceptSimulated(),
      ],
    },
    async (cli, { worker, threshold, out, ...options }: VoteOptions, text) => {
      const terms = hash(text);
      if (2 * threshold <= worker.length || threshold > worker.length)
        throw new ProtocolError("USAGE", {
          what: `${threshold} of ${worker.length} workers is not more than half of them`,
        });
      return withSession(cli, { needs: "keys", ...options }, async ({ client }) => {
        const registered = await client.worker.list();
        // One order for all who vote: a committee is a list, and its hash is what is signed.
        const workers = worker
          .map((name) => workerCalled(name, registered))
          .toSorted((a, b) => (hashWorker(a) < hashWorker(b) ? -1 : 1));
        const vote = await client.contract.voteCommittee(terms, { workers, threshold });
        writeNew(out, `${JSON.stringify(vote)}\n`);
        cli.note(
          `With the votes of all members anybody submits: cloister contract committee ${terms} --vote ${out} --vote ...`,
        );
        const said = `signed: committee ${vote.committee.version}, ${threshold} of ${workers.length}, as member ${vote.member}: ${out}`;
        return { json: { vote, out }, text: said };
      });
    },
  );

  verb(
    contract,
    {
      usage: "committee <contract>",
      says: "show the workers in force and what they still miss; with all votes, put new ones in force",
      notes: `Without --vote it needs no account. With too few votes nothing is sent, and who is missing is said.\n\n${STEPS}`,
      examples: [
        `contract committee ${EXAMPLE_HASH}`,
        `contract committee ${EXAMPLE_HASH} --vote acme.json --vote bell.json`,
      ],
      options: [
        new Option("--vote <file>", "a member's vote; again for each").argParser(several(String)),
      ],
    },
    async (cli, { vote = [] }: { vote?: readonly string[] }, text) => {
      const terms = hash(text);
      const votes = vote.map((file) => readJson(file, CommitteeVote));
      const needs = votes.length > 0 ? "account" : "nothing";
      return withSession(cli, { needs }, async ({ client, ctx }) => {
        const view = await committeeView(ctx, terms, votes);
        const complete = view.votes?.missing.length === 0 && view.sealedTasks === 0;
        if (complete) await client.contract.changeCommittee(votes);
        return answer(complete ? await committeeView(ctx, terms) : view);
      });
    },
  );

  verb(
    contract,
    {
      usage: "reshare <contract>",
      says: "after a change of committee: seal your secret share to the workers in force",
      notes: `Every worker's evidence is verified first. Once for each committee; until all members have done it no task runs.\n\n${STEPS}`,
      examples: [`contract reshare ${EXAMPLE_HASH} --accept-simulated`],
      options: [acceptSimulated()],
    },
    async (cli, options: { acceptSimulated?: boolean }, text) => {
      const terms = hash(text);
      const needs = "account and keys";
      return withSession(cli, { needs, ...options }, async ({ client, ctx }) => {
        await client.contract.reshare(terms);
        return answer(await committeeView(ctx, terms));
      });
    },
  );
}

const answer = (view: CommitteeView): Answer => ({
  json: {
    ...view,
    next: view.next.map((step) => ({ ...step, command: commandFor(view, step) })),
  },
  text: committeeText(view),
});
