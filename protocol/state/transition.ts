/** The audit's check of a task that reads or changes a state: which version it read, and which one followed. @module */
import { ZERO_HASH, type Hex } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import type { Question } from "../receipt.ts";
import { resultStatus, type Result, type Seal } from "../schema.ts";
import { contributorsOf, type Compared } from "../verify.ts";

/** A version of a state as the chain announced it. */
export interface StateVersion {
  readonly version: number;
  readonly stateRoot: Hex;
  /** Mask of the members whose data ever entered it. */
  readonly contributors: number;
}

/**
 * The seal names the version that the chain had, whose contributors are those whose consents were demanded; a success that changes the
 * state became the next version, with this task's contributors; nothing else became one.
 * @param outcome the agreed result, when there is one
 * @param versions those the chain announced, the read one and the next one among them; absent: only the papers are compared
 * @throws ProtocolError HASH_MISMATCH, NOT_FOUND for a version that the chain did not announce
 */
export function verifyTransition(
  q: Question,
  seal: Seal,
  outcome: Pick<Result, "status" | "nextStateRoot"> | undefined,
  versions: readonly StateVersion[] | undefined,
): Compared {
  const announced = (version: number): StateVersion => {
    const found = versions?.find((one) => one.version === version);
    if (!found) throw new ProtocolError("NOT_FOUND", { what: "state version", name: `${version}` });
    return found;
  };
  const reads: StateVersion =
    seal.version > 0 && versions
      ? announced(seal.version)
      : { version: 0, stateRoot: ZERO_HASH, contributors: 0 };
  if (versions || seal.version === 0) {
    expectEqual("state root", seal.stateRoot, reads.stateRoot);
    expectEqual("state's contributors", `${q.stateContributors}`, `${reads.contributors}`);
  }
  const read = { "state version": seal.version, "state root": seal.stateRoot };
  const moves = q.task.changesState && outcome?.status === resultStatus.success;
  const next = outcome?.nextStateRoot ?? ZERO_HASH;
  expectEqual("next state root", next === ZERO_HASH ? "none" : "one", moves ? "one" : "none");
  if (!moves) return read;
  if (versions) {
    const { stateRoot, contributors } = announced(seal.version + 1);
    expectEqual("next state root", next, stateRoot);
    expectEqual("next state's contributors", `${contributorsOf(q)}`, `${contributors}`);
  }
  return { ...read, "next state root": next };
}

function expectEqual(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new ProtocolError("HASH_MISMATCH", { what, expected, actual });
}
