/**
 * How many customers do we share? The program never sees one: it asks the gate for the size of the intersection, and the gate
 * tells it when it is at least as large as the policy's cohort.
 * @module
 */
import type { Program, Proposal } from "cloister";

/** `overlap()`: how many different ids at least two members hold. */
function overlap(): Proposal {
  return {
    kind: "value",
    value: { shared: { aggregate: "shared", table: "customers", column: "id" } },
  };
}

export default { overlap } satisfies Program;
