/** Amounts of the vault's token: smallest units, or whole tokens when it says so. @module */
import { formatUnits, parseUnits } from "ethers";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Context } from "../sdk/context.ts";

export const AMOUNT_HELP = `An amount is a whole number of the token's smallest units, as in events and in JSON,
or a number of tokens with "tok" behind it: 1000tok, 2.5tok.`;

/** @throws ProtocolError AMOUNT_INVALID */
export async function parseAmount(ctx: Context, text: string): Promise<bigint> {
  if (/^[0-9]{1,29}$/.test(text)) return BigInt(text);
  const tokens = /^([0-9]{1,20}(?:\.[0-9]+)?)tok$/.exec(text)?.[1];
  const decimals = await decimalsOf(ctx);
  const places = tokens?.split(".")[1]?.length ?? 0;
  if (tokens === undefined || places > decimals)
    throw new ProtocolError("AMOUNT_INVALID", { text });
  return parseUnits(tokens, decimals);
}

/** `12.5 tokens`. */
export async function showAmount(ctx: Context, amount: bigint): Promise<string> {
  return `${formatUnits(amount, await decimalsOf(ctx)).replace(/\.0$/, "")} tokens`;
}

async function decimalsOf(ctx: Context): Promise<number> {
  const { token } = await ctx.contracts();
  return Number(await token.decimals());
}
