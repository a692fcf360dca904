/** What the enclave signs: `Ready`, `Result` and `Erasure`, and never two different successes for one seal. @module */
import { encodeBytes32String } from "ethers";
import { ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { AbstentionReason, FailureReason } from "../../../protocol/reasons.ts";
import { resultStatus, type Result } from "../../../protocol/schema.ts";
import {
  digestOf,
  signDigest,
  type Deployment,
  type Signable,
} from "../../../protocol/typed-data.ts";

/** What there is to say about a sealed task. */
export type Verdict =
  | {
      readonly kind: "success";
      readonly outputCommitment: Hex;
      readonly outputLength: number;
      /** Zero for a task that does not change the state. */
      readonly nextStateRoot: Hex;
    }
  | { readonly kind: "failure"; readonly reason: FailureReason }
  | { readonly kind: "abstention"; readonly reason: AbstentionReason };

export class Signer {
  readonly #key: Uint8Array;
  /** Digest of the success signed for a seal, in this process's life; runs are deterministic across lives. */
  readonly #successes = new Map<string, string>();

  constructor(signingKey: Uint8Array) {
    this.#key = signingKey;
  }

  ready(deployment: Deployment, taskId: Hex, committee: Hex): Hex {
    return signDigest(this.#key, digestOf(deployment, "Ready", { taskId, committee }));
  }

  erasure(deployment: Deployment, erasure: Signable["Erasure"]): Hex {
    return signDigest(this.#key, digestOf(deployment, "Erasure", erasure));
  }

  /** @throws ProtocolError INTERNAL rather than sign a second, different success: that is what gets a worker slashed */
  result(
    deployment: Deployment,
    sealDigest: Hex,
    verdict: Verdict,
  ): { result: Result; signature: Hex } {
    const result: Result = {
      sealDigest,
      status: resultStatus[verdict.kind],
      reason: verdict.kind === "success" ? ZERO_HASH : (encodeBytes32String(verdict.reason) as Hex),
      nextStateRoot: verdict.kind === "success" ? verdict.nextStateRoot : ZERO_HASH,
      outputCommitment: verdict.kind === "success" ? verdict.outputCommitment : ZERO_HASH,
      outputLength: verdict.kind === "success" ? verdict.outputLength : 0,
    };
    const digest = digestOf(deployment, "Result", result);
    if (verdict.kind === "success") {
      const before = this.#successes.get(sealDigest) ?? digest;
      if (before !== digest)
        throw new ProtocolError("INTERNAL", { what: "a run is not repeatable" });
      this.#successes.set(sealDigest, digest);
    }
    return { result, signature: signDigest(this.#key, digest) };
  }
}
