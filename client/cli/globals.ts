/** Flags every command takes. Each can also stand in the environment; a flag is stronger. @module */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Option } from "commander";
import { gwei, whole } from "./arguments.ts";

export interface Globals {
  readonly home: string;
  readonly rpc?: string;
  /** File of the deployment. */
  readonly deployment?: string;
  /** Name of the account in the keystore. */
  readonly account: string;
  readonly passwordFile?: string;
  readonly json: boolean;
  readonly confirmations?: number;
  /** Gwei for one gas. */
  readonly maxFee?: number;
  readonly priorityFee?: number;
}

/** As commander gives them: only what was typed. */
export type TypedGlobals = Partial<Globals>;

export const DEFAULT_ACCOUNT = "main";

export const globalOptions = (): Option[] => [
  new Option("--rpc <url>", "the chain's node; default: `rpc` in the deployment file"),
  new Option("--deployment <file>", "file of the deployment; default: in the home"),
  new Option("--home <folder>", "keys, deployments, trusted measurements (~/.cloister)"),
  new Option("--account <name>", `whose keys (${DEFAULT_ACCOUNT})`),
  new Option("--password-file <file>", "file whose first line opens the keystore"),
  new Option(
    "--confirmations <n>",
    "blocks before a transaction counts; default: the deployment file's, or 2",
  ).argParser(whole(1, 256)),
  new Option(
    "--max-fee <gwei>",
    "most to pay for one gas; default: the deployment file's, or what the node proposes",
  ).argParser(gwei),
  new Option("--priority-fee <gwei>", "tip for one gas; default: what the node proposes").argParser(
    gwei,
  ),
  new Option("--json", "print the result as one JSON document"),
];

/** Flags, then `CLOISTER_*`, then defaults. Key material is in none of them, only paths. */
export function globalsFrom(typed: TypedGlobals, env = process.env): Globals {
  const rpc = typed.rpc ?? env["CLOISTER_RPC"];
  const deployment = typed.deployment ?? env["CLOISTER_DEPLOYMENT"];
  const passwordFile = typed.passwordFile ?? env["CLOISTER_PASSWORD_FILE"];
  const { confirmations, maxFee, priorityFee } = typed;
  return {
    home: resolve(typed.home ?? env["CLOISTER_HOME"] ?? join(homedir(), ".cloister")),
    account: typed.account ?? env["CLOISTER_ACCOUNT"] ?? DEFAULT_ACCOUNT,
    json: typed.json ?? false,
    ...(rpc !== undefined && { rpc }),
    ...(deployment !== undefined && { deployment }),
    ...(passwordFile !== undefined && { passwordFile }),
    ...(confirmations !== undefined && { confirmations }),
    ...(maxFee !== undefined && { maxFee }),
    ...(priorityFee !== undefined && { priorityFee }),
  };
}
