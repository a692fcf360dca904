import { describe, expect, it } from "vitest";
import type { MemberTable } from "../../../../protocol/program.ts";
import { pooledTraining } from "../../../../programs/kernels/training.ts";
import { memberTable, policy, type Row } from "../../../programs/location-analytics/support.ts";
import { ask, codes, labelled, spread, times } from "./support.ts";

interface Answer {
  readonly classes: number[];
  readonly locations?: MemberTable[];
  readonly training: MemberTable[];
  /** Prediction of each hold-out row; absent: all right. */
  readonly predicted?: number[];
  readonly rules?: ReturnType<typeof policy>;
}

/** A well-formed proposal: rows in `classes` order, split among three members. */
function askClasses({ classes, training, rules = policy(), ...rest }: Answer) {
  const third = Math.floor(classes.length / 3);
  const locations = rest.locations ?? spread([third, third, classes.length - 2 * third]);
  const { labels, codes: all, heldOut } = pooledTraining(training);
  const actual = Uint32Array.from(heldOut, (row) => all[row]!);
  return ask("classify", {
    policy: rules,
    tables: { locations, training },
    proposal: {
      kind: "classes",
      labels,
      assignment: codes(...classes),
      actual,
      predicted: rest.predicted ? codes(...rest.predicted) : actual,
    },
  });
}

describe("classes", () => {
  const training = labelled({ a: 60, b: 60, c: 60 });

  it("counts rows by label", () => {
    expect(askClasses({ classes: [...times(0, 20), ...times(2, 12)], training })).toEqual({
      rows: 32,
      classes: [
        { label: "a", rows: 20 },
        { label: "c", rows: 12 },
      ],
      other: 0,
      holdout: {
        rows: 36,
        accuracy: 1,
        labels: ["a", "b", "c"],
        matrix: [
          [12, 0, 0, 0],
          [0, 12, 0, 0],
          [0, 0, 12, 0],
          [0, 0, 0, 0],
        ],
      },
    });
  });

  it("merges a small class, and the smallest large one when the rest stays small", () => {
    const classes = [...times(0, 20), ...times(1, 12), ...times(2, 3)];
    expect(askClasses({ classes, training })).toMatchObject({
      classes: [{ label: "a", rows: 20 }],
      other: 15,
    });
  });

  it("keeps a real label `other` apart from the rest", () => {
    const classes = [...times(0, 11), ...times(1, 30), ...times(2, 11)];
    const labels = labelled({ other: 60, rare: 3, rarer: 6, usual: 60 });
    const four = classes.map((code) => [0, 3, 1][code]!);
    expect(askClasses({ classes: four, training: labels })).toMatchObject({
      classes: [
        { label: "other", rows: 11 },
        { label: "usual", rows: 30 },
      ],
      other: 11,
    });
  });

  it("does not name a label that fewer training rows than a cohort carry", () => {
    const labels = labelled({ "Ann Smith": 3, usual: 60 });
    const output = askClasses({ classes: [...times(0, 20), ...times(1, 20)], training: labels });
    expect(output).toMatchObject({ classes: [{ label: "usual", rows: 20 }], other: 20 });
    expect(JSON.stringify(output)).not.toContain("Ann");
  });

  it("refuses when no class can be named", () => {
    expect(askClasses({ classes: [...times(0, 9), ...times(1, 9)], training })).toBe(
      "COHORT_TOO_SMALL",
    );
    expect(askClasses({ classes: [...times(0, 30), 1], training })).toBe("COHORT_TOO_SMALL");
  });

  it("refuses to measure on fewer rows than a cohort", () => {
    const few = labelled({ a: 15, b: 15 });
    expect(askClasses({ classes: times(0, 30), training: few })).toBe("COHORT_TOO_SMALL");
  });

  it("refuses few parties and large shares, among counted and among held-out rows", () => {
    const classes = times(0, 30);
    const two = labelled({ a: 90 }).slice(0, 2);
    const uneven = [...labelled({ a: 30 }), ...spread([200], "a")];
    expect(askClasses({ classes, training, locations: spread([15, 15]) })).toBe("PARTIES_TOO_FEW");
    expect(askClasses({ classes, training: two })).toBe("PARTIES_TOO_FEW");
    expect(askClasses({ classes, training, locations: spread([25, 4, 1]) })).toBe(
      "PARTY_SHARE_TOO_LARGE",
    );
    expect(askClasses({ classes, training: uneven })).toBe("PARTY_SHARE_TOO_LARGE");
  });

  it("refuses without rows in either table", () => {
    expect(askClasses({ classes: [], training, locations: [] })).toBe("TABLE_MISSING");
    expect(askClasses({ classes: times(0, 30), training: [] })).toBe("TABLE_MISSING");
  });

  it("refuses more classes than the policy has", () => {
    const rules = policy({ maxClasses: 2 });
    expect(askClasses({ classes: times(0, 30), training, rules })).toBe("TOO_MANY_CLASSES");
  });
});

describe("hold-out", () => {
  it("merges small actual classes, and measures accuracy before merging", () => {
    const training = labelled({ a: 12, b: 12, c: 2, d: 2, e: 6 }, true);
    const { codes: actual } = pooledTraining(training);
    // c is taken for d and d for c: wrong, though both end in the rest.
    const predicted = [...actual].map((code) => [0, 0, 3, 2, 4][code]!);
    const output = askClasses({ classes: times(0, 30), training, predicted });
    expect(output).toMatchObject({
      holdout: {
        rows: 34,
        accuracy: 0.52941,
        labels: ["a", "b"],
        matrix: [
          [12, 0, 0],
          [12, 0, 0],
          [0, 0, 10],
        ],
      },
    });
  });

  it("may have nothing to name and still tell the accuracy", () => {
    const rules = policy({ minParties: 1, minCohort: 3, maxShare: 1 });
    const rows: Row[] = [...times(0, 9), ...times(1, 6)].map((code) => [code, code, "ab"[code]!]);
    const output = askClasses({
      classes: [...times(0, 6), ...times(1, 4)],
      training: [memberTable(0, rows)],
      rules,
    });
    expect(output).toMatchObject({ holdout: { rows: 3, labels: [], matrix: [[3]] } });
  });
});
