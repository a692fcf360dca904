/** What everybody sees of an example's state, the lengths of its entries, must not depend on what it hides. */
import { describe, expect, it } from "vitest";
import auction from "../../programs/examples/auction/main.ts";
import millionaires from "../../programs/examples/millionaires/main.ts";
import token from "../../programs/examples/token/main.ts";
import voting from "../../programs/examples/voting/main.ts";
import { canonicalJson, type Json } from "../../protocol/json.ts";
import type { Column, Program, ProgramContext } from "../../protocol/program.ts";

/** Lengths by key of what a call of member 1 of 3 leaves, begun with these entries. */
async function lengths(
  program: Program,
  name: string,
  row: Readonly<Record<string, number>>,
  entries: Readonly<Record<string, Json>> = {},
): Promise<Record<string, number>> {
  const held = new Map<string, Json>(Object.entries(entries));
  const columns = Object.entries(row).map(([column, value]): [string, Column] => [
    column,
    { type: "fixed", values: Int32Array.of(value) },
  ]);
  const state = {
    get: async (key: string) => held.get(key),
    set: async (key: string, value: Json) => void held.set(key, value),
  };
  const privateTable = { rows: 1, columns: Object.fromEntries(columns) };
  const context = { caller: 1, members: [{}, {}, {}], privateTable, state };
  await program[name]!(context as unknown as ProgramContext);
  return Object.fromEntries(
    [...held].map(([key, value]) => [key, canonicalJson(value).length] as const),
  );
}

const MOST = 2 ** 31 - 1;

describe("lengths in the state do not tell", () => {
  it("a vote", async () => {
    const [no, yes, abstain] = await Promise.all(
      [0, 1, 2].map((choice) => lengths(voting, "cast", { choice })),
    );
    expect(yes).toEqual(no);
    expect(abstain).toEqual(no);
    expect(Object.keys(no!)).toEqual(["vote/1"]);
  });

  it.each([
    ["a fortune", millionaires, "tell"],
    ["a bid", auction, "bid"],
  ] as const)("%s", async (_, program, name) => {
    const small = await lengths(program, name, { amount: 1 });
    expect(Object.keys(small)).toHaveLength(1);
    expect(await lengths(program, name, { amount: MOST })).toEqual(small);
  });

  it("whom a transfer paid, how much, or whether it was covered", async () => {
    const held = { balances: ["0000000000000000", "0000000000000100", "0000000000000000"] };
    const paid = await lengths(token, "transfer", { to: 0, amount: 1 }, held);
    expect(Object.keys(paid)).toEqual(["balances"]);
    for (const row of [
      { to: 2, amount: 100 },
      { to: 0, amount: 101 },
      { to: 1, amount: 1 },
      { to: 31, amount: MOST },
    ])
      expect(await lengths(token, "transfer", row, held)).toEqual(paid);
  });
});
