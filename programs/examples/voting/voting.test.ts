import { openContract, type Contract } from "cloister/test";
import { expect, test } from "vitest";

const [NO, YES] = [0, 1] as const;

const cast = (ballot: Contract, caller: number, choice: number) =>
  ballot.call("cast", { caller, privateRows: [{ choice }] });

test("tells the tally when all have voted, and not before", async () => {
  const ballot = await openContract(import.meta.dirname, { members: 3 });
  expect(await cast(ballot, 0, YES)).toEqual({ counted: true });
  expect(await cast(ballot, 1, NO)).toEqual({ counted: true });
  expect(await ballot.call("tally")).toEqual({ voted: 2 });
  expect(await cast(ballot, 2, YES)).toEqual({ counted: true });
  expect(await ballot.call("tally")).toEqual({ voted: 3, yes: 2, no: 1, abstain: 0 });
});

test("a vote stands", async () => {
  const ballot = await openContract(import.meta.dirname, { members: 1 });
  await cast(ballot, 0, NO);
  expect(await cast(ballot, 0, YES)).toEqual({ counted: false });
  expect(await ballot.call("tally")).toMatchObject({ no: 1, yes: 0 });
});

test("counts nothing but a choice, and one at a time", async () => {
  const ballot = await openContract(import.meta.dirname, { members: 1 });
  await expect(cast(ballot, 0, 3)).rejects.toThrow("OUT_OF_RANGE");
  const two = { caller: 0, privateRows: [{ choice: YES }, { choice: YES }] };
  await expect(ballot.call("cast", two)).rejects.toThrow("PARAMETER_INVALID");
  await expect(ballot.call("cast", { caller: 0 })).rejects.toThrow("PARAMETER_INVALID");
  expect(await ballot.call("tally")).toEqual({ voted: 0 });
});

test("whether a vote counted is for the voter alone", async () => {
  const ballot = await openContract(import.meta.dirname, { members: 2 });
  const told = { caller: 0, privateRows: [{ choice: YES }], recipients: [0, 1] };
  await expect(ballot.call("cast", told)).rejects.toThrow("RECIPIENTS_NOT_ALLOWED");
});
