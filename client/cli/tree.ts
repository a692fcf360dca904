/** All nouns and verbs. @module */
import { Command } from "commander";
import { exitCodes } from "../../protocol/errors.ts";
import { addAudit } from "./commands/audit.ts";
import { addContract } from "./commands/contract.ts";
import { addDataset } from "./commands/dataset.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addNet } from "./commands/net.ts";
import { addParty } from "./commands/party.ts";
import { addProgram } from "./commands/program.ts";
import { addResult } from "./commands/result.ts";
import { addTask } from "./commands/task.ts";
import { addTrust } from "./commands/trust.ts";
import { addVault } from "./commands/vault.ts";
import { addWorker } from "./commands/worker.ts";
import { helpAfter } from "./verb.ts";
import { globalOptions } from "./globals.ts";

const NETWORKS = `Networks: any EVM chain. A file DEPLOYMENTS/<chain id>.json in the home, or --deployment FILE:
  { "secretContracts": "0x5f...", "rpc": "https://rpc.example.org", "chainId": 11155111 }
rpc and chainId may be left out: --rpc URL says the one, the file's name the other. It may also say fromBlock, logRange,
confirmations and gas: docs/operations/deployment.example.json has all of them.

Exit codes: ${Object.entries(exitCodes)
  .map(([code, meaning]) => `${code} ${meaning}`)
  .join(", ")}.
Each flag of every command can stand in the environment: CLOISTER_HOME, CLOISTER_RPC, CLOISTER_DEPLOYMENT,
CLOISTER_ACCOUNT, CLOISTER_PASSWORD_FILE.`;

export function commandTree(): Command {
  const cloister = new Command("cloister")
    .description("collaborative analytics on data nobody shows to anybody")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => process.stderr.write(text) });
  for (const option of globalOptions()) cloister.addOption(option);
  const examples = ["net up --workers 3", "party keygen", "doctor"];
  cloister.addHelpText("after", helpAfter({ examples, notes: NETWORKS }));
  const nouns = [
    addNet,
    addParty,
    addWorker,
    addProgram,
    addContract,
    addDataset,
    addTask,
    addResult,
    addAudit,
    addVault,
    addTrust,
    addDoctor,
  ];
  for (const add of nouns) add(cloister);
  return cloister;
}
