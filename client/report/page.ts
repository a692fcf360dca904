/**
 * The audit as one HTML file, made to be printed and kept: no script, nothing fetched, every text escaped. A pure function of
 * report and receipt, so two auditors of one task get the same bytes.
 * @module
 */
import type { AuditReport, OpenedOutput } from "../../protocol/audit.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { parsePolicy } from "../../protocol/policy.ts";
import type { Receipt } from "../../protocol/receipt.ts";
import { checkTable, page } from "./document.ts";
import { html, type Markup } from "./html.ts";
import { outputSection } from "./output.ts";
import { consentSection, taskSection, workerSection } from "./papers.ts";

/**
 * @param receipt the one the report is about
 * @param opened a recipient's output, for the map; the report says whether it is the agreed one
 */
export function renderAuditPage(
  report: AuditReport,
  receipt: Receipt,
  opened?: OpenedOutput,
): string {
  const { name } = receipt.collaboration.terms;
  return page(
    `Audit of ${report.task.slice(0, 10)}: ${name}`,
    html`<h1>${name}</h1>
      ${verdict(report)} ${labels(report, receipt)} ${taskSection(report, receipt)}
      <h2>Checks</h2>
      ${checkTable(report.checks)} ${opened ? outputSection(opened, isAgreed(report)) : []}
      ${consentSection(receipt)} ${workerSection(receipt)} ${limits(report)}`,
  );
}

function verdict({ ok, state, reason, checks: all }: AuditReport): Markup {
  const failed = all.filter((check) => !check.ok);
  if (ok)
    return html`<div class="verdict good">
      <strong>Verified</strong>All ${all.length} checks passed. The task is
      ${state}${reason ? `: ${reason}` : ""}.
    </div>`;
  if (failed.length === 0)
    return html`<div class="verdict bad">
      <strong>No result</strong>All ${all.length} checks passed, and the task came to no result: it
      is ${state}.
    </div>`;
  return html`<div class="verdict bad">
    <strong>Not verified</strong>${failed.length} of ${all.length} checks failed:
    ${failed.map(({ name }) => name).join(", ")}.
  </div>`;
}

/** What a reader must know before believing that something was kept secret. */
function labels({ protection, checks: all }: AuditReport, { collaboration }: Receipt): Markup {
  const proven = all.some(({ name, ok }) => name === "evidence" && ok);
  const shield = {
    none: html`<li>NOT SEALED: no worker has opened anything for this task</li>`,
    simulated: html`<li>SIMULATED: the operator can read every input</li>`,
    hardware: proven
      ? html`<li class="plain">
          Hardware: the ready workers' evidence says that operators cannot read inputs
        </li>`
      : html`<li>UNPROVEN: hardware is claimed, and the evidence does not show it</li>`,
  }[protection];
  return html`<ul class="labels">
    ${shield}${modeLabel(collaboration.terms.policy)}
  </ul>`;
}

function modeLabel(policy: string): Markup {
  try {
    const { mode } = parsePolicy(policy);
    return html`<li>Mode ${mode}: not differentially private</li>`;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return html`<li>Policy unreadable: take it that the output is not differentially private</li>`;
  }
}

/** Whether the opened output was compared with the commitment and is the one. */
const isAgreed = ({ checks: all }: AuditReport): boolean =>
  all.some(({ name, ok }) => name === "output" && ok);

/** What no audit of this kind can tell. */
function limits({ checks: all }: AuditReport): Markup {
  const chain = all.find(({ name }) => name === "chain");
  const basis = !chain?.ok
    ? "That the chain saw any of this was not established; see the check chain."
    : "rests on" in chain.compared
      ? "The chain's part rests on event proofs under the block hashes named at the check chain: they are worth what the source of these hashes is worth."
      : "The chain's part rests on the word of the node that was asked.";
  return html`<h2>What this does not say</h2>
    <p>${basis}</p>
    <p>
      It says that agreed code ran over agreed data and that enough workers signed the same output.
      It does not say that the inputs were true, that the output tells nothing about a single row,
      or, where protection is simulated, that nobody read the inputs.
    </p>`;
}
