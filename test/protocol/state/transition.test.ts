import { id } from "ethers";
import { describe, expect, it } from "vitest";
import { ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import type { Question } from "../../../protocol/receipt.ts";
import type { Seal } from "../../../protocol/schema.ts";
import { verifyTransition, type StateVersion } from "../../../protocol/state/transition.ts";
import { readVectors } from "../../vectors/read.ts";

const [one, two] = [id("root 1"), id("root 2")] as [Hex, Hex];
const { value: task } = readVectors("typed-data").Task;
const { value: sealed } = readVectors("identity").seal;

/** A task of member 0 without inputs, over a state that members 0 and 2 entered. */
const asked = (changesState: boolean, stateContributors = 0b101): Question => ({
  task: { ...task, requester: 0, privateParams: ZERO_HASH, changesState },
  inputs: [],
  params: "{}",
  consents: [],
  stateContributors,
});
const seal = (version: number, stateRoot: Hex): Seal => ({ ...sealed, version, stateRoot });
const success = (nextStateRoot: Hex) => ({ status: 1, nextStateRoot });
const versions: StateVersion[] = [
  { version: 1, stateRoot: one, contributors: 0b101 },
  { version: 2, stateRoot: two, contributors: 0b101 },
];

describe("a transition", () => {
  it("is the step from the sealed version to the next", () => {
    const compared = verifyTransition(asked(true), seal(1, one), success(two), versions);
    expect(compared).toEqual({ "state version": 1, "state root": one, "next state root": two });
    expect(verifyTransition(asked(false), seal(2, two), success(ZERO_HASH), versions)).toEqual({
      "state version": 2,
      "state root": two,
    });
    expect(verifyTransition(asked(true), seal(1, one), success(two), undefined)).toEqual(compared);
  });

  it.each<[string, Parameters<typeof verifyTransition>, string]>([
    [
      "another root than the chain's",
      [asked(true), seal(1, two), undefined, versions],
      "state root",
    ],
    ["a root at version 0", [asked(true, 0), seal(0, one), undefined, []], "state root"],
    [
      "fewer contributors than the chain's",
      [asked(true, 0b001), seal(1, one), undefined, versions],
      "state's contributors",
    ],
    [
      "contributors at version 0",
      [asked(true), seal(0, ZERO_HASH), undefined, undefined],
      "state's contributors",
    ],
    [
      "a query that names a root",
      [asked(false), seal(1, one), success(two), versions],
      "next state root",
    ],
    [
      "a change that names none",
      [asked(true), seal(1, one), success(ZERO_HASH), versions],
      "next state root",
    ],
    [
      "a failure that names one",
      [asked(true), seal(1, one), { status: 2, nextStateRoot: two }, versions],
      "next state root",
    ],
    [
      "another next root than the chain's",
      [asked(true), seal(1, one), success(one), versions],
      "next state root",
    ],
  ])("is refused with %s", (_, papers, what) => {
    expect(() => verifyTransition(...papers)).toThrow(
      expect.objectContaining({ code: "HASH_MISMATCH", facts: expect.objectContaining({ what }) }),
    );
  });

  it("is refused when the chain announced no such version", () => {
    expect(() => verifyTransition(asked(true), seal(2, two), success(one), versions)).toThrow(
      expect.objectContaining({ code: "NOT_FOUND" }),
    );
  });
});
