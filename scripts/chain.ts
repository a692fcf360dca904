/**
 * A local chain for demo, `net up` and tests: Hardhat's, inside this process, served over HTTP on a free port. A block for each
 * transaction and one every 250 ms besides.
 * @module
 */
import { join } from "node:path";
import { HDNodeWallet, Mnemonic } from "ethers";
import { connectProvider } from "../client/sdk/provider.ts";
import type { Address, Hex } from "../protocol/bytes.ts";

const root = join(import.meta.dirname, "..");
/** Hardhat's public test phrase: accounts that are rich on every local chain and must be on no other. */
const PHRASE = "test test test test test test test test test test test junk";
const ACCOUNTS = 20;
const HOST = "127.0.0.1";

export interface Account {
  readonly address: Address;
  readonly privateKey: Hex;
}

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
    accounts: testAccounts(),
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

function testAccounts(): Account[] {
  const phrase = Mnemonic.fromPhrase(PHRASE);
  return Array.from({ length: ACCOUNTS }, (_, index) => {
    const wallet = HDNodeWallet.fromMnemonic(phrase, `m/44'/60'/0'/0/${index}`);
    const address = wallet.address.toLowerCase() as Address;
    return { address, privateKey: wallet.privateKey as Hex };
  });
}
