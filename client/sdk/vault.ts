/** Money: one vault, filled before tasks are proposed. Amounts are smallest units of its token. @module */
import type { Address } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Context } from "./context.ts";
import { transact } from "./transact.ts";

/**
 * Moves tokens from the account into the vault, with an approval first when the vault may not take that much.
 * @throws ProtocolError BALANCE_LOW, TRANSACTION_FAILED
 */
async function deposit(ctx: Context, amount: bigint): Promise<void> {
  const { token, addresses } = await ctx.contracts();
  const account = await ctx.account();
  const held = await token.balanceOf(account);
  if (held < amount)
    throw new ProtocolError("BALANCE_LOW", {
      account,
      balance: String(held),
      needed: String(amount),
      outside: true,
    });
  if ((await token.allowance(account, addresses.vault)) < amount)
    await transact(ctx, "token.approve", (to) => to.token.approve(addresses.vault, amount));
  await transact(ctx, "vault.deposit", (to) => to.vault.deposit(amount));
}

/** @throws ProtocolError TRANSACTION_FAILED with `VaultBalanceTooLow` */
async function withdraw(ctx: Context, amount: bigint): Promise<void> {
  await transact(ctx, "vault.withdraw", (to) => to.vault.withdraw(amount));
}

/** Balance of an account, its own by default; locked fees and stakes are not in it. */
async function balance(ctx: Context, account?: Address): Promise<bigint> {
  const { vault } = await ctx.contracts();
  return vault.balanceOf(account ?? (await ctx.account()));
}

export const vaultVerbs = { deposit, withdraw, balance };
