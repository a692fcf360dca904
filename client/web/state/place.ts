/** Where the contracts are: `deployment.json` beside the app, written by whoever serves it. @module */
import { Value } from "typebox/value";
import type { Address } from "../../../protocol/bytes.ts";
import { DeploymentFile } from "../../../protocol/chain/deployment.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Deployment } from "../../../protocol/typed-data.ts";

export interface Place {
  readonly deployment: Deployment;
  /** The chain's node. */
  readonly rpc: string;
  /** Block of the deployment: nothing is looked for below it. */
  readonly fromBlock: number;
  /** Blocks before a transaction counts. */
  readonly confirmations: number;
  /** Blocks one look for events may span; absent: all of them, and less when the node refuses. */
  readonly logRange?: number;
}

const FILE = "deployment.json";
/** Characters; real files have about 150. */
const MOST_TEXT = 10_000;

/** @throws ProtocolError CONFIG_INVALID */
export async function loadPlace(): Promise<Place> {
  const response = await fetch(FILE, { cache: "no-store", redirect: "error" }).catch(() => {
    throw wrong("it cannot be fetched");
  });
  if (!response.ok) throw wrong(`the server answers ${response.status}`);
  return parsePlace(await response.text());
}

/** @throws ProtocolError CONFIG_INVALID */
export function parsePlace(text: string): Place {
  if (text.length > MOST_TEXT) throw wrong("it is too long");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong("it is not JSON");
  }
  if (!Value.Check(DeploymentFile, value)) {
    const faults = Value.Errors(DeploymentFile, value).map(
      (fault) => `${fault.instancePath || "/"} ${fault.message}`,
    );
    throw wrong(...faults);
  }
  const { chainId, rpc, secretContracts, fromBlock = 0, confirmations = 1, logRange } = value;
  if (chainId === undefined || rpc === undefined) throw wrong("it must say chainId and rpc");
  const contracts = secretContracts.toLowerCase() as Address;
  return {
    deployment: { chainId, contracts },
    rpc,
    fromBlock,
    confirmations,
    ...(logRange !== undefined && { logRange }),
  };
}

const wrong = (...faults: string[]) => new ProtocolError("CONFIG_INVALID", { file: FILE, faults });
