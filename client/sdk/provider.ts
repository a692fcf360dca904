/** An RPC connection that answers at once. @module */
import { JsonRpcProvider, Network } from "ethers";

const settings = { batchMaxCount: 1, cacheTimeout: -1 };

/**
 * By default ethers waits 10 ms to batch every call, caches for 250 ms and asks for the chain id again and again.
 * @param chainId of the deployment; the client asks the node for its own. Absent: ethers asks, and waits for a node that is down
 */
export const connectProvider = (url: string, chainId?: number): JsonRpcProvider =>
  chainId === undefined
    ? new JsonRpcProvider(url, undefined, { ...settings, staticNetwork: true })
    : new JsonRpcProvider(url, chainId, { ...settings, staticNetwork: Network.from(chainId) });
