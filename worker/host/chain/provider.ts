/** The RPC node, as the host talks to it: no cache, no batches, no network detection of its own. @module */
import { FetchRequest, JsonRpcProvider, Network, isError } from "ethers";
import { ProtocolError } from "../../../protocol/errors.ts";

const TIMEOUT = 15_000;

/** The origin alone: paths and queries of RPC URLs hold access tokens. */
const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : "the RPC URL");

/** @param chainId of the deployment; the node is asked for it in {@link expectChain} */
export function openProvider(url: string, chainId: number): JsonRpcProvider {
  const request = new FetchRequest(url);
  request.timeout = TIMEOUT;
  return new JsonRpcProvider(request, Network.from(chainId), {
    staticNetwork: true,
    batchMaxCount: 1,
    cacheTimeout: -1,
  });
}

/**
 * Chain the node is on, asked directly.
 * @throws ProtocolError RPC_UNREACHABLE
 */
export async function askChainId(url: string): Promise<number> {
  const provider = openProvider(url, 1);
  try {
    return Number(await reach(url, () => provider.send("eth_chainId", [])));
  } finally {
    provider.destroy();
  }
}

/** @throws ProtocolError WRONG_CHAIN, RPC_UNREACHABLE */
export async function expectChain(url: string, chainId: number): Promise<void> {
  const actual = await askChainId(url);
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
