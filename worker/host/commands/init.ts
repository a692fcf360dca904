/** `worker init`: makes a home. @module */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { basename, resolve } from "node:path";
import { Value } from "typebox/value";
import type { Address } from "../../../protocol/bytes.ts";
import { DeploymentFile, type GasPrices } from "../../../protocol/chain/deployment.ts";
import { chainIdAt } from "../../../protocol/chain/node.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { addressOf } from "../../../protocol/typed-data.ts";
import { writeConfig } from "../../config.ts";
import { createKeystore, createPassword, openKeystore, readPassword } from "../home/keystore.ts";
import { homePaths, type HomePaths } from "../home/paths.ts";
import { splitListen } from "../http/server.ts";

export interface InitOptions {
  readonly home: string;
  /** Default: what the deployment's file says. */
  readonly rpc?: string | undefined;
  /** Address of SecretContracts; or the file of a deployment that holds it. */
  readonly contracts?: string | undefined;
  /** What it says of blocks, confirmations and prices is taken too, where no option says otherwise. */
  readonly deployment?: string | undefined;
  readonly tee?: string | undefined;
  readonly listen?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly confirmations?: number | undefined;
  readonly pollInterval?: number | undefined;
  readonly fromBlock?: number | undefined;
  readonly logRange?: number | undefined;
  readonly gas?: GasPrices | undefined;
  readonly passwordFile?: string | undefined;
}

/**
 * Writes `worker.json`, the password (unless one is brought) and `gas.keystore`. One that broke off can be done again.
 * @throws ProtocolError TEE_MISSING, CONFIG_INVALID, RPC_UNREACHABLE, WRONG_CHAIN, KEYSTORE_PASSWORD
 */
export async function init(
  options: InitOptions,
): Promise<{ operator: Address; home: string; endpoint: string }> {
  const paths = homePaths(resolve(options.home));
  const tee = expectTee(options.tee);
  const file = fileOf(options);
  const contracts = options.contracts ?? file.secretContracts;
  if (contracts === undefined) throw usage("say --contracts or --deployment");
  const rpc = options.rpc ?? file.rpc;
  if (rpc === undefined) throw usage("say --rpc, or name it in the file of --deployment");
  const chainId = await chainIdAt(rpc);
  expectDeploymentOf(options, file, chainId);
  const listen = await withPort(options.listen ?? "127.0.0.1:0");
  const passwordFile = resolve(options.passwordFile ?? paths.password);
  const endpoint = options.endpoint ?? `http://${listen}`;
  const { pollInterval } = options;
  const { confirmations, fromBlock, logRange } = chosenOf(options, file);
  const gas = { ...file.gas, ...options.gas };

  mkdirSync(paths.home, { recursive: true, mode: 0o700 });
  const operator = await keyOf(paths, passwordFile, options.passwordFile === undefined);
  const place = { rpc, chainId, contracts: contracts.toLowerCase() as Address };
  const chosen = { ...place, tee, listen, endpoint, passwordFile };
  writeConfig(paths.home, {
    ...chosen,
    ...(confirmations !== undefined && { confirmations }),
    ...(pollInterval !== undefined && { pollInterval, mailboxInterval: pollInterval }),
    ...(fromBlock !== undefined && { fromBlock }),
    ...(logRange !== undefined && { logRange }),
    ...(Object.keys(gas).length > 0 && { gas }),
  });
  return { operator, home: paths.home, endpoint };
}

/** Without hardware the operator can read every input: only who types that it is simulated gets it. */
function expectTee(tee: string | undefined): "simulated" {
  if (tee !== "simulated") throw new ProtocolError("TEE_MISSING", { asked: tee ?? "TEE" });
  return tee;
}

const usage = (fault: string) =>
  new ProtocolError("CONFIG_INVALID", { file: "worker init", faults: [fault] });

function fileOf({ deployment }: InitOptions): Partial<DeploymentFile> {
  if (deployment === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(deployment, "utf8"));
  } catch {
    throw usage(`${deployment} is no JSON file`);
  }
  if (Value.Check(DeploymentFile, value)) return value;
  const faults = Value.Errors(DeploymentFile, value).map(
    (fault) => `${fault.instancePath || "/"} ${fault.message}`,
  );
  throw new ProtocolError("CONFIG_INVALID", { file: deployment, faults });
}

const chosenOf = (options: InitOptions, file: Partial<DeploymentFile>) => ({
  confirmations: options.confirmations ?? file.confirmations,
  fromBlock: options.fromBlock ?? file.fromBlock,
  logRange: options.logRange ?? file.logRange,
});

/** The chain is named in a deployment's file, or by its name. */
function expectDeploymentOf(
  { deployment = "" }: InitOptions,
  file: Partial<DeploymentFile>,
  actual: number,
): void {
  const named = /^([0-9]+)\.json$/.exec(basename(deployment))?.[1];
  const expected = file.chainId ?? (named === undefined ? undefined : Number(named));
  if (expected !== undefined && expected !== actual)
    throw new ProtocolError("WRONG_CHAIN", { expected: String(expected), actual: String(actual) });
}

/** Port 0 becomes a free one: the endpoint is registered on chain before the worker starts. */
async function withPort(listen: string): Promise<string> {
  const { host, port } = splitListen(listen);
  if (port !== 0) return listen;
  const server = createServer();
  await new Promise<void>((done, fail) => server.once("error", fail).listen(0, host, done));
  const free = (server.address() as AddressInfo).port;
  await new Promise((done) => server.close(done));
  return `${host.includes(":") ? `[${host}]` : host}:${free}`;
}

async function keyOf(paths: HomePaths, passwordFile: string, mayCreate: boolean): Promise<Address> {
  if (mayCreate && !existsSync(passwordFile)) createPassword(passwordFile);
  const password = readPassword(passwordFile);
  if (!existsSync(paths.keystore)) return createKeystore(paths.keystore, password);
  const key = await openKeystore(paths.keystore, password);
  const operator = key.use(addressOf);
  key.wipe();
  return operator;
}
