import { describe, expect, it } from "vitest";
import { policy, table, type Row } from "../../../programs/location-analytics/support.ts";
import type { ReleaseRequest } from "../../../../worker/enclave/gate/request.ts";
import { ask, codes, labelled, spread, times } from "./support.ts";

const points = (count: number) => table(times(0, count).map((_, i): Row => [i, i]));

function askPredictions(assignment: unknown, request: Partial<ReleaseRequest> = {}) {
  return ask("predict", {
    proposal: { kind: "predictions", labels: ["a", "b"], assignment },
    tables: { training: labelled({ a: 30, b: 30 }) },
    privateTable: points(3),
    ...request,
  });
}

/** One question to training rows that all carry the label `a`. */
const askOne = (training: ReturnType<typeof labelled>) =>
  ask("predict", {
    proposal: { kind: "predictions", labels: ["a"], assignment: codes(0) },
    tables: { training },
    privateTable: points(1),
  });

describe("predictions", () => {
  it("names the class of each private row, in their order", () => {
    expect(askPredictions(codes(1, 0, 1))).toEqual({ predictions: ["b", "a", "b"] });
    expect(askPredictions(codes(), { privateTable: points(0) })).toEqual({ predictions: [] });
  });

  it("goes to the asker alone", () => {
    for (const [recipients, requester] of [
      [0, 0],
      [2, 0],
      [3, 0],
      [1, 1],
      [2 ** 32 - 1, 31],
    ])
      expect(
        askPredictions(codes(1, 0, 1), { recipients: recipients!, requester: requester! }),
      ).toBe("RECIPIENTS_NOT_ALLOWED");
    expect(askPredictions(codes(1, 0, 1), { recipients: 2 ** 31, requester: 31 })).toMatchObject(
      {},
    );
  });

  it("stays within the number the policy allows", () => {
    const privateTable = points(101);
    expect(askPredictions(codes(...times(0, 101)), { privateTable })).toBe("TOO_MANY_PREDICTIONS");
    expect(
      askPredictions(codes(), { privateTable: points(1), policy: policy({ maxPredictions: 0 }) }),
    ).toBe("TOO_MANY_PREDICTIONS");
  });

  it("answers exactly the private rows", () => {
    for (const assignment of [codes(0, 1), codes(0, 1, 0, 1), codes(0, 1, 2), undefined])
      expect(askPredictions(assignment)).toBe("RELEASE_MALFORMED");
  });

  it("needs the private table and training rows", () => {
    expect(askPredictions(codes(), { privateTable: undefined })).toBe("TABLE_MISSING");
    expect(askPredictions(codes(0, 0, 0), { tables: {} })).toBe("TABLE_MISSING");
  });

  it("does not name a class that fewer rows than a cohort carry", () => {
    const tables = { training: labelled({ a: 3, b: 30 }) };
    expect(askPredictions(codes(0, 1, 0), { tables })).toEqual({ predictions: [null, "b", null] });
  });

  it("is not an oracle on a few rows, on one other member, or on one member's mass", () => {
    expect(askOne(spread([4, 4, 4], "a"))).toBe("COHORT_TOO_SMALL");
    expect(askOne(spread([20, 20], "a"))).toBe("PARTIES_TOO_FEW");
    expect(askOne(spread([100, 5, 5], "a"))).toBe("PARTY_SHARE_TOO_LARGE");
  });
});
