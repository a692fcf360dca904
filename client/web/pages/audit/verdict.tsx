/** The outcome of an audit in a word. @module */
import type { AuditReport } from "../../../../protocol/audit.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { Facts } from "../../parts/facts.tsx";
import { StateBadge } from "../state-badge.tsx";

/** `verified`: all checks passed. `pending`: all that could be checked did, and it is not over. `unverifiable`: something is missing. */
export type Outcome = "verified" | "mismatch" | "pending" | "unverifiable";

/** Failures that say that something could not be had, not that it is wrong. */
const missing: readonly string[] = ["CHAIN_NOT_READ", "NOT_FOUND", "WORKER_UNREACHABLE"];

export function outcomeOf({ ok, state, checks }: AuditReport): Outcome {
  if (ok) return "verified";
  const failed = checks.filter((check) => !check.ok);
  const isOpen = state === "proposed" || state === "sealed";
  // Before sealing not all have consented, before the end not all have answered: that is no fault.
  const early = isOpen ? ["consents", "ready", "results"] : [];
  const faults = failed.filter(({ name }) => !early.includes(name));
  if (faults.some(({ code }) => !missing.includes(code ?? ""))) return "mismatch";
  if (faults.length > 0) return "unverifiable";
  return isOpen ? "pending" : "verified";
}

const tones: Readonly<Record<Outcome, Tone>> = {
  verified: "good",
  mismatch: "bad",
  pending: "wait",
  unverifiable: "wait",
};

export const OutcomeBadge = ({ outcome }: { outcome: Outcome }) => (
  <Badge tone={tones[outcome]}>{outcome}</Badge>
);

export function Verdict({ report }: { report: AuditReport }) {
  const { checks, state, reason, protection } = report;
  const passed = checks.filter(({ ok }) => ok).length;
  return (
    <Facts
      of={[
        ["Verdict", <OutcomeBadge key="outcome" outcome={outcomeOf(report)} />],
        ["Checks", `${passed} of ${checks.length} passed`],
        [
          "State",
          <span key="state">
            <StateBadge state={state} /> {reason}
          </span>,
        ],
        [
          "Protection",
          protection === "hardware"
            ? "hardware, as the evidence shows if its check passed"
            : protection === "simulated"
              ? "SIMULATED: the operators could read every input"
              : "none yet: it is not sealed",
        ],
      ]}
    />
  );
}
