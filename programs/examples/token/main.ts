/**
 * A token whose balances are private: what a member holds and whom it pays, only that member and the payee learn, by asking.
 *
 * The first member mints. That a member made a transfer the chain shows; whom it paid, and whether it moved anything, it does not.
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

const MINTER = 0;
/**
 * All balances by member, under one key and each in as many digits: everybody sees which entries of a state a call replaced and how
 * long they are.
 */
const BALANCES = "balances";

async function balancesOf({ members, state }: ProgramContext): Promise<number[]> {
  const held = (await state.get(BALANCES)) as readonly string[] | undefined;
  return members.map((_, member) => Number(held?.[member] ?? 0));
}

const keep = (balances: readonly number[], { state }: ProgramContext): Promise<void> =>
  state.set(BALANCES, balances.map(digitsOf));

const sum = (balances: readonly number[]): number => balances.reduce((a, b) => a + b, 0);

/** `mint(amount)`: new tokens for the first member; asked by another, none. */
async function mint(context: ProgramContext): Promise<Proposal> {
  const { amount } = context.params as { amount: number };
  const balances = await balancesOf(context);
  const isSafe = Number.isSafeInteger(sum(balances) + amount);
  if (context.caller === MINTER && isSafe) balances[MINTER]! += amount;
  await keep(balances, context);
  return { kind: "value", value: { supply: sum(balances) } };
}

/** `transfer` with the private table `transfer`: one row, `to` (index of a member) and `amount`. */
async function transfer(context: ProgramContext): Promise<Proposal> {
  const { caller, members, privateTable } = context;
  const to = only(integersOf(privateTable, "to"));
  const amount = only(integersOf(privateTable, "amount"));
  const balances = await balancesOf(context);
  const done = to < members.length && to !== caller && amount <= balances[caller]!;
  if (done) {
    balances[caller]! -= amount;
    balances[to]! += amount;
  }
  // Also when nothing moved: what a call writes does not tell whether it was done.
  await keep(balances, context);
  return { kind: "value", value: { done } };
}

/** `balance()`: the caller's. */
async function balance(context: ProgramContext): Promise<Proposal> {
  return { kind: "value", value: { balance: (await balancesOf(context))[context.caller]! } };
}

/** `supply()`: all tokens there are. */
async function supply(context: ProgramContext): Promise<Proposal> {
  return { kind: "value", value: { supply: sum(await balancesOf(context)) } };
}

export default { mint, transfer, balance, supply } satisfies Program;
