/**
 * A sealed-bid second-price auction (Vickrey 1961): the highest bidder wins and pays the second highest bid, so that bidding what a
 * thing is worth is the best one can do. No bid leaves but the one that is the price.
 *
 * The first member sells; all others may bid.
 * @module
 */
import {
  digitsOf,
  integersOf,
  only,
  type Json,
  type Program,
  type ProgramContext,
  type Proposal,
} from "cloister";

const SELLER = 0;
const BID = "bid/";
const RESULT = "result";

/** `bid` with the private table `bid`: one row, `amount`. A later bid replaces an earlier one. */
async function bid({ caller, privateTable, state }: ProgramContext): Promise<Proposal> {
  const amount = only(integersOf(privateTable, "amount"));
  const isOpen = caller !== SELLER && (await state.get(RESULT)) === undefined;
  if (isOpen) await state.set(`${BID}${caller}`, digitsOf(amount));
  return { kind: "value", value: { taken: isOpen } };
}

/** `close()`: the seller ends the auction. Two bids are needed, for the second is the price. All bids are deleted. */
async function close({ caller, state }: ProgramContext): Promise<Proposal> {
  const keys = await state.list(BID);
  const known = await state.get(RESULT);
  if (known !== undefined) return told(known);
  if (caller !== SELLER || keys.length < 2) return { kind: "value", value: { closed: false } };

  const bids = await Promise.all(
    keys.map(async (key) => ({
      bidder: Number(key.slice(BID.length)),
      amount: Number(await state.get(key)),
    })),
  );
  // Of equal bids the member that stands first in the terms wins: no bid of a stranger decides it, nor does chance.
  const [first, second] = bids.toSorted((a, b) => b.amount - a.amount || a.bidder - b.bidder);
  const sale = { winner: first!.bidder, price: second!.amount };
  await state.set(RESULT, sale);
  for (const key of keys) await state.delete(key);
  return told(sale);
}

/** `result()`: winner and price, once closed. */
async function result({ state }: ProgramContext): Promise<Proposal> {
  const known = await state.get(RESULT);
  return known === undefined ? { kind: "value", value: { closed: false } } : told(known);
}

const told = (known: Json): Proposal => ({
  kind: "value",
  value: { closed: true, ...(known as { winner: number; price: number }) },
});

export default { bid, close, result } satisfies Program;
