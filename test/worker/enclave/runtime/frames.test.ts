/** What goes to a guest's process arrives as it was; what comes back from one that broke out may be anything and is judged. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callOf } from "../../../../scripts/bare-call.ts";
import type { Column, MemberTable } from "../../../../protocol/program.ts";
import { packCall, unpackCall } from "../../../../worker/enclave/runtime/call-frame.ts";
import { readAnswer, type Outcome } from "../../../../worker/enclave/runtime/outcome.ts";
import { packProposal, unpackProposal } from "../../../../worker/enclave/runtime/proposal-frame.ts";
import { framePieces } from "../../../../worker/enclave/runtime/write-frame.ts";
import { readFrames, type Frame } from "../../../../worker/frames.ts";
import { collect } from "../../host/support/collect.ts";

/** What arrives of a frame after it went through a pipe. */
async function sent({ json, pieces }: { json: unknown; pieces: readonly Uint8Array[] }) {
  const limits = { json: 2 ** 20, attachment: 2 ** 20 };
  async function* pipe() {
    yield* framePieces(json, pieces);
  }
  const [frame] = await collect(readFrames(pipe(), limits));
  return frame as Frame;
}
const name = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom("__proto__", "kind", "0"));
const codes = fc.uint32Array({ maxLength: 6 });

const rows = 4;
const ofRows = { minLength: rows, maxLength: rows };
const column: fc.Arbitrary<Column> = fc.oneof(
  fc.int32Array(ofRows).map((values) => ({ type: "fixed" as const, values })),
  fc.float64Array(ofRows).map((values) => ({ type: "float64" as const, values })),
  fc.uint8Array({ ...ofRows, max: 1 }).map((values) => ({ type: "boolean" as const, values })),
  fc.uint32Array({ ...ofRows, max: 1 }).map((values) => ({
    type: "string" as const,
    values,
    dictionary: ["", "ä"],
  })),
);
const columns = fc.dictionary(fc.string({ maxLength: 5 }), column, {
  maxKeys: 4,
  noNullPrototype: true,
});
const table: fc.Arbitrary<MemberTable> = fc
  .record({ member: fc.nat(31), columns })
  .map((fields) => ({ ...fields, rows }));

describe("a call", () => {
  it("arrives as it was", async () => {
    const tables = fc.dictionary(fc.string({ maxLength: 5 }), fc.array(table, { maxLength: 3 }), {
      maxKeys: 3,
      noNullPrototype: true,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array(),
        tables,
        fc.option(columns),
        fc.boolean(),
        async (module, facts, own, seen) => {
          const call = {
            ...callOf(module, {
              tables: facts,
              ...(own && { privateTable: { rows, columns: own } }),
            }),
            rows: seen,
          };
          expect(unpackCall(await sent(packCall(call)))).toEqual(call);
        },
      ),
    );
  });
});

/** Answers that are nearly right, and those that are nothing. */
const answer = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      failure: fc.constantFrom("PROGRAM_THREW", "COHORT_TOO_SMALL", "FUNCTION_UNKNOWN", 1, null),
      abstention: fc.constantFrom("LIMIT_OUTPUT", "LIMIT_CPU", "INTERNAL", {}),
      trace: fc.jsonValue(),
      proposal: fc.jsonValue(),
      arrays: fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.tuple(
            name,
            fc.oneof(fc.nat(9), fc.double({ noNaN: true }), fc.constant(-1), fc.constant(2 ** 53)),
          ),
        ),
      ),
    },
    { requiredKeys: [] },
  ),
);
const words: Record<"failure" | "abstention", readonly string[]> = {
  failure: [
    "PARAMETER_INVALID",
    "TABLE_TOO_SMALL",
    "TABLE_MISSING",
    "FUNCTION_UNKNOWN",
    "PROGRAM_THREW",
  ],
  abstention: ["LIMIT_MEMORY", "LIMIT_OUTPUT"],
};

/** Whether what was made of an answer can be given on. */
function isHarmless(outcome: Outcome, attachment: Uint8Array): boolean {
  if (outcome.kind !== "proposal") return words[outcome.kind].includes(outcome.reason);
  const arrays = Object.values(outcome.proposal ?? {}).filter(
    (value): value is Uint32Array => value instanceof Uint32Array,
  );
  const bytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  // Views into what was sent, one after the other: nothing is allocated on a stranger's word.
  return arrays.every(({ buffer }) => buffer === attachment.buffer) && bytes <= attachment.length;
}

describe("an answer", () => {
  it("arrives as it was", async () => {
    const fields = fc.dictionary(name, fc.oneof(codes, fc.jsonValue()), {
      maxKeys: 5,
      noNullPrototype: true,
    });
    await fc.assert(
      fc.asyncProperty(fields, async (proposal) => {
        const { proposal: read } = unpackProposal(await sent(packProposal(proposal))) ?? {};
        const entries = Object.entries(proposal).map(([key, value]) => [
          key,
          value instanceof Uint32Array ? value : (JSON.parse(JSON.stringify(value)) as unknown),
        ]);
        // Codes come after the rest.
        expect(new Map(Object.entries(read as object))).toEqual(
          new Map(entries as [string, unknown][]),
        );
      }),
    );
  });

  it("that is anything ends in a proposal for the gate or in one of a guest's own words", () => {
    fc.assert(
      fc.property(answer, fc.uint8Array({ maxLength: 64 }), (json, bytes) => {
        const attachment = bytes.slice();
        expect(isHarmless(readAnswer({ json, attachment }), attachment)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
