/** Raw answers of a node: what ethers' own objects leave out is needed to hash headers and receipts again. @module */
import { JsonRpcApiProvider } from "ethers";
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Context } from "../context.ts";

/** Fields of an answer, as the node wrote them. */
export type Answer = Readonly<Record<string, unknown>>;

/** @throws ProtocolError PROOF_UNAVAILABLE */
export async function ask(ctx: Context, method: string, ...params: unknown[]): Promise<unknown> {
  if (!(ctx.provider instanceof JsonRpcApiProvider))
    throw new ProtocolError("PROOF_UNAVAILABLE", { what: "a JSON-RPC connection" });
  const answer: unknown = await ctx.provider.send(method, params);
  if (answer === null || answer === undefined)
    throw new ProtocolError("PROOF_UNAVAILABLE", { what: `${method}(${params.join(", ")})` });
  return answer;
}

/** Bytes as they are. @throws ProtocolError PROOF_UNAVAILABLE */
export function bytesIn(answer: Answer, field: string): Hex {
  const value = answer[field];
  if (typeof value !== "string" || !/^0x(?:[0-9a-fA-F]{2})*$/.test(value))
    throw new ProtocolError("PROOF_UNAVAILABLE", { what: `field ${field}` });
  return value.toLowerCase() as Hex;
}

/** An integer without leading zeros, as RLP wants it. @throws ProtocolError PROOF_UNAVAILABLE */
export function integerIn(answer: Answer, field: string): Hex {
  const value = answer[field];
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]+$/.test(value))
    throw new ProtocolError("PROOF_UNAVAILABLE", { what: `field ${field}` });
  const digits = value.slice(2).toLowerCase().replace(/^0+/, "");
  return `0x${digits.length % 2 === 1 ? "0" : ""}${digits}`;
}

export const toTag = (block: number): string => `0x${block.toString(16)}`;
