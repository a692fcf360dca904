import { openContract, type Contract } from "cloister/test";
import { expect, test } from "vitest";

const transfer = (token: Contract, caller: number, to: number, amount: number) =>
  token.call("transfer", { caller, privateRows: [{ to, amount }] });
const balances = async (token: Contract, members = 3) => {
  const all = [];
  for (let caller = 0; caller < members; caller++)
    all.push(await token.call("balance", { caller }));
  return all;
};

test("tokens move, and none is made or lost on the way", async () => {
  const token = await openContract(import.meta.dirname, { members: 3 });
  expect(await token.call("mint", { params: { amount: 100 } })).toEqual({ supply: 100 });
  expect(await transfer(token, 0, 1, 30)).toEqual({ done: true });
  expect(await transfer(token, 1, 2, 10)).toEqual({ done: true });
  expect(await balances(token)).toEqual([{ balance: 70 }, { balance: 20 }, { balance: 10 }]);
  expect(await token.call("supply", { caller: 2 })).toEqual({ supply: 100 });
});

test("nobody spends what it does not have, pays itself, or pays a stranger", async () => {
  const token = await openContract(import.meta.dirname, { members: 3 });
  await token.call("mint", { params: { amount: 5 } });
  for (const [caller, to, amount] of [
    [0, 1, 6],
    [1, 0, 1],
    [0, 0, 1],
    [0, 3, 1],
  ] as const)
    expect(await transfer(token, caller, to, amount)).toEqual({ done: false });
  expect(await balances(token)).toEqual([{ balance: 5 }, { balance: 0 }, { balance: 0 }]);
});

test("only the first member mints, and a balance is for its holder alone", async () => {
  const token = await openContract(import.meta.dirname, { members: 2 });
  const asked = { caller: 1, params: { amount: 9 } };
  expect(await token.call("mint", asked)).toEqual({ supply: 0 });
  const shown = { caller: 1, recipients: [0, 1] };
  await expect(token.call("balance", shown)).rejects.toThrow("RECIPIENTS_NOT_ALLOWED");
});
