/**
 * A token whose balances are private: what a member holds and whom it pays, only that member and the payee learn, by asking.
 *
 * The first member mints. That a member made a transfer the chain shows; whether it moved anything it does not.
 * @module
 */
import {
  integersOf,
  only,
  type Program,
  type ProgramContext,
  type ProgramState,
  type Proposal,
} from "cloister";

const MINTER = 0;
const SUPPLY = "supply";
const balanceKey = (member: number): string => `balance/${member}`;

const amountAt = async (state: ProgramState, key: string): Promise<number> =>
  ((await state.get(key)) as number | undefined) ?? 0;

/** `mint(amount)`: new tokens for the first member; asked by another, none. */
async function mint({ caller, params, state }: ProgramContext): Promise<Proposal> {
  const { amount } = params as { amount: number };
  const before = await amountAt(state, SUPPLY);
  const next = caller === MINTER ? before + amount : before;
  if (next > before && Number.isSafeInteger(next)) {
    await state.set(SUPPLY, next);
    await state.set(balanceKey(MINTER), (await amountAt(state, balanceKey(MINTER))) + amount);
  }
  return { kind: "value", value: { supply: await amountAt(state, SUPPLY) } };
}

/** `transfer` with the private table `transfer`: one row, `to` (index of a member) and `amount`. */
async function transfer({
  caller,
  members,
  privateTable,
  state,
}: ProgramContext): Promise<Proposal> {
  const to = only(integersOf(privateTable, "to"));
  const amount = only(integersOf(privateTable, "amount"));
  // Nobody's index is a payment to oneself, which is none.
  const payee = to < members.length ? to : caller;
  const held = await amountAt(state, balanceKey(caller));
  const theirs = await amountAt(state, balanceKey(payee));
  const done = payee !== caller && amount <= held;
  const moved = done ? amount : 0;
  // Written also when nothing moves: what a call writes does not tell whether it was done.
  await state.set(balanceKey(payee), theirs + moved);
  await state.set(balanceKey(caller), held - moved);
  return { kind: "value", value: { done } };
}

/** `balance()`: the caller's. */
async function balance({ caller, state }: ProgramContext): Promise<Proposal> {
  return { kind: "value", value: { balance: await amountAt(state, balanceKey(caller)) } };
}

/** `supply()`: all tokens there are. */
async function supply({ state }: ProgramContext): Promise<Proposal> {
  return { kind: "value", value: { supply: await amountAt(state, SUPPLY) } };
}

export default { mint, transfer, balance, supply } satisfies Program;
