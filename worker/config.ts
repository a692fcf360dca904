/**
 * `worker.json`: everything an operator can choose, one schema, read once and frozen. Key material is never in it, only the path
 * of the file that opens the keystore.
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { ProtocolError } from "../protocol/errors.ts";
import { Confirmations, FromBlock, GasPrices, LogRange } from "../protocol/chain/deployment.ts";
import { AddressHex } from "../protocol/schema.ts";

const strict = { additionalProperties: false } as const;
const GIBIBYTE = 2 ** 30;
const Whole = (defaultValue: number, minimum: number, maximum: number) =>
  Type.Integer({ default: defaultValue, minimum, maximum });

export const WorkerConfig = Type.Object(
  {
    rpc: Type.String({ pattern: "^https?://\\S+$" }),
    /** Fixed at `init`: a node that later answers for another chain is refused. */
    chainId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    /** SecretContracts, the one address of a deployment. */
    contracts: AddressHex,
    /** First block that can hold an event of the deployment. */
    fromBlock: Type.Integer({ ...FromBlock, default: 0 }),
    /** Blocks one `eth_getLogs` spans at most; fewer when the node refuses. */
    logRange: Type.Integer({ ...LogRange, default: 2000 }),
    /** Always said, never guessed: without hardware the operator can read every input. */
    tee: Type.Literal("simulated"),
    /** host:port to listen on. */
    listen: Type.String({ default: "127.0.0.1:8700", pattern: "^\\S+:[0-9]{1,5}$" }),
    /** Base URL under which clients and other workers reach this one. */
    endpoint: Type.String({ pattern: "^https?://\\S{1,248}$" }),
    /**
     * The chain's node that browsers of the web app are to use; absent: no `/app` is served. Not `rpc` itself: that address may hold
     * the operator's own access key.
     */
    appRpc: Type.Optional(Type.String({ pattern: "^https?://\\S+$" })),
    /** A block counts when it has this many confirmations; the head itself is its own first one. */
    confirmations: Type.Integer({ ...Confirmations, default: 2 }),
    /** Milliseconds between two looks at the chain. */
    pollInterval: Whole(1000, 20, 600_000),
    /** Milliseconds between two looks into the mailboxes of the other workers of a committee. */
    mailboxInterval: Whole(1000, 20, 600_000),
    /** Seals tasks of its committees when their consents and Ready signatures are complete. */
    autoSeal: Type.Boolean({ default: true }),
    /** Blocks to wait for the remaining Ready signatures after the m-th: who is not sealed in does not run. */
    sealGraceBlocks: Whole(6, 0, 10_000),
    /** Blocks each further worker waits for the ones before it to seal, so that not all of them pay for it. */
    sealTurnBlocks: Whole(6, 0, 10_000),
    /** Bytes of ciphertext held for one member account. */
    quotaBytes: Whole(4 * GIBIBYTE, 1, Number.MAX_SAFE_INTEGER),
    /** Seconds without a new chunk after which an incomplete upload is given up and frees its quota. */
    staleUploadSeconds: Whole(7 * 86_400, 60, 366 * 86_400),
    limits: Type.Object(
      {
        /** Bytes of a JSON body; a program bundle is the largest. */
        bodyBytes: Whole(16 * 2 ** 20, 1024, 2 ** 30),
        /** Seconds an upload or any other request may take. */
        requestSeconds: Whole(3600, 1, 86_400),
        /** Requests of one address in a minute. */
        requestsPerMinute: Whole(6000, 1, 10_000_000),
        /** Seconds after which a silent enclave is killed. */
        enclaveSeconds: Whole(900, 1, 86_400),
      },
      { ...strict, default: {} },
    ),
    gas: Type.Object(
      {
        ...GasPrices.properties,
        /** Gas limit as a multiple of the estimate. */
        margin: Type.Number({ default: 1.25, minimum: 1, maximum: 10 }),
        /** Seconds after which a transaction that is not mined is sent again with a higher fee. */
        stuckSeconds: Whole(60, 1, 86_400),
      },
      { ...strict, default: {} },
    ),
    /** File with the password of `gas.keystore`. */
    passwordFile: Type.String({ minLength: 1 }),
    logLevel: Type.Union(
      (["fatal", "error", "warn", "info", "debug", "silent"] as const).map((level) =>
        Type.Literal(level),
      ),
      { default: "info" },
    ),
  },
  strict,
);
export type WorkerConfig = Static<typeof WorkerConfig>;
/** What must be said; everything else has a default. */
export type WorkerChoices = Pick<
  WorkerConfig,
  "rpc" | "chainId" | "contracts" | "tee" | "endpoint" | "passwordFile"
> &
  Partial<Omit<WorkerConfig, "gas">> & { readonly gas?: Partial<WorkerConfig["gas"]> };

const pathOf = (home: string): string => join(home, "worker.json");

/**
 * Checks a configuration and fills in the defaults.
 * @param file for the message
 * @throws ProtocolError CONFIG_INVALID with all faults at once
 */
export function parseConfig(value: unknown, file: string): WorkerConfig {
  const filled = Value.Default(WorkerConfig, structuredClone(value));
  if (Value.Check(WorkerConfig, filled)) return freeze(filled);
  const faults = Value.Errors(WorkerConfig, filled).map(
    (error) => `${error.instancePath || "/"} ${error.message}`,
  );
  throw new ProtocolError("CONFIG_INVALID", { file, faults: [...new Set(faults)] });
}

/** Reads `worker.json` of a home. @throws ProtocolError CONFIG_INVALID */
export function readConfig(home: string): WorkerConfig {
  const file = pathOf(home);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const fault = missing ? "there is none; run `worker init`" : "not JSON";
    throw new ProtocolError("CONFIG_INVALID", { file, faults: [fault] }, { cause });
  }
  return parseConfig(value, file);
}

/**
 * Writes `worker.json`; never over another one.
 * @throws ProtocolError CONFIG_INVALID
 */
export function writeConfig(home: string, choices: WorkerChoices): WorkerConfig {
  const file = pathOf(home);
  const config = parseConfig(choices, file);
  try {
    writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`, { flag: "wx" });
  } catch (cause) {
    const fault = "it exists already; a worker's home is made once";
    throw new ProtocolError("CONFIG_INVALID", { file, faults: [fault] }, { cause });
  }
  return config;
}

function freeze(config: WorkerConfig): WorkerConfig {
  Object.freeze(config.limits);
  Object.freeze(config.gas);
  return Object.freeze(config);
}
