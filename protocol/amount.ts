/** Amounts of the vault's token as people type them. @module */
import { parseUnits } from "ethers";
import { ProtocolError } from "./errors.ts";

/**
 * Smallest units: a whole number of them, or a number of tokens with `tok` behind it.
 * @param decimals of the token
 * @throws ProtocolError AMOUNT_INVALID
 */
export function amountFrom(text: string, decimals: number): bigint {
  if (/^[0-9]{1,29}$/.test(text)) return BigInt(text);
  const tokens = /^([0-9]{1,20}(?:\.[0-9]+)?)tok$/.exec(text)?.[1];
  const places = tokens?.split(".")[1]?.length ?? 0;
  if (tokens === undefined || places > decimals)
    throw new ProtocolError("AMOUNT_INVALID", { text });
  return parseUnits(tokens, decimals);
}
