/** Amounts of the vault's token: smallest units, or whole tokens when it says so. @module */
import { formatUnits } from "ethers";
import { amountFrom } from "../../protocol/amount.ts";
import type { Context } from "../sdk/context.ts";

export const AMOUNT_HELP = `An amount is a whole number of the token's smallest units, as in events and in JSON,
or a number of tokens with "tok" behind it: 1000tok, 2.5tok.`;

/** @throws ProtocolError AMOUNT_INVALID */
export const parseAmount = async (ctx: Context, text: string): Promise<bigint> =>
  amountFrom(text, await decimalsOf(ctx));

/** `12.5 tokens`. */
export async function showAmount(ctx: Context, amount: bigint): Promise<string> {
  return `${formatUnits(amount, await decimalsOf(ctx)).replace(/\.0$/, "")} tokens`;
}

async function decimalsOf(ctx: Context): Promise<number> {
  const { token } = await ctx.contracts();
  return Number(await token.decimals());
}
