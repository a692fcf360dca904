import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bytes32 } from "./support.ts";
import { createWorld } from "./world.ts";

const SNAPSHOT = join(import.meta.dirname, "gas.snapshot.json");
/** The promises of DESIGN.md, section 5. */
const LIMITS: Record<string, number> = {
  "propose from a vault balance, 2 inputs": 130_000,
  "commit a dataset": 75_000,
  "seal, 2 contributors, steady": 110_000,
  "result, m = 1": 90_000,
  "two parties, one worker, proposal to Finalized": 450_000,
};
/** Above this share a difference is a change, below it noise of the numbers in calldata. */
const TOLERANCE = 0.01;

test("gas of the main steps keeps its promises and its snapshot", async () => {
  const world = await (await createWorld()).joinAll();
  const inputs = [0, 1].map((member) => ({ member, table: 0, dataset: bytes32(`data ${member}`) }));
  await world.commit(0, inputs[0]!.dataset);
  const dataset = await world.commit(1, inputs[1]!.dataset);

  // Steady: the counters and balances a task touches are in use already.
  const run = async (salt: string) => {
    const proposal = await world.proposal(inputs, { salt: bytes32(salt) });
    const propose = await world.propose(proposal);
    const { receipt: seal, facts } = await world.seal(proposal);
    return { propose, seal, result: await world.submit(facts, world.result(facts)) };
  };
  await run("first");
  const { propose, seal, result } = await run("second");
  const gas = [propose, dataset, seal, result].map(({ gasUsed }) => Number(gasUsed));
  const total = gas[0]! + gas[2]! + gas[3]!;
  const measured = Object.fromEntries(
    Object.keys(LIMITS).map((name, i) => [name, [...gas, total][i]!]),
  );

  for (const [name, limit] of Object.entries(LIMITS))
    expect.soft(measured[name], name).toBeLessThanOrEqual(limit);
  if (process.env["UPDATE_GAS"] === "1") {
    await writeFile(SNAPSHOT, `${JSON.stringify(measured, null, 2)}\n`);
    return;
  }
  const committed: Record<string, number> = JSON.parse(await readFile(SNAPSHOT, "utf8"));
  expect(Object.keys(committed)).toEqual(Object.keys(measured));
  for (const [name, value] of Object.entries(measured))
    expect
      .soft(Math.abs(value / committed[name]! - 1), `${name}: ${committed[name]} -> ${value}`)
      .toBeLessThanOrEqual(TOLERANCE);
});
