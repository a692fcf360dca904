/**
 * The file that says where a deployment is and how its chain is talked to: `deployments/<chainId>.json` of a home,
 * `deployment.json` beside the web app, `--deployment FILE` of a worker's `init`. Flags are stronger than what it says.
 * @module
 */
import { Type, type Static } from "typebox";

const strict = { additionalProperties: false } as const;
export const Gwei = Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 });

/** Prices of gas, in gwei. */
export const GasPrices = Type.Object(
  {
    /** Most to pay for one gas; absent: what the node proposes. */
    maxFeePerGas: Type.Optional(Gwei),
    /** Tip; absent: what the node proposes. Chains without EIP-1559 have none. */
    maxPriorityFeePerGas: Type.Optional(Gwei),
  },
  strict,
);
export type GasPrices = Static<typeof GasPrices>;

/** Blocks one `eth_getLogs` may span. */
export const LogRange = Type.Integer({ minimum: 1, maximum: 1_000_000_000 });
export const FromBlock = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** A block counts when it has this many, the block itself being the first. */
export const Confirmations = Type.Integer({ minimum: 1, maximum: 256 });

export const DeploymentFile = Type.Object(
  {
    secretContracts: Type.String({ pattern: "^0x[0-9a-fA-F]{40}$" }),
    /** Default of `--rpc`. */
    rpc: Type.Optional(Type.String({ pattern: "^https?://\\S+$" })),
    /** Said here or in the file's name. */
    chainId: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    /** Block of the deployment: nothing is looked for below it. Default 0. */
    fromBlock: Type.Optional(FromBlock),
    /** Absent: a client asks for all blocks at once, a worker for 2000; both for less when the node refuses. */
    logRange: Type.Optional(LogRange),
    confirmations: Type.Optional(Confirmations),
    gas: Type.Optional(GasPrices),
  },
  strict,
);
export type DeploymentFile = Static<typeof DeploymentFile>;
