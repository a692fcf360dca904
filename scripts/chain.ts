/**
 * A local chain for demo, `net up` and tests: Hardhat's, inside this process, served over HTTP on a free port. A block for each
 * transaction and one every 250 ms besides.
 * @module
 */
import { join } from "node:path";
import { devAccounts, type Account } from "../client/sdk/dev-accounts.ts";
import { connectProvider } from "../protocol/chain/node.ts";

const root = join(import.meta.dirname, "..");
const ACCOUNTS = 20;
const HOST = "127.0.0.1";

export interface Chain {
  readonly url: string;
  readonly chainId: number;
  /** 20 accounts with 10,000 coins each. */
  readonly accounts: readonly Account[];
  close(): Promise<void>;
}

/** Starts a chain. Artifacts need not be there; {@link buildContracts} makes them. */
export async function startChain(): Promise<Chain> {
  const { network } = await hardhat();
  const server = await network.createServer({ network: "local" }, HOST, 0);
  const { port } = await server.listen();
  const url = `http://${HOST}:${port}`;
  const provider = connectProvider(url);
  const { chainId } = await provider.getNetwork();
  provider.destroy();
  return {
    url,
    chainId: Number(chainId),
    accounts: devAccounts(ACCOUNTS),
    close: async () => {
      await server.close();
    },
  };
}

/** Compiles the contracts when they changed: 1 s when they did not, 5 s when they did. */
export async function buildContracts(): Promise<void> {
  const { tasks } = await hardhat();
  await tasks.getTask("build").run({ quiet: true, noTests: true });
}

/** Hardhat looks for its configuration in the folder one stands in. */
function hardhat(): Promise<typeof import("hardhat")> {
  process.env["HARDHAT_CONFIG"] ??= join(root, "hardhat.config.ts");
  return import("hardhat");
}
