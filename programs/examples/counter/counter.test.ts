import { openContract } from "cloister/test";
import { expect, test } from "vitest";

test("members count up together", async () => {
  const counter = await openContract(import.meta.dirname, { members: 2 });
  expect(await counter.call("read")).toEqual({ count: 0 });
  expect(await counter.call("add", { params: { by: 2 } })).toEqual({ count: 2 });
  expect(await counter.call("add", { params: { by: 40 }, caller: 1 })).toEqual({ count: 42 });
  expect(await counter.call("read", { caller: 1 })).toEqual({ count: 42 });
});

test("counts in steps of 1 to 1000", async () => {
  const counter = await openContract(import.meta.dirname);
  for (const by of [0, 1001, 1.5])
    await expect(counter.call("add", { params: { by } })).rejects.toThrow("PARAMETER_INVALID");
  expect(await counter.call("read")).toEqual({ count: 0 });
});
