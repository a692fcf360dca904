/**
 * `cloister worker ...`: the operator's verbs. A worker is another program; all but `status` start it and step aside.
 * `status` of a worker's home (`--home`) is the worker's own too.
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Option, type Command } from "commander";
import { runScript } from "../child.ts";
import type { Globals } from "../globals.ts";
import { noun } from "../noun.ts";
import { operatorStatusText } from "../operator-status.ts";
import { columns } from "../screen.ts";
import { duration, moment } from "../../sdk/units.ts";
import { withSession } from "../session.ts";
import { blockTime } from "../../sdk/ledger.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { helpAfter, verb, type Answer } from "../verb.ts";
import { workerView } from "../../sdk/worker-view.ts";

const workerMain = fileURLToPath(new URL("../../../worker/main.ts", import.meta.url));

const verbs = {
  init: {
    says: "make a worker's home: keys and worker.json",
    notes: `Flags: --home D [--rpc URL] (--contracts ADDRESS | --deployment FILE) --tee simulated [--listen HOST:PORT] [--endpoint URL]
[--confirmations N] [--poll-interval MS] [--from-block N] [--log-range BLOCKS] [--max-fee GWEI] [--priority-fee GWEI] [--password-file F]
What the deployment's file says (rpc, fromBlock, logRange, confirmations, gas) is taken where no flag says otherwise.`,
    example:
      "worker init --home w1 --rpc http://127.0.0.1:8545 --deployment 31337.json --tee simulated",
  },
  register: {
    says: "prove the enclave's keys to the registry and lock a stake; again, to renew the evidence",
    notes: `Flags: --home D --stake N (tokens, as in 1000tok, or smallest units of the token)
A worker that stays silent loses a tenth of its stake, and below the minimum it takes no more tasks: stake more than the minimum.`,
    example: "worker register --home w1 --stake 1000tok",
  },
  start: {
    says: "run the worker until it is told to stop",
    notes: "Flags: --home D",
    example: "worker start --home w1",
  },
  drain: {
    says: "take no new task, finish what was promised, end; holds until it is undone",
    notes:
      "Flags: --home D, --wait (until the worker has ended), --undo. A drained worker that is started finishes what is left and ends.",
    example: "worker drain --home w1 --wait",
  },
  renew: {
    says: "new evidence for the same keys, also while the worker runs",
    notes:
      "Flags: --home D. Evidence expires: from seven days before on, log, status and metrics say so.",
    example: "worker renew --home w1",
  },
  withdraw: {
    says: "take the fees it earned out of the vault, while it does not run",
    notes: `Flags: --home D, --to ADDRESS (hands all tokens of the operator's account on), --with-stake (the stake too, once it is
unlocked: the worker takes no task afterwards)`,
    example: "worker withdraw --home w1 --to 0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
  },
  backup: {
    says: "write a worker's home into one file, also while the worker runs",
    notes: `Flags: --home D --out FILE [--datasets] [--with-password]
Keys as they are (encrypted, sealed), worker.json and the journal. Without --datasets members upload again; the password goes in only
with --with-password, and whoever has such a file has the gas key.`,
    example: "worker backup --home w1 --out w1.backup",
  },
  restore: {
    says: "make a worker's home from a backup",
    notes: `Flags: FILE --home D [--password-file F]
Never run both the old home and the new one: stop the old one for good first.`,
    example: "worker restore w1.backup --home w2 --password-file w1.password",
  },
  measurement: {
    says: "print the measurement of the enclave this version runs",
    notes: "Built from the sources here: compare it with what others run, and trust that.",
    example: "worker measurement",
  },
} as const;

/** Adds `worker` and its verbs. */
export function addWorker(cloister: Command): void {
  const worker = noun(cloister, "worker", "run a worker for fees", verbs.init.example);
  for (const [name, { says, notes, example }] of Object.entries(verbs)) {
    const command = worker.command(name).description(says);
    command.addHelpText("after", helpAfter({ notes, examples: [example] }));
    // Options are the worker's own: nothing of them is read here.
    command.allowUnknownOption().argument("[args...]").passThroughOptions();
    command.action(async (args: string[]) => {
      if (args.includes("--help")) command.help();
      // Answers are JSON whether or not one asks for it.
      const own = args.filter((arg) => arg !== "--json");
      process.exitCode = await runScript(workerMain, [name, ...own]);
    });
  }
  addStatus(worker);
}

/** What is due, earned and running out, as the worker program tells it; undefined when this is no worker's home. */
async function ownStatus({ home, json }: Globals): Promise<Answer | undefined> {
  if (!existsSync(join(home, "worker.json"))) return undefined;
  const args = [workerMain, "status", "--home", home];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (stdout === "") return { json: undefined, text: "", exit: Number(code ?? 1) };
  const status: unknown = JSON.parse(stdout);
  return { json: status, text: json ? "" : operatorStatusText(status) };
}

function addStatus(worker: Command): void {
  verb(
    worker,
    {
      usage: "status",
      says: "registered workers: do they answer, what do they hold, until when is their evidence good",
      notes: `With --home of a worker: what it owes and by when, jobs, evidence, vault and gas balance, stake, and what to do next.`,
      examples: [
        "worker status",
        "worker status --worker http://127.0.0.1:8700",
        "worker status --home w1",
      ],
      options: [new Option("--worker <id or endpoint>", "this one only")],
    },
    async (cli, { worker: wanted }: { worker?: string }) =>
      (wanted === undefined ? await ownStatus(cli.globals) : undefined) ??
      withSession(cli, { acceptSimulated: true }, async ({ client, ctx }) => {
        const all = await client.worker.list();
        const chosen = all.filter(
          ({ id, endpoint }) => wanted === undefined || id === wanted || endpoint === wanted,
        );
        if (wanted !== undefined && chosen.length === 0)
          throw new ProtocolError("NOT_FOUND", { what: "registered worker", name: wanted });
        const now = await blockTime(ctx);
        const views = await Promise.all(chosen.map((entry) => workerView(ctx, client, entry)));
        const workers = views.map((view) => ({ ...view, dueIn: view.validUntil - now }));
        const rows = workers.map((view) => [
          view.endpoint,
          view.protection,
          view.answers ? `block ${view.status?.chain.block}` : "SILENT",
          `${moment(view.validUntil)} (${view.dueIn > 0 ? duration(view.dueIn) : "EXPIRED"})`,
          view.fault ?? "trusted",
        ]);
        const heading = ["worker", "protection", "answers", "evidence until", ""];
        return { json: { workers }, text: columns(heading, rows) };
      }),
  );
}
