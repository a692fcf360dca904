/** All checks, in the order in which one thing stands on another. @module */
import { chainIdAt } from "../../../protocol/chain/node.ts";
import type { Cli } from "../cli.ts";
import { namedPlace, type Place } from "../deployment.ts";
import { withSession } from "../session.ts";
import { skipped, check, type Check } from "./check.ts";
import { chainChecks } from "./chain.ts";
import { homeChecks } from "./home.ts";

export async function examine(cli: Cli): Promise<Check[]> {
  const checks = await homeChecks(cli);
  let place: Place | undefined;
  checks.push(
    await check(
      "deployment",
      async () => {
        place = await namedPlace(cli);
        return `${place.file}: ${place.deployment.contracts}`;
      },
      "get the deployment's file from who deployed it; --deployment FILE or CLOISTER_DEPLOYMENT; locally: cloister net up",
    ),
  );
  return [...checks, ...(await networkChecks(cli, place))];
}

const NETWORK = [
  "rpc",
  "chain id",
  "contracts",
  "clock",
  "gas",
  "vault",
  "workers",
  "evidence",
  "measurements",
];

const without = (names: readonly string[], what: string): Check[] =>
  names.map((name) => skipped(name, `not looked at: ${what}`));

async function networkChecks(cli: Cli, place: Place | undefined): Promise<Check[]> {
  if (!place) return without(NETWORK, "no deployment");
  const { rpc, deployment } = place;
  let actual: number | undefined;
  const reached = await check(
    "rpc",
    async () => {
      actual = await chainIdAt(rpc);
      return new URL(rpc).origin;
    },
    "start the node, or name another: --rpc URL",
  );
  if (actual === undefined) return [reached, ...without(NETWORK.slice(1), "no node")];
  const chain: Check =
    actual === deployment.chainId
      ? { name: "chain id", state: "ok", says: String(actual) }
      : {
          name: "chain id",
          state: "fault",
          says: `WRONG_CHAIN: the node is on chain ${actual}, the deployment on chain ${deployment.chainId}`,
          cure: `--rpc URL of a node of chain ${deployment.chainId}, or --deployment FILE of chain ${actual}`,
        };
  if (chain.state === "fault") return [reached, chain, ...without(NETWORK.slice(2), "wrong chain")];
  return [reached, chain, ...(await beyond(cli))];
}

/** What only a working connection shows; one that breaks half-way is itself a fault. */
async function beyond(cli: Cli): Promise<Check[]> {
  let rest: Check[] = [];
  const session = await check("connection", async () => {
    rest = await withSession(cli, { acceptSimulated: true }, (open) => chainChecks(cli, open));
    return "held";
  });
  return session.state === "ok" ? rest : [session];
}
