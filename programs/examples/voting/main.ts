/**
 * A secret ballot among the members: each votes once, the tally is public, and nobody learns who voted for what.
 *
 * The tally is told only when all have voted ("abstain" is a vote): a tally after each vote would tell every vote.
 * @module
 */
import { integersOf, only, type Program, type ProgramContext, type Proposal } from "cloister";

/** As numbers, for a "yes" is shorter than an "abstain", and lengths are public. The manifest lets nothing else in. */
const NO = 0;
const YES = 1;
const ABSTAIN = 2;
const voteOf = (member: number): string => `vote/${member}`;

/** `cast` with the private table `ballot`: one row, `choice`. A vote that was cast stands. */
async function cast({ caller, privateTable, state }: ProgramContext): Promise<Proposal> {
  const choice = only(integersOf(privateTable, "choice"));
  const isFirst = (await state.get(voteOf(caller))) === undefined;
  if (isFirst) await state.set(voteOf(caller), choice);
  return { kind: "value", value: { counted: isFirst } };
}

/** `tally()`: how many voted, and for what once all have. */
async function tally({ members, state }: ProgramContext): Promise<Proposal> {
  const votes = await Promise.all(members.map((_, member) => state.get(voteOf(member))));
  const voted = votes.filter((vote) => vote !== undefined).length;
  if (voted < members.length) return { kind: "value", value: { voted } };
  const count = (choice: number): number => votes.filter((vote) => vote === choice).length;
  return {
    kind: "value",
    value: { voted, yes: count(YES), no: count(NO), abstain: count(ABSTAIN) },
  };
}

export default { cast, tally } satisfies Program;
