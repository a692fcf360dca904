/**
 * The platform under the enclave: what seals its keys at rest and what vouches for it. Only the simulated one exists so far; it
 * has the form of a real one and protects nothing.
 * @module
 */
import { sealedBox, type SealedBox } from "./sealed-box.ts";
import { utf8, type Hex } from "../../../protocol/bytes.ts";
import {
  evidenceKinds,
  simulatedEvidence,
  type EvidenceFacts,
} from "../../../protocol/evidence.ts";
import { hkdf } from "../../../protocol/hash.ts";

export interface Platform {
  readonly kind: number;
  /** Index of `protections`. */
  readonly protection: number;
  /** Seals to this platform: only an enclave on it opens. */
  readonly box: SealedBox;
  evidence(facts: EvidenceFacts): Hex;
}

/** SIMULATED: its sealing key and its root's signing key are published constants. Whoever has the disk has the keys. */
export async function simulatedPlatform(): Promise<Platform> {
  const key = await hkdf(
    utf8("SIMULATED - NOT INTEL - NO PROTECTION"),
    new Uint8Array(0),
    "platform",
  );
  return {
    kind: evidenceKinds.simulated,
    protection: 1,
    box: await sealedBox(key),
    evidence: simulatedEvidence,
  };
}
