/** Sections about what was asked, by whom, and who answered. @module */
import type { AuditReport } from "../../protocol/audit.ts";
import { verifyEvidence } from "../../protocol/evidence.ts";
import type { Receipt, WorkerEvidence } from "../../protocol/receipt.ts";
import { indicesOf } from "../../protocol/schema.ts";
import { contributorsOf, manifestOf, reasonOf } from "../../protocol/verify.ts";
import { code, facts, html, table, type Markup } from "./html.ts";
import { moment } from "../sdk/units.ts";

const statuses = ["", "success", "failure", "abstention"];

export function taskSection(report: AuditReport, receipt: Receipt): Markup {
  const { collaboration: c, question: q, sealing } = receipt;
  const { task } = q;
  const asker = c.terms.members[task.requester]?.account ?? "nobody";
  return html`<h2>The task</h2>
    ${facts([
      ["Task", code(report.task)],
      ["Secret contract", html`${c.terms.name}<br />${code(task.terms)}`],
      ["Program", html`${programName(receipt)}<br />${code(c.terms.program)}`],
      ["Function", task.functionName],
      ["Parameters", code(q.params)],
      ["State", report.reason ? `${report.state}: ${report.reason}` : report.state],
      ["Asked by", html`member ${task.requester} ${code(asker)}`],
      ["Answer goes to", `members ${indicesOf(task.recipients).join(", ") || "none"}`],
      ["Fee", `${task.fee} smallest units of the vault's token`],
      [
        "Sealed",
        sealing ? `block ${sealing.seal.blockNumber}, ${moment(sealing.seal.time)}` : "not yet",
      ],
      ["Chain", `${c.deployment.chainId}`],
      ["Deployment", code(c.deployment.contracts)],
    ])}`;
}

/** Papers that do not check out are shown all the same. */
function programName({ collaboration }: Receipt): string {
  try {
    const { name, version } = manifestOf(collaboration);
    return `${name} ${version}`;
  } catch {
    return "manifest unreadable";
  }
}

function tableName({ collaboration }: Receipt, index: number): string {
  try {
    return manifestOf(collaboration).tables[index]?.name ?? String(index);
  } catch {
    return String(index);
  }
}

export function consentSection(receipt: Receipt): Markup {
  const { collaboration: c, question: q } = receipt;
  const needed = new Set(indicesOf(contributorsOf(q)));
  const given = new Set(q.consents.map(({ by }) => by));
  const members = c.terms.members.map(({ account, consentKey }, i) => [
    i,
    html`${code(account)}<br /><span class="soft">signs with</span> ${code(consentKey)}`,
    given.has(i) ? "signed this task" : needed.has(i) ? "missing" : "not needed",
  ]);
  const inputs = q.inputs.map(({ member, table: index, dataset }) => [
    member,
    tableName(receipt, index),
    code(dataset),
  ]);
  return html`<h2>Members and consents</h2>
    ${table(["member", "account and consent key", "consent"], members)}
    <h2>Inputs, in order</h2>
    ${inputs.length > 0 ? table(["member", "table", "hash of the sealed dataset"], inputs) : html`<p>None.</p>`}`;
}

export function workerSection({ collaboration: c, sealing, evidence, results }: Receipt): Markup {
  const ready = new Set(sealing?.readies.map(({ by }) => by));
  const proofs = new Map(evidence.map((proof) => [proof.by, proof]));
  const workers = c.committee.workers.map(({ signer, measurement }, i) => [
    `${i}, ${ready.has(i) ? "ready" : "not ready"}`,
    html`${code(signer)}<br /><span class="soft">measurement</span> ${code(measurement)}`,
    evidenceOf(proofs.get(i)),
  ]);
  const answers = results.map(({ by, result }) => [
    by,
    statuses[result.status] ?? String(result.status),
    reasonOf(result.reason) || code(result.outputCommitment),
    result.outputLength,
  ]);
  return html`<h2>Committee and evidence</h2>
    <p>${c.committee.threshold} of ${c.committee.workers.length} workers must agree.</p>
    ${table(["worker", "signing key and code", "evidence"], workers)}
    <h2>Results</h2>
    ${answers.length > 0 ? table(["worker", "status", "reason or output commitment", "bytes"], answers) : html`<p>None.</p>`}`;
}

function evidenceOf(proof: WorkerEvidence | undefined): Markup {
  if (!proof) return html`none in the receipt`;
  const by = html`operator ${code(proof.operator)}, registration ${proof.epoch}`;
  try {
    const { protection, blockNumber } = verifyEvidence(proof.kind, proof.evidence);
    const kind = protection === "simulated" ? "SIMULATED" : protection;
    return html`<strong>${kind}</strong>, made at block ${blockNumber}; ${by}`;
  } catch {
    return html`<strong>does not verify</strong>; ${by}`;
  }
}
