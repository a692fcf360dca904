import { openContract } from "cloister/test";
import { expect, test } from "vitest";

/** Customers `from` to `to - 1`. */
const customers = (member: number, from: number, to: number) => ({
  member,
  rows: Array.from({ length: to - from }, (_, i) => ({ id: `customer ${from + i}` })),
});

test("tells how many customers are shared", async () => {
  const policy = { minParties: 2, minCohort: 10 };
  const telcos = await openContract(import.meta.dirname, { members: 2, policy });
  const tables = { customers: [customers(0, 0, 60), customers(1, 40, 100)] };
  expect(await telcos.call("overlap", { tables })).toEqual({ shared: 20 });
});

test("tells nothing below the cohort, nor about one member alone", async () => {
  const policy = { minParties: 2, minCohort: 10 };
  const telcos = await openContract(import.meta.dirname, { members: 2, policy });
  const few = { customers: [customers(0, 0, 60), customers(1, 55, 100)] };
  await expect(telcos.call("overlap", { tables: few })).rejects.toThrow("COHORT_TOO_SMALL");
  const one = { customers: [customers(0, 0, 60)] };
  await expect(telcos.call("overlap", { tables: one })).rejects.toThrow("PARTIES_TOO_FEW");
});
