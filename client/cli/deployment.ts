/** Which contracts on which chain: `deployments/<chainId>.json` in the home, or a file that is named. @module */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Address } from "../../protocol/bytes.ts";
import { DeploymentFile } from "../../protocol/chain/deployment.ts";
import { chainIdAt } from "../../protocol/chain/node.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Deployment } from "../../protocol/typed-data.ts";
import type { Cli } from "./cli.ts";
import { readJson } from "./home.ts";

export interface Place {
  readonly file: string;
  readonly rpc: string;
  readonly deployment: Deployment;
  /** How the file says that this chain is talked to. */
  readonly chain: Pick<DeploymentFile, "fromBlock" | "logRange" | "confirmations" | "gas">;
}

/**
 * The deployment and the node that the flags, or the home, name.
 * @throws ProtocolError CONFIG_INVALID, FILE_UNREADABLE, RPC_UNREACHABLE after retries, WRONG_CHAIN
 */
export async function findPlace(cli: Cli): Promise<Place> {
  const place = await namedPlace(cli);
  const actual = await chainIdAt(place.rpc);
  const expected = place.deployment.chainId;
  if (actual !== expected)
    throw new ProtocolError("WRONG_CHAIN", { expected: String(expected), actual: String(actual) });
  return place;
}

/** The same without asking whether the node is on that chain. */
export async function namedPlace(cli: Cli): Promise<Place> {
  const held = readDeployment(cli.globals.deployment ?? (await fileInHome(cli)));
  const { file, contracts, chain } = held;
  const rpc = cli.globals.rpc ?? held.rpc;
  if (rpc === undefined)
    throw new ProtocolError("CONFIG_INVALID", { file, faults: ["it names no rpc: say --rpc URL"] });
  if (!/^https?:\/\/\S+$/.test(rpc))
    throw new ProtocolError("CONFIG_INVALID", { file: "--rpc", faults: ["it is no http(s) URL"] });
  const chainId = held.chainId ?? (await chainIdAt(rpc));
  return { file, rpc, deployment: { chainId, contracts }, chain };
}

/** The deployment by its file alone: no node is asked. @throws ProtocolError CONFIG_INVALID, FILE_UNREADABLE */
export async function offlineDeployment(cli: Cli): Promise<Deployment> {
  const file = cli.globals.deployment ?? (await fileInHome(cli));
  const { chainId, contracts } = readDeployment(file);
  if (chainId !== undefined) return { chainId, contracts };
  const faults = ["neither it nor its name says the chain id"];
  throw new ProtocolError("CONFIG_INVALID", { file, faults });
}

function readDeployment(file: string) {
  const { secretContracts, rpc, chainId, ...chain } = readJson(file, DeploymentFile);
  const named = /^([0-9]+)\.json$/.exec(basename(file))?.[1];
  return {
    file,
    rpc,
    chain,
    chainId: chainId ?? (named === undefined ? undefined : Number(named)),
    contracts: secretContracts.toLowerCase() as Address,
  };
}

/** The only file there; of several, the one of the chain that `--rpc` answers for. */
async function fileInHome(cli: Cli): Promise<string> {
  const folder = cli.home.deployments;
  const files = existsSync(folder)
    ? readdirSync(folder).filter((name) => /^[0-9]+\.json$/.test(name))
    : [];
  const [only, ...others] = files;
  if (only === undefined)
    throw new ProtocolError("CONFIG_INVALID", {
      file: folder,
      faults: ["it holds no deployment: say --deployment FILE"],
    });
  if (others.length === 0) return join(folder, only);
  if (cli.globals.rpc === undefined)
    throw new ProtocolError("CONFIG_INVALID", {
      file: folder,
      faults: [`it holds ${files.join(", ")}: say --rpc or --deployment`],
    });
  const name = `${await chainIdAt(cli.globals.rpc)}.json`;
  if (files.includes(name)) return join(folder, name);
  throw new ProtocolError("WRONG_CHAIN", {
    expected: files.map((file) => file.replace(".json", "")).join(" or "),
    actual: name.replace(".json", ""),
  });
}
