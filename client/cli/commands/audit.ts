/** `cloister audit ...`: checks a result with nothing but the chain, or a file and a block's hash. @module */
import { Option, type Command } from "commander";
import type { AuditReport, OpenedOutput } from "../../../protocol/audit.ts";
import type { Hex } from "../../../protocol/bytes.ts";
import { failures, ProtocolError } from "../../../protocol/errors.ts";
import { auditProven } from "../../../protocol/proof/facts.ts";
import { parseProvenReceipt } from "../../../protocol/proof/proven.ts";
import type { Receipt } from "../../../protocol/receipt.ts";
import { renderAuditPage } from "../../report/page.ts";
import { hash, several } from "../arguments.ts";
import type { Cli } from "../cli.ts";
import { offlineDeployment } from "../deployment.ts";
import { readAnyJson, writeNew } from "../home.ts";
import { noun } from "../noun.ts";
import { readOpened } from "../opened.ts";
import { checkLines } from "../check-lines.ts";
import { withSession } from "../session.ts";
import { verb, type Answer } from "../verb.ts";
import { addContractAudit } from "./audit-contract.ts";
import { EXAMPLE_HASH, EXAMPLE_TASK } from "./common.ts";

interface AuditOptions {
  readonly receipt?: string;
  readonly blockHash?: readonly Hex[];
  readonly opened?: string;
  readonly html?: string;
  readonly proof?: string;
}

interface Audited {
  readonly report: AuditReport;
  readonly receipt: Receipt;
}

export function addAudit(cloister: Command): void {
  const online = `audit task ${EXAMPLE_TASK} --rpc http://127.0.0.1:8545 --deployment 31337.json`;
  const audit = noun(cloister, "audit", "check results: no keys, no account", online);

  verb(
    audit,
    {
      usage: "task <task>",
      says: "check every part of a task: from the chain, or offline from a receipt with proofs",
      notes:
        "Offline, with --receipt, no node is asked: you bring hashes of blocks that you believe, from any source.\n`audit task --proof FILE` makes such a receipt and says which blocks.",
      examples: [
        `${online} --html audit.html --proof receipt.json`,
        `audit task ${EXAMPLE_TASK} --deployment 31337.json --receipt receipt.json --block-hash ${EXAMPLE_HASH}`,
      ],
      options: [
        new Option("--receipt <file>", "a receipt with proofs; no node is asked").conflicts(
          "proof",
        ),
        new Option("--block-hash <hash>", "a block you believe; again for more").argParser(
          several(hash),
        ),
        new Option("--opened <file>", "an output, from `result get --opened`, to compare as well"),
        new Option("--html <file>", "write the report as one page, made to be printed"),
        new Option("--proof <file>", "write the receipt with proofs, for offline audits"),
      ],
    },
    async (cli, options: AuditOptions, text) => {
      const task = hash(text);
      const opened = options.opened === undefined ? undefined : readOpened(options.opened);
      const audited =
        options.receipt === undefined
          ? await fromChain(cli, task, options, opened)
          : await fromFile(cli, task, options, options.receipt, opened);
      const { report, receipt } = audited;
      if (options.html !== undefined)
        writeNew(options.html, renderAuditPage(report, receipt, opened));
      return answer(report);
    },
  );

  addContractAudit(audit);
}

async function fromChain(
  cli: Cli,
  task: Hex,
  { proof }: AuditOptions,
  opened: OpenedOutput | undefined,
): Promise<Audited> {
  return withSession(cli, {}, async ({ client }) => {
    const audited = await client.audit.task(task, opened);
    if (proof === undefined) return audited;
    const { proven, anchors } = await client.audit.proof(task);
    writeNew(proof, `${JSON.stringify(proven)}\n`);
    for (const { block, hash: name } of anchors)
      cli.note(`An offline audit needs the hash of block ${block}: --block-hash ${name}`);
    return audited;
  });
}

async function fromFile(
  cli: Cli,
  task: Hex,
  { blockHash: blocks = [] }: AuditOptions,
  file: string,
  opened: OpenedOutput | undefined,
): Promise<Audited> {
  const proven = parseProvenReceipt(readAnyJson(file));
  const deployment = await offlineDeployment(cli);
  const report = auditProven(proven, { deployment, blocks }, opened);
  if (report.task !== task)
    throw new ProtocolError("HASH_MISMATCH", {
      what: "task of the receipt",
      expected: task,
      actual: report.task,
    });
  return { report, receipt: proven.receipt };
}

function answer(report: AuditReport): Answer {
  const lines = checkLines(report.checks);
  const reason = report.reason ? `, reason: ${report.reason}` : "";
  const end = `${report.state}, protection: ${report.protection}${reason}`;
  return {
    json: { report },
    text: [...lines, end].join("\n"),
    exit: report.ok ? 0 : failures.CHAIN_NOT_READ.exit,
  };
}
