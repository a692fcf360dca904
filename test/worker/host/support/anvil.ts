/** anvil, for what Hardhat's chain cannot do: reorganise itself, and hold transactions back. @module */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { Wallet, type JsonRpcProvider } from "ethers";
import { connectProvider } from "../../../../protocol/chain/node.ts";

/** anvil's first public test key. */
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const CHAIN_ID = 31337;

export interface Anvil {
  readonly url: string;
  readonly chainId: number;
  readonly provider: JsonRpcProvider;
  /** Rich; sends one transaction after another. */
  readonly signer: Wallet;
  readonly rpc: (method: string, ...params: unknown[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** Starts a chain of its own on a free port. */
export async function startAnvil(...options: string[]): Promise<Anvil> {
  // The binary itself: the package's launcher would leave it behind when it is killed.
  const binary = createRequire(import.meta.url).resolve("@foundry-rs/anvil-linux-amd64/bin/anvil");
  const args = ["--port", "0", "--hardfork", "osaka", "--chain-id", String(CHAIN_ID), ...options];
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "inherit"] });
  let url: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    const address = /Listening on (\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    url = `http://${address}`;
    break;
  }
  if (url === undefined) throw new Error("anvil did not start");
  child.stdout.resume();
  const provider = connectProvider(url, CHAIN_ID);
  return {
    url,
    chainId: CHAIN_ID,
    provider,
    signer: new Wallet(KEY, provider),
    rpc: (method, ...params) => provider.send(method, params),
    close: async () => {
      provider.destroy();
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
