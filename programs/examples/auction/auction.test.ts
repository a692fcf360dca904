import { openContract, type Contract } from "cloister/test";
import { expect, test } from "vitest";

const bid = (auction: Contract, caller: number, amount: number) =>
  auction.call("bid", { caller, privateRows: [{ amount }] });

test("the highest bidder pays the second highest bid", async () => {
  const auction = await openContract(import.meta.dirname, { members: 4 });
  for (const [i, amount] of [300, 500, 400].entries()) await bid(auction, i + 1, amount);
  expect(await auction.call("result")).toEqual({ closed: false });
  const sold = { closed: true, winner: 2, price: 400 };
  expect(await auction.call("close", { caller: 0 })).toEqual(sold);
  expect(await auction.call("result", { caller: 3 })).toEqual(sold);
});

test("a bid can be raised until the seller closes, and not after", async () => {
  const auction = await openContract(import.meta.dirname, { members: 3 });
  await bid(auction, 1, 10);
  await bid(auction, 2, 20);
  await bid(auction, 1, 30);
  expect(await auction.call("close", { caller: 1 })).toEqual({ closed: false });
  expect(await auction.call("close", { caller: 0 })).toEqual({
    closed: true,
    winner: 1,
    price: 20,
  });
  expect(await bid(auction, 2, 99)).toEqual({ taken: false });
  expect(await auction.call("close", { caller: 0 })).toEqual({
    closed: true,
    winner: 1,
    price: 20,
  });
});

test("needs two bids, none of them the seller's; equal bids go to whom the terms name first", async () => {
  const auction = await openContract(import.meta.dirname, { members: 3 });
  expect(await bid(auction, 0, 5)).toEqual({ taken: false });
  await bid(auction, 2, 5);
  expect(await auction.call("close", { caller: 0 })).toEqual({ closed: false });
  await bid(auction, 1, 5);
  expect(await auction.call("close", { caller: 0 })).toEqual({ closed: true, winner: 1, price: 5 });
});
