/** `worker init`: makes a home. @module */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { basename, resolve } from "node:path";
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { Address } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { addressOf } from "../../../protocol/typed-data.ts";
import { writeConfig } from "../../config.ts";
import { askChainId } from "../chain/provider.ts";
import { createKeystore, createPassword, openKeystore, readPassword } from "../home/keystore.ts";
import { homePaths, type HomePaths } from "../home/paths.ts";
import { splitListen } from "../http/server.ts";

export interface InitOptions {
  readonly home: string;
  readonly rpc: string;
  /** Address of SecretContracts; or the file of a deployment that holds it. */
  readonly contracts?: string | undefined;
  readonly deployment?: string | undefined;
  readonly tee?: string | undefined;
  readonly listen?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly confirmations?: number | undefined;
  readonly pollInterval?: number | undefined;
  readonly fromBlock?: number | undefined;
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
  const contracts = contractsOf(options);
  const chainId = await askChainId(options.rpc);
  expectDeploymentOf(options, chainId);
  const listen = await withPort(options.listen ?? "127.0.0.1:0");
  const passwordFile = resolve(options.passwordFile ?? paths.password);
  const endpoint = options.endpoint ?? `http://${listen}`;
  const { confirmations, pollInterval, fromBlock } = options;

  mkdirSync(paths.home, { recursive: true, mode: 0o700 });
  const operator = await keyOf(paths, passwordFile, options.passwordFile === undefined);
  const chosen = { rpc: options.rpc, chainId, contracts, tee, listen, endpoint, passwordFile };
  writeConfig(paths.home, {
    ...chosen,
    ...(confirmations !== undefined && { confirmations }),
    ...(pollInterval !== undefined && { pollInterval, mailboxInterval: pollInterval }),
    ...(fromBlock !== undefined && { fromBlock }),
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

const Deployment = Type.Object({
  secretContracts: Type.String({ pattern: "^0x[0-9a-fA-F]{40}$" }),
});

function contractsOf({ contracts, deployment }: InitOptions): Address {
  if (contracts !== undefined) return contracts.toLowerCase() as Address;
  if (deployment === undefined) throw usage("say --contracts or --deployment");
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(deployment, "utf8"));
  } catch {
    throw usage(`${deployment} is no JSON file`);
  }
  if (!Value.Check(Deployment, value)) throw usage(`${deployment} holds no secretContracts`);
  return value.secretContracts.toLowerCase() as Address;
}

/** A deployment's file is named after its chain. */
function expectDeploymentOf({ deployment }: InitOptions, chainId: number): void {
  const named = deployment && /^([0-9]+)\.json$/.exec(basename(deployment))?.[1];
  if (named && named !== String(chainId))
    throw new ProtocolError("WRONG_CHAIN", { expected: named, actual: String(chainId) });
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
