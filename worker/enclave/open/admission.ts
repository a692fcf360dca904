/**
 * What the enclave demands of a task's papers before it signs or opens anything. The host brings them and is not believed: keys,
 * members, policy and program come from terms that hash to what the data was sealed for.
 * @module
 */
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { parsePolicy } from "../../../protocol/policy.ts";
import { RUNTIME_VERSION } from "../../../protocol/program.ts";
import type { Collaboration, Question, Sealing } from "../../../protocol/receipt.ts";
import { protections } from "../../../protocol/schema.ts";
import { hashTask } from "../../../protocol/typed-data.ts";
import {
  manifestOf,
  verifyAbilities,
  verifyCommittee,
  verifyConsents,
  verifyProgram,
  verifyReadies,
  verifySeal,
  verifyTask,
  verifyTerms,
} from "../../../protocol/verify.ts";

/** Who this enclave is. */
export interface Identity {
  readonly signer: string;
  readonly sealingKey: string;
  readonly measurement: Hex;
  /** Index of `protections`. */
  readonly protection: number;
}

/**
 * Index of this enclave in the committee.
 * @throws ProtocolError NOT_IN_COMMITTEE
 */
export function committeeIndex(collaboration: Collaboration, self: Identity): number {
  const by = collaboration.committee.workers.findIndex(
    (worker) =>
      worker.signer === self.signer &&
      worker.sealingKey === self.sealingKey &&
      worker.measurement === self.measurement,
  );
  if (by < 0) throw new ProtocolError("NOT_IN_COMMITTEE", { signer: self.signer });
  return by;
}

/**
 * Checks everything that is fixed before sealing but the consents, which may come later.
 * @returns index of this enclave in the committee
 * @throws ProtocolError with the code of the first check that fails
 */
export function admitProposal(c: Collaboration, q: Question, self: Identity): number {
  const by = committeeIndex(c, self);
  verifyTerms(c, q.task.terms);
  verifyProgram(c);
  if (manifestOf(c).runtime !== RUNTIME_VERSION)
    throw new ProtocolError("MANIFEST_INVALID", {
      at: "/runtime",
      why: `is not ${RUNTIME_VERSION}, the one this worker has`,
    });
  // Read before `Ready`: a policy that cannot be read would be an abstention after it.
  parsePolicy(c.terms.policy);
  verifyCommittee(c);
  verifyTask(c, q);
  verifyAbilities(c, q);
  if (self.protection < c.terms.minProtection)
    throw new ProtocolError("PROTECTION_TOO_LOW", {
      offered: protections[self.protection] ?? "none",
      demanded: protections[c.terms.minProtection] ?? "unknown",
    });
  // Private mode comes with its own issue; until then a task that names it is refused, not half served.
  if (q.task.epsilon !== 0)
    throw new ProtocolError("TERMS_INVALID", { what: "private mode is not served yet" });
  return by;
}

/** {@link admitProposal}, and everything sealing rests on: consents, m Ready signatures, the seal. */
export function admitSealed(
  c: Collaboration,
  q: Question,
  sealing: Sealing,
  self: Identity,
): number {
  const by = admitProposal(c, q, self);
  verifyConsents(c, q);
  verifyReadies(c, q, sealing.readies);
  verifySeal(c, q, sealing);
  if (sealing.seal.protection > self.protection)
    throw new ProtocolError("PROTECTION_TOO_LOW", {
      offered: protections[self.protection] ?? "none",
      demanded: protections[sealing.seal.protection] ?? "unknown",
    });
  return by;
}

/** Task id of a question. */
export const taskIdOf = (c: Collaboration, q: Question): Hex => hashTask(c.deployment, q.task);
