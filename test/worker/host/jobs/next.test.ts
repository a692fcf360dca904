/** The decision table of a job: rows by hand for what must happen, and every combination of facts for what must never. */
import { describe, expect, it } from "vitest";
import { taskStates } from "../../../../protocol/schema.ts";
import type { Job, ProposalFacts, ResultFacts } from "../../../../worker/host/jobs/job.ts";
import { MOST_ABSTENTIONS, isOwed, next } from "../../../../worker/host/jobs/next.ts";

const proposal: ProposalFacts = {
  sealBy: 1000,
  opens: 50,
  ready: true,
  consentsComplete: true,
  readies: { have: 3, need: 2, of: 3 },
  before: 0,
  sealableSince: 60,
  autoSeal: true,
  graceBlocks: 6,
  turnBlocks: 4,
};
const job: Job = {
  task: `0x${"17".repeat(32)}`,
  state: "proposed",
  head: { block: 60, time: 900 },
  clock: 10_000,
  notBefore: 0,
  index: 1,
  missing: [],
  blocked: false,
  draining: false,
  proposal,
};
const result: ResultFacts = { status: "success", submitted: false, abstentions: 0, retryAt: 0 };
const abstention: ResultFacts = { ...result, status: "abstention", abstentions: 1 };
const seal = { resultBy: 1000, mine: true };

const proposed = (facts: Partial<ProposalFacts>, rest: Partial<Job> = {}): Job => ({
  ...job,
  ...rest,
  proposal: { ...proposal, ...facts },
});
const sealed = (facts?: Partial<ResultFacts>, rest: Partial<Job> = {}): Job => ({
  ...job,
  state: "sealed",
  seal,
  ...(facts && { result: { ...result, ...facts } }),
  ...rest,
});
const wait = (reason: string) => ({ do: "wait", for: reason });

describe.each<[string, Job, object]>([
  ["an input is not here", proposed({ ready: false }, { missing: ["0xaa"] }), wait("inputs")],
  ["an input does not open", proposed({ ready: false }, { blocked: true }), wait("data-key")],
  ["all inputs are here", proposed({ ready: false }), { do: "ready" }],
  ["Ready failed a moment ago", proposed({ ready: false }, { notBefore: 20_000 }), wait("retry")],
  ["a consent is missing", proposed({ consentsComplete: false }), { do: "gather" }],
  ["m are not ready", proposed({ readies: { have: 1, need: 2, of: 3 } }), { do: "gather" }],
  ["the veto period runs", proposed({ opens: 61 }), { do: "gather" }],
  ["the veto period is over", proposed({ opens: 60 }), { do: "seal" }],
  ["a Ready may still come", proposed({ readies: { have: 2, need: 2, of: 3 } }), { do: "gather" }],
  [
    "the last Ready does not come",
    proposed({ readies: { have: 2, need: 2, of: 3 } }, { head: { block: 66, time: 900 } }),
    { do: "seal" },
  ],
  ["another worker comes first", proposed({ before: 1 }), wait("turn")],
  [
    "the other worker did not seal",
    proposed({ before: 1 }, { head: { block: 64, time: 900 } }),
    { do: "seal" },
  ],
  ["the operator does not seal", proposed({ autoSeal: false }), wait("seal")],
  [
    "it is too late to seal",
    proposed({}, { head: { block: 60, time: 1001 } }),
    wait("cancellation"),
  ],
  ["it is just in time to seal", proposed({}, { head: { block: 60, time: 1000 } }), { do: "seal" }],
  ["this worker is not in the committee", proposed({}, { index: -1 }), wait("committee")],
  ["it is sealed with this worker", sealed(), { do: "run" }],
  [
    "it is sealed without this worker",
    { ...sealed(), seal: { ...seal, mine: false } },
    wait("quorum"),
  ],
  ["an input was lost", sealed(undefined, { missing: ["0xaa"] }), { do: "abstain" }],
  [
    "an input was lost and it said so",
    sealed({ ...abstention, submitted: true }, { missing: ["0xaa"] }),
    wait("inputs"),
  ],
  [
    "an input was lost and others agreed",
    sealed(undefined, { state: "finalized", missing: ["0xaa"] }),
    wait("inputs"),
  ],
  ["the run failed a moment ago", sealed(undefined, { notBefore: 20_000 }), wait("retry")],
  ["the result is journalled", sealed({}), { do: "submit" }],
  ["the result is on chain", sealed({ submitted: true }), wait("quorum")],
  ["the deadline is over", sealed({}, { head: { block: 60, time: 1001 } }), wait("expiry")],
  ["an abstention is journalled", sealed(abstention), { do: "submit" }],
  ["an abstention is on chain", sealed({ ...abstention, submitted: true }), { do: "run" }],
  [
    "an abstention was a moment ago",
    sealed({ ...abstention, submitted: true, retryAt: 20_000 }),
    wait("retry"),
  ],
  [
    "it abstained too often",
    sealed({ ...abstention, submitted: true, abstentions: MOST_ABSTENTIONS }),
    wait("quorum"),
  ],
  ["others agreed first", sealed(undefined, { state: "finalized" }), { do: "run" }],
  ["others agreed on the same", sealed({ agreed: true }, { state: "finalized" }), { do: "submit" }],
  [
    "others agreed on something else",
    sealed({ agreed: false }, { state: "finalized" }),
    { do: "forget", keep: true },
  ],
  [
    "it is over and paid",
    sealed({ agreed: true, submitted: true }, { state: "failed" }),
    { do: "forget", keep: true },
  ],
  ["it drains", proposed({ ready: false }, { draining: true }), wait("drain-end")],
  ["it drains and said that it is ready", proposed({}, { draining: true }), { do: "seal" }],
  ["it drains and is sealed in", sealed(undefined, { draining: true }), { do: "run" }],
  ["it was cancelled", { ...job, state: "cancelled" }, { do: "forget", keep: false }],
  ["it expired", sealed({}, { state: "expired" }), { do: "forget", keep: false }],
  ["its proposal vanished", { ...job, state: "none" }, { do: "forget", keep: false }],
])("when %s", (_, facts, action) => {
  it(`does ${JSON.stringify(action)}`, () => expect(next(facts)).toEqual(action));
});

