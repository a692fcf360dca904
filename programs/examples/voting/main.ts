/**
 * A secret ballot among the members: each votes once, the tally is public, and nobody learns who voted for what.
 *
 * The tally is told only when all have voted ("abstain" is a vote): a tally after each vote would tell every vote.
 * @module
 */
import { only, textsOf, type Program, type ProgramContext, type Proposal } from "cloister";

const CHOICES: readonly string[] = ["yes", "no", "abstain"];
const voteOf = (member: number): string => `vote/${member}`;

/** `cast` with the private table `ballot`: one row, `choice`. A vote that was cast stands. */
async function cast({ caller, privateTable, state }: ProgramContext): Promise<Proposal> {
  const choice = only(textsOf(privateTable, "choice"));
  const isValid = CHOICES.includes(choice) && (await state.get(voteOf(caller))) === undefined;
  if (isValid) await state.set(voteOf(caller), choice);
  return { kind: "value", value: { counted: isValid } };
}

/** `tally()`: how many voted, and for what once all have. */
async function tally({ members, state }: ProgramContext): Promise<Proposal> {
  const votes = await Promise.all(members.map((_, member) => state.get(voteOf(member))));
  const voted = votes.filter((vote) => vote !== undefined).length;
  if (voted < members.length) return { kind: "value", value: { voted } };
  const count = (choice: string): number => votes.filter((vote) => vote === choice).length;
  return {
    kind: "value",
    value: { voted, yes: count("yes"), no: count("no"), abstain: count("abstain") },
  };
}

export default { cast, tally } satisfies Program;
