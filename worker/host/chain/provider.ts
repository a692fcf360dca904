/** The RPC node, as the host asks it. @module */
import { isError } from "ethers";
import { chainIdAt, originOf } from "../../../protocol/chain/node.ts";
import { ProtocolError } from "../../../protocol/errors.ts";

/** @throws ProtocolError WRONG_CHAIN, RPC_UNREACHABLE */
export async function expectChain(url: string, chainId: number): Promise<void> {
  const actual = await chainIdAt(url);
  if (actual !== chainId)
    throw new ProtocolError("WRONG_CHAIN", { expected: String(chainId), actual: String(actual) });
}

/**
 * Runs a call to the node. What the chain itself answers (a revert) passes as it is.
 * @throws ProtocolError RPC_UNREACHABLE
 */
export async function reach<T>(url: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (isError(cause, "CALL_EXCEPTION") || cause instanceof ProtocolError) throw cause;
    throw new ProtocolError("RPC_UNREACHABLE", { url: originOf(url) }, { cause });
  }
}