const at = (time: number): Partial<Job> => ({ head: { block: 60, time } });

describe("somebody counts on it", () => {
  it.each<[string, Job, boolean]>([
    ["when it said nothing", proposed({ ready: false }), false],
    ["when its Ready may be sealed", proposed({}), true],
    ["when a seal of the last moment may still turn up", proposed({}, at(1001)), true],
    ["when no seal can come any more", proposed({}, at(2000)), false],
    ["when it is not in the committee", proposed({}, { index: -1 }), false],
    ["when its result is due", sealed(), true],
    ["when its result awaits the others", sealed({ submitted: true }), true],
    ["when the deadline is over", sealed({}, at(1001)), false],
    ["when it is not sealed in", { ...sealed(), seal: { ...seal, mine: false } }, false],
    ["when its equal result is not there yet", sealed({ agreed: true }, { state: "failed" }), true],
    ["when all is paid", sealed({ agreed: true, submitted: true }, { state: "finalized" }), false],
    ["when it was cancelled", { ...job, state: "cancelled" }, false],
  ])("%s", (_, facts, expected) => expect(isOwed(facts)).toBe(expected));
});

/** Every combination of facts that matter: 7 states and a few values of each fact. */
function* everyJob(): Generator<Job> {
  const either = [false, true] as const;
  const results = [
    undefined,
    ...(["success", "failure", "abstention"] as const).flatMap((status) =>
      either.flatMap((submitted) =>
        [undefined, false, true].map((agreed) => ({
          ...result,
          status,
          submitted,
          abstentions: status === "abstention" ? 1 : 0,
          ...(agreed !== undefined && { agreed }),
        })),
      ),
    ),
  ];
  for (const state of taskStates)
    for (const time of [900, 1000, 1001])
      for (const index of [-1, 0, 2])
        for (const missing of [[], ["0xaa"] as const])
          for (const blocked of either)
            for (const ready of either)
              for (const consentsComplete of either)
                for (const have of [1, 2, 3])
                  for (const notBefore of [0, 20_000])
                    for (const mine of [undefined, false, true])
                      for (const own of mine ? results : [undefined])
                        yield {
                          ...job,
                          state,
                          head: { block: 90, time },
                          index,
                          missing,
                          blocked,
                          notBefore,
                          proposal: {
                            ...proposal,
                            ready,
                            consentsComplete,
                            readies: { have, need: 2, of: 3 },
                          },
                          ...(mine !== undefined && { seal: { ...seal, mine } }),
                          ...(own && { result: own }),
                        };
}

describe("whatever the facts", () => {
  it("keeps to the rules that money and secrets depend on", () => {
    let count = 0;
    const violations: object[] = [];
    for (const facts of everyJob()) {
      count += 1;
      const action = next(facts);
      const { state, head, proposal: p, seal: s, result: r } = facts;
      const broken =
        // Nothing is run, and nothing submitted, but for a seal that names this worker, and in time.
        (["run", "submit", "abstain"].includes(action.do) &&
          !(s?.mine && head.time <= s.resultBy)) ||
        // Only what is journalled is submitted, once, and after the end only what was agreed on.
        (action.do === "submit" && (!r || r.submitted)) ||
        (action.do === "submit" && state !== "sealed" && r?.agreed !== true) ||
        // Whoever holds everything answers.
        (action.do === "abstain" && (facts.missing.length === 0 || r !== undefined)) ||
        // A result stands: only an abstention is followed by another run.
        (action.do === "run" && r !== undefined && r.status !== "abstention") ||
        // Ready says that every input was opened.
        (action.do === "ready" && (facts.missing.length > 0 || facts.blocked || facts.index < 0)) ||
        // Sealing needs everybody's consent and m workers.
        (action.do === "seal" && !(p.consentsComplete && p.readies.have >= p.readies.need)) ||
        // Outputs are dropped only when no result can count any more; jobs end only with their tasks.
        // What is done with is owed to nobody, and what must be done is.
        (action.do === "forget" && isOwed(facts)) ||
        (["run", "submit", "abstain"].includes(action.do) && !isOwed(facts)) ||
        (action.do === "forget" && action.keep !== ["finalized", "failed"].includes(state)) ||
        (action.do === "forget" && ["proposed", "sealed"].includes(state)) ||
        // What failed a moment ago is left alone.
        (facts.notBefore > facts.clock && ["ready", "seal", "run", "submit"].includes(action.do));
      if (broken) violations.push({ facts, action });
    }
    expect(violations.slice(0, 3)).toEqual([]);
    expect(count).toBeGreaterThan(50_000);
  });
});
