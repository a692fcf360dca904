/** `cloister vault ...`: money for fees and stakes. @module */
import type { Command } from "commander";
import { AMOUNT_HELP, parseAmount, showAmount } from "../amount.ts";
import { address } from "../arguments.ts";
import { noun } from "../noun.ts";
import { withSession } from "../session.ts";
import { verb } from "../verb.ts";

export function addVault(cloister: Command): void {
  const vault = noun(
    cloister,
    "vault",
    "money for fees: deposit before you propose",
    "vault deposit 1000tok",
  );
  const moves = {
    deposit: "move tokens from the account into the vault",
    withdraw: "move free tokens from the vault back to the account",
  } as const;
  for (const [name, says] of Object.entries(moves) as ["deposit" | "withdraw", string][])
    verb(
      vault,
      {
        usage: `${name} <amount>`,
        says,
        notes: AMOUNT_HELP,
        examples: [`vault ${name} 1000tok`, `vault ${name} 2500000000000000000`],
      },
      async (cli, _options, text) =>
        withSession(cli, { needs: "account" }, async ({ client, ctx }) => {
          const amount = await parseAmount(ctx, text);
          await client.vault[name](amount);
          const balance = await client.vault.balance();
          return {
            json: { amount: String(amount), balance: String(balance) },
            text: `in the vault: ${await showAmount(ctx, balance)}`,
          };
        }),
    );

  verb(
    vault,
    {
      usage: "balance [account]",
      says: "free tokens in the vault; locked fees and stakes are not in it",
      examples: ["vault balance", "vault balance 0x70997970c51812dc3a010c7d01b50e0d17dc79c8"],
    },
    async (cli, _options, account) =>
      withSession(cli, {}, async ({ client, ctx }) => {
        const owner = account === undefined ? await ctx.account() : address(account);
        const balance = await client.vault.balance(owner);
        const { token } = await ctx.contracts();
        const outside = await token.balanceOf(owner);
        return {
          json: { account: owner, balance: String(balance), outside: String(outside) },
          text: `${owner}: ${await showAmount(ctx, balance)} in the vault, ${await showAmount(ctx, outside)} outside`,
        };
      }),
  );
}
