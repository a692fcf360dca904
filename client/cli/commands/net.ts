/** `cloister net ...`: a network on this machine to try things on, and a look at the one in use. @module */
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { parseEther } from "ethers";
import type { Address } from "../../../protocol/bytes.ts";
import { connect } from "../../../protocol/contracts.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { parseAmount, showAmount } from "../amount.ts";
import { address, whole } from "../arguments.ts";
import { runScript } from "../child.ts";
import type { Cli } from "../cli.ts";
import { noun } from "../noun.ts";
import { columns, facts } from "../screen.ts";
import { moment } from "../../sdk/units.ts";
import { withSession } from "../session.ts";
import { helpAfter, verb } from "../verb.ts";
import { workerView } from "../../sdk/worker-view.ts";

const script = fileURLToPath(new URL("../../../scripts/net-up.ts", import.meta.url));

interface UpOptions {
  readonly workers?: number;
  readonly dir?: string;
  readonly json?: boolean;
}

export function addNet(cloister: Command): void {
  const net = noun(cloister, "net", "a local network; the state of the one in use", "net up");

  // Another process with its own output: it takes none of the flags of every command but --json.
  net
    .command("up")
    .description("start chain, contracts and workers on this machine, until Ctrl-C")
    .option("--workers <n>", "how many workers (3)", whole(0, 16))
    .option("--dir <folder>", "where everything is put and left; default: a folder that goes")
    .option("--json", "print what is there as one JSON document")
    .addHelpText(
      "after",
      helpAfter({
        notes:
          "Prints the URL of the chain, the deployment's file, the workers, and keys of accounts that are rich here.\nThe keys are public: never use them elsewhere.",
        examples: ["net up --workers 3", "net up --dir ./local-net --json"],
      }),
    )
    .action(async ({ workers, dir, json }: UpOptions) => {
      const args = [
        ...(workers === undefined ? [] : ["--workers", String(workers)]),
        ...(dir === undefined ? [] : ["--home", dir]),
        ...(json ? ["--json"] : []),
      ];
      process.exitCode = await runScript(script, args);
    });

  verb(
    net,
    {
      usage: "status",
      says: "chain, contracts and workers of the deployment in use",
      examples: [
        "net status",
        "net status --rpc https://rpc.example.org --deployment 11155111.json",
      ],
    },
    async (cli) => status(cli),
  );

  verb(
    net,
    {
      usage: "fund <account>",
      says: "give an account coins for gas and test tokens, on a local chain",
      notes: "Elsewhere somebody who has them sends them.",
      examples: ["net fund 0x70997970c51812dc3a010c7d01b50e0d17dc79c8"],
    },
    async (cli, _options, account) => fund(cli, address(account)),
  );
}

/** The chain id of development chains. */
const LOCAL_CHAIN = 31_337;
const COINS = "10";
const TOKENS = "10000tok";

/** A development chain signs for its own rich accounts; the last of them is nobody's whose transactions this could come between. */
async function fund(cli: Cli, account: Address) {
  return withSession(cli, {}, async ({ ctx, place, provider }) => {
    const { chainId } = place.deployment;
    if (chainId !== LOCAL_CHAIN)
      throw new ProtocolError("WRONG_CHAIN", {
        expected: String(LOCAL_CHAIN),
        actual: String(chainId),
      });
    const rich = (await provider.listAccounts()).at(-1);
    if (!rich)
      throw new ProtocolError("NOT_FOUND", { what: "unlocked account at", name: place.rpc });
    await (await rich.sendTransaction({ to: account, value: parseEther(COINS) })).wait();
    const { token } = await connect(place.deployment, rich);
    const amount = await parseAmount(ctx, TOKENS);
    await (await token.mint(account, amount)).wait();
    return {
      json: { account, coins: String(parseEther(COINS)), tokens: String(amount) },
      text: `${account} got ${COINS} coins and ${await showAmount(ctx, amount)}`,
    };
  });
}

async function status(cli: Cli) {
  return withSession(cli, {}, async ({ client, ctx, place }) => {
    const { addresses } = await ctx.contracts();
    const block = await ctx.provider.getBlock("latest");
    const registered = await client.worker.list();
    const workers = await Promise.all(registered.map((worker) => workerView(ctx, client, worker)));
    const rows = workers.map((worker) => [
      worker.endpoint,
      worker.protection,
      worker.answers ? "answers" : "SILENT",
      moment(worker.validUntil),
    ]);
    const chain = {
      rpc: new URL(place.rpc).origin,
      chainId: place.deployment.chainId,
      block: block?.number ?? 0,
      time: block?.timestamp ?? 0,
    };
    const about = {
      ...chain,
      time: `${moment(chain.time)}, block time`,
      contracts: place.deployment.contracts,
    };
    return {
      json: { ...chain, deployment: place.file, contracts: addresses, workers },
      text: [facts(about), columns(["worker", "protection", "", "evidence until"], rows)].join(
        "\n\n",
      ),
    };
  });
}
