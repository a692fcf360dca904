import { openContract, type Contract } from "cloister/test";
import { expect, test } from "vitest";

const cast = (ballot: Contract, caller: number, choice: string) =>
  ballot.call("cast", { caller, privateRows: [{ choice }] });

test("tells the tally when all have voted, and not before", async () => {
  await using ballot = await openContract(import.meta.dirname, { members: 3 });
  expect(await cast(ballot, 0, "yes")).toEqual({ counted: true });
  expect(await cast(ballot, 1, "no")).toEqual({ counted: true });
  expect(await ballot.call("tally")).toEqual({ voted: 2 });
  expect(await cast(ballot, 2, "yes")).toEqual({ counted: true });
  expect(await ballot.call("tally")).toEqual({ voted: 3, yes: 2, no: 1, abstain: 0 });
});

test("a vote stands", async () => {
  await using ballot = await openContract(import.meta.dirname, { members: 1 });
  await cast(ballot, 0, "no");
  expect(await cast(ballot, 0, "yes")).toEqual({ counted: false });
  expect(await ballot.call("tally")).toMatchObject({ no: 1, yes: 0 });
});

test("counts nothing but a choice, and one at a time", async () => {
  await using ballot = await openContract(import.meta.dirname, { members: 1 });
  expect(await cast(ballot, 0, "maybe")).toEqual({ counted: false });
  const two = { caller: 0, privateRows: [{ choice: "yes" }, { choice: "yes" }] };
  await expect(ballot.call("cast", two)).rejects.toThrow("PARAMETER_INVALID");
  await expect(ballot.call("cast", { caller: 0 })).rejects.toThrow("PARAMETER_INVALID");
  expect(await ballot.call("tally")).toEqual({ voted: 0 });
});

test("whether a vote counted is for the voter alone", async () => {
  await using ballot = await openContract(import.meta.dirname, { members: 2 });
  const told = { caller: 0, privateRows: [{ choice: "yes" }], recipients: [0, 1] };
  await expect(ballot.call("cast", told)).rejects.toThrow("RECIPIENTS_NOT_ALLOWED");
});
