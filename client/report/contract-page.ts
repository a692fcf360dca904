/**
 * The audit of a secret contract as one HTML file, made to be printed and kept. A pure function of the report: two auditors of one
 * contract at one block get the same bytes.
 * @module
 */
import type { ContractReport, TaskVerdict, WorkerProof } from "../../protocol/contract-audit.ts";
import { checkTable, page } from "./document.ts";
import { code, facts, html, table, type Markup } from "./html.ts";
import { moment } from "../sdk/units.ts";

export function renderContractPage(report: ContractReport): string {
  const { name, contract, checks, active, state } = report;
  return page(
    `Audit of ${contract.slice(0, 10)}: ${name}`,
    html`<h1>${name}</h1>
      ${verdict(report)} ${labels(report)}
      <h2>The secret contract</h2>
      ${facts([
        ["Contract", code(contract)],
        ["State", active ? "active" : "not active: not all members have joined"],
        ["State versions", html`${state.version} ${code(state.root)}`],
        ["Tasks", counts(report.tasks)],
      ])}
      <h2>Tasks</h2>
      ${tasks(report.tasks)}
      <h2>Checks</h2>
      ${checkTable(checks)}
      <h2>Committees</h2>
      ${committees(report)}
      <h2>Workers and evidence</h2>
      ${table(["worker", "operator", "evidence"], report.workers.map(workerRow))}
      <h2>What this does not say</h2>
      <p>
        It rests on the word of the node that was asked: a node can leave out what is newest. Each
        task can be audited by itself, also offline.
      </p>
      <p>
        It does not say that the inputs were true, that outputs tell nothing about a single row, or,
        where protection is simulated, that nobody read the inputs.
      </p>`,
  );
}

function verdict({ ok, checks, tasks: all }: ContractReport): Markup {
  if (ok)
    return html`<div class="verdict good">
      <strong>Verified</strong>All ${checks.length} checks passed; no task is wrong.
    </div>`;
  const failed = checks.filter((check) => !check.ok).map(({ name }) => name);
  const wrong = all.filter(isBad).length;
  return html`<div class="verdict bad">
    <strong>Not verified</strong
    >${failed.length > 0 ? `Checks that failed: ${failed.join(", ")}. ` : ""}${wrong > 0 ? `${wrong} of ${all.length} tasks cannot be relied on.` : ""}
  </div>`;
}

function labels({ workers }: ContractReport): Markup {
  const simulated = workers.filter(({ protection }) => protection !== "hardware").length;
  return simulated > 0
    ? html`<ul class="labels">
        <li>
          SIMULATED: the operators of ${simulated} of ${workers.length} workers can read every input
        </li>
      </ul>`
    : html``;
}

const isBad = ({ verdict: found }: TaskVerdict): boolean =>
  found === "mismatch" || found === "unverifiable";

/** As in "2 verified, 1 pending". */
function counts(all: readonly TaskVerdict[]): string {
  const by = Map.groupBy(all, ({ verdict: found }) => found);
  return [...by].map(([found, of]) => `${of.length} ${found}`).join(", ") || "none";
}

function tasks(all: readonly TaskVerdict[]): Markup {
  if (all.length === 0) return html`<p>None.</p>`;
  return table(
    ["task", "function", "block", "committee", "state", "verdict"],
    all.map((task) => [
      code(task.task),
      task.function,
      task.block,
      task.committee ?? "",
      [task.state, task.reason].filter(Boolean).join(": "),
      html`<span
          class="${isBad(task) ? "bad-word" : task.verdict === "verified" ? "good-word" : "soft"}"
          >${task.verdict}</span
        >${task.faults.map(({ check, code: why }) => html`<br />${check}: ${why}`)}`,
    ]),
  );
}

const committees = ({ committees: all }: ContractReport): Markup =>
  table(
    ["version", "since block", "must agree", "workers", "signed by member", "shares of member"],
    all.map(({ version, block, threshold, workers, votes, shares }) => [
      version,
      block,
      `${threshold} of ${workers.length}`,
      workers.map((worker) => html`${code(worker)}<br />`),
      votes.join(", "),
      shares.join(", "),
    ]),
  );

function workerRow(proof: WorkerProof) {
  const { worker, endpoint, operator, measurement, protection, code: fault, validUntil } = proof;
  const kind = protection === "simulated" ? "SIMULATED" : protection;
  return [
    html`${code(worker)}<br />${endpoint}`,
    code(operator),
    fault === undefined
      ? html`<strong>${kind ?? ""}</strong>, until ${moment(validUntil)}<br /><span class="soft"
            >measurement</span
          >
          ${code(measurement)}`
      : html`<span class="bad-word">does not verify: ${fault}</span>`,
  ];
}
