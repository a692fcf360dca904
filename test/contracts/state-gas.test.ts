import { expect, test } from "vitest";
import { bytes32 } from "./support.ts";
import { createWorld } from "./world.ts";

const TRANSITIONS = 1000;
/** Numbers in calldata differ in how many of their bytes are zero. */
const TOLERANCE = 0.02;

test("the 1,000th change of a state costs the gas of the second", async () => {
  const world = await (await createWorld()).joinAll();
  const gasOf = async (i: number): Promise<number> => {
    const proposal = await world.proposal([], { changesState: true, salt: bytes32(`task ${i}`) });
    const propose = await world.propose(proposal);
    const { receipt: seal, facts } = await world.seal(proposal);
    const result = world.result(facts, { nextStateRoot: bytes32(`root ${i}`) });
    const submit = await world.submit(facts, result);
    return [propose, seal, submit].reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0);
  };
  const gas: number[] = [];
  for (let i = 0; i < TRANSITIONS; i++) gas.push(await gasOf(i));
  expect((await world.status()).version).toBe(BigInt(TRANSITIONS));
  const [, second = 0] = gas;
  for (const later of gas.slice(1)) expect(Math.abs(later / second - 1)).toBeLessThan(TOLERANCE);
}, 600_000);
