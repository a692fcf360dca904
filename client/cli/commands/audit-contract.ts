/** `cloister audit contract`: everything the chain says about a secret contract, checked, tasks in one table. @module */
import { Option, type Command } from "commander";
import type { ContractReport } from "../../../protocol/contract-audit.ts";
import { failures } from "../../../protocol/errors.ts";
import { renderContractPage } from "../../report/contract-page.ts";
import { moment } from "../../sdk/units.ts";
import { hash } from "../arguments.ts";
import { checkLines } from "../check-lines.ts";
import { writeNew } from "../home.ts";
import { columns } from "../screen.ts";
import { withSession } from "../session.ts";
import { verb, type Answer } from "../verb.ts";
import { EXAMPLE_HASH } from "./common.ts";

export function addContractAudit(audit: Command): void {
  const example = `audit contract ${EXAMPLE_HASH} --rpc http://127.0.0.1:8545 --deployment 31337.json`;
  verb(
    audit,
    {
      usage: "contract <contract>",
      says: "check a secret contract: members, committees and their votes, workers' evidence, every task",
      notes: `Tasks are verified (they came to a result, and every check passed), mismatch, pending, no result, or unverifiable (what the
audit needs could not be had). \`audit task\` says more about one. The exit code is 0 when nothing is wrong.`,
      examples: [example, `${example} --html contract.html`],
      options: [new Option("--html <file>", "write the report as one page, made to be printed")],
    },
    async (cli, { html }: { html?: string }, text) =>
      withSession(cli, {}, async ({ client }) => {
        const report = await client.audit.contract(hash(text));
        if (html !== undefined) writeNew(html, renderContractPage(report));
        return answer(report);
      }),
  );
}

function answer(report: ContractReport): Answer {
  const { committees, workers, tasks } = report;
  const sections = [
    checkLines(report.checks).join("\n"),
    columns(
      ["committee", "since block", "must agree", "signed by", "shares of"],
      committees.map(({ version, block, threshold, workers: seats, votes, shares }) => [
        `version ${version}`,
        String(block),
        `${threshold} of ${seats.length}`,
        `member ${votes.join(", ")}`,
        `member ${shares.join(", ")}`,
      ]),
    ),
    columns(
      ["worker", "evidence", "until", "endpoint"],
      workers.map(({ worker, protection, code, validUntil, endpoint }) => [
        worker,
        protection ?? `WRONG: ${code}`,
        moment(validUntil),
        endpoint,
      ]),
    ),
    columns(
      ["task", "function", "state", "verdict", ""],
      tasks.map(({ task, function: name, state = "", verdict, faults }) => [
        task,
        name,
        state,
        verdict,
        faults.map(({ check, code }) => `${check}: ${code}`).join(", "),
      ]),
    ),
    report.ok ? "nothing is wrong" : "NOT VERIFIED",
  ];
  return {
    json: { report },
    text: sections.join("\n\n"),
    exit: report.ok ? 0 : failures.CHAIN_NOT_READ.exit,
  };
}
