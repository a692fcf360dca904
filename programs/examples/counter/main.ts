/** A number that several members count up together; nobody but them reads it. @module */
import type { Program, ProgramContext, Proposal } from "cloister";

/** `add(by)`: counts up and tells the new number. */
async function add({ params, state }: ProgramContext): Promise<Proposal> {
  const { by } = params as { by: number };
  const count = (((await state.get("count")) as number | undefined) ?? 0) + by;
  await state.set("count", count);
  return { kind: "value", value: { count } };
}

/** `read()`: tells the number and changes nothing. */
async function read({ state }: ProgramContext): Promise<Proposal> {
  return {
    kind: "value",
    value: { count: ((await state.get("count")) as number | undefined) ?? 0 },
  };
}

export default { add, read } satisfies Program;
