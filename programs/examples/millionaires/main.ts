/**
 * Yao's millionaires (1982): who is richest, and nothing else. Each member tells its wealth once, to the program alone.
 * @module
 */
import {
  digitsOf,
  integersOf,
  only,
  type Program,
  type ProgramContext,
  type Proposal,
} from "cloister";

const wealthOf = (member: number): string => `wealth/${member}`;

/** `tell` with the private table `wealth`: one row, `amount`. What was told stands: who could tell again could search. */
async function tell({ caller, privateTable, state }: ProgramContext): Promise<Proposal> {
  const amount = only(integersOf(privateTable, "amount"));
  const isFirst = (await state.get(wealthOf(caller))) === undefined;
  if (isFirst) await state.set(wealthOf(caller), digitsOf(amount));
  return { kind: "value", value: { taken: isFirst } };
}

/** `richest()`: the members that nobody exceeds, once all have told; else an empty list. */
async function richest({ members, state }: ProgramContext): Promise<Proposal> {
  const told = await Promise.all(members.map((_, member) => state.get(wealthOf(member))));
  if (told.includes(undefined)) return { kind: "value", value: { richest: [] } };
  const amounts = told.map(Number);
  const most = Math.max(...amounts);
  const rich = [...amounts.keys()].filter((member) => amounts[member] === most);
  return { kind: "value", value: { richest: rich } };
}

export default { tell, richest } satisfies Program;
