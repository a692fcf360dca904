import { openContract, type Contract } from "cloister/test";
import { expect, test } from "vitest";

const tell = (club: Contract, caller: number, amount: number) =>
  club.call("tell", { caller, privateRows: [{ amount }] });

test("names the richest when all have told, and nothing else", async () => {
  const club = await openContract(import.meta.dirname, { members: 3 });
  await tell(club, 0, 7);
  await tell(club, 1, 2_000);
  expect(await club.call("richest")).toEqual({ richest: [] });
  await tell(club, 2, 1_999);
  expect(await club.call("richest")).toEqual({ richest: [1] });
});

test("names all who are equally rich", async () => {
  const club = await openContract(import.meta.dirname, { members: 3 });
  for (const [member, amount] of [5, 3, 5].entries()) await tell(club, member, amount);
  expect(await club.call("richest")).toEqual({ richest: [0, 2] });
});

test("nobody searches for another's wealth by telling again", async () => {
  const club = await openContract(import.meta.dirname, { members: 2 });
  await tell(club, 0, 10);
  await tell(club, 1, 1);
  expect(await tell(club, 1, 11)).toEqual({ taken: false });
  expect(await club.call("richest")).toEqual({ richest: [0] });
});
