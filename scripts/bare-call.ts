/** Calls of a program without a task around them, to measure and to test the runtime alone. @module */
import type { CallFacts, GuestCall } from "../worker/enclave/runtime/outcome.ts";
import type { ProgramState } from "../protocol/program.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { ZERO_HASH } from "../protocol/bytes.ts";

const facts: CallFacts = {
  caller: 0,
  members: [],
  task: {
    id: ZERO_HASH,
    terms: ZERO_HASH,
    functionName: "f",
    recipients: 1,
    sealedBlock: 1,
    sealedAt: 1,
    version: 0,
  },
  policy: { ...defaultPolicy, requests: [{ function: "f" }] },
  params: {},
  tables: {},
  seed: new Uint8Array(32),
};

/** A call of function `f`. */
export const callOf = (module: Uint8Array, overrides: Partial<CallFacts> = {}): GuestCall => ({
  module,
  functionName: overrides.task?.functionName ?? "f",
  facts: { ...facts, ...overrides },
  rows: true,
});

const refuse = (): never => {
  throw new TypeError("no state here");
};
export const noState: ProgramState = { get: refuse, set: refuse, delete: refuse, list: refuse };
