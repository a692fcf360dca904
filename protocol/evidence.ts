/**
 * Evidence that a worker's keys live in an enclave that runs known code. Kind 1 is the simulated platform: the same flow
 * under a root key that everybody knows, so that nobody mistakes it for protection. The layout of evidence alone may still
 * change with real hardware.
 * @module
 */
import { AbiCoder, id } from "ethers";
import { fromHex, u64, type Address, type Hex } from "./bytes.ts";
import { ProtocolError } from "./errors.ts";
import { taggedHash } from "./hash.ts";
import { hashBinding } from "./identity.ts";
import { addressOf, signDigest, signerOf, type Deployment } from "./typed-data.ts";
import type { CommitteeWorker, Protection } from "./schema.ts";

export const evidenceKinds = { simulated: 1 } as const;

/** Private key of the simulated platform's root: a published constant. */
export const SIMULATED_ROOT_KEY = fromHex(id("SIMULATED - NOT INTEL - NO PROTECTION"));
export const SIMULATED_ROOT: Address = addressOf(SIMULATED_ROOT_KEY);

const layout = ["bytes32", "bytes32", "uint64", "bytes32", "bytes"];

export interface EvidenceFacts {
  readonly measurement: Hex;
  /** {@link hashBinding} of the registration. */
  readonly binding: Hex;
  /** A recent block: evidence cannot be made long before it is used. */
  readonly blockNumber: number;
  readonly blockHash: Hex;
}

const evidenceDigest = (facts: EvidenceFacts) =>
  taggedHash(
    "simulated-evidence",
    fromHex(facts.measurement, 32),
    fromHex(facts.binding, 32),
    u64(facts.blockNumber),
    fromHex(facts.blockHash, 32),
  );

/** What the simulated platform emits. */
export function simulatedEvidence(facts: EvidenceFacts): Hex {
  const signature = signDigest(SIMULATED_ROOT_KEY, evidenceDigest(facts));
  const { measurement, binding, blockNumber, blockHash } = facts;
  return AbiCoder.defaultAbiCoder().encode(layout, [
    measurement,
    binding,
    blockNumber,
    blockHash,
    signature,
  ]) as Hex;
}

/**
 * Verifies evidence as a client or auditor does, before it trusts a key.
 * @throws ProtocolError EVIDENCE_INVALID
 */
export function verifyEvidence(
  kind: number,
  evidence: Hex,
): EvidenceFacts & { readonly protection: Protection } {
  if (kind !== evidenceKinds.simulated)
    throw new ProtocolError("EVIDENCE_INVALID", { what: `unknown kind ${kind}` });
  let fields;
  try {
    fields = AbiCoder.defaultAbiCoder().decode(layout, evidence);
  } catch {
    throw new ProtocolError("EVIDENCE_INVALID", { what: "malformed" });
  }
  const [measurement, binding, blockNumber, blockHash, signature] = fields;
  const facts = {
    measurement: measurement as Hex,
    binding: binding as Hex,
    blockNumber: Number(blockNumber),
    blockHash: blockHash as Hex,
  };
  if (signerOf(evidenceDigest(facts), signature as Hex) !== SIMULATED_ROOT)
    throw new ProtocolError("EVIDENCE_INVALID", { what: "signed by an unknown root" });
  return { ...facts, protection: "simulated" };
}

/** A registration: what its evidence is to prove. */
export interface Registration {
  readonly registry: Address;
  readonly operator: Address;
  readonly epoch: number;
  readonly kind: number;
  readonly evidence: Hex;
}

/**
 * Verifies that a registration's evidence binds these keys, its operator and its registry, and proves this code.
 * @param whose for people, as in "worker 1"
 * @throws ProtocolError EVIDENCE_INVALID, HASH_MISMATCH
 */
export function verifyRegistration(
  { chainId }: Pick<Deployment, "chainId">,
  { signer, sealingKey, measurement }: CommitteeWorker,
  { registry, operator, epoch, kind, evidence }: Registration,
  whose: string,
): ReturnType<typeof verifyEvidence> {
  const facts = verifyEvidence(kind, evidence);
  const binding = hashBinding({ chainId, registry, operator, signer, sealingKey, epoch });
  expectSame(`binding of ${whose}`, facts.binding, binding);
  expectSame(`measurement of ${whose}`, facts.measurement, measurement);
  return facts;
}

function expectSame(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new ProtocolError("HASH_MISMATCH", { what, expected, actual });
}
