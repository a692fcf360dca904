/**
 * Logs of a long time. Nodes limit what one `eth_getLogs` may span or bring, each in its own words (-32005 "query returned more
 * than 10000 results", -32602 "range 1000000 exceeds limit of 10000", -32614 "limited to a 10,000 range", -32000 "exceed maximum
 * block range"), and change them: so no words are read. A range that a node refuses is halved, down to one block.
 * @module
 */
import { isError, type Log, type Provider } from "ethers";

/** What is looked for: all that `eth_getLogs` takes but the blocks. */
export interface LogFilter {
  readonly address: string | string[];
  readonly topics?: (string | string[] | null)[];
}

/** Logs in chain order of blocks `from` to `to`, both included; without `to`, up to the head. */
export type ReadLogs = (filter: LogFilter, from: number, to?: number) => Promise<Log[]>;

/**
 * A reader that remembers what its node refused: the next reads begin with a range the node took.
 * @param most blocks asked for at once; absent: everything, until the node refuses
 * @returns a function that throws what the provider throws, and what the node said when it refuses a single block
 */
export function logReader(provider: Provider, most = Infinity): ReadLogs {
  let range = most;
  return async (filter, from, to) => {
    if (range === Infinity) {
      try {
        return await provider.getLogs({ ...filter, fromBlock: from, toBlock: to ?? "latest" });
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
    }
    const last = to ?? (await provider.getBlockNumber());
    if (range === Infinity) range = halfOf(last - from + 1);
    const found: Log[] = [];
    for (let at = from; at <= last;) {
      const end = Math.min(last, at + range - 1);
      try {
        const fromBlock = at;
        for (const log of await provider.getLogs({ ...filter, fromBlock, toBlock: end }))
          found.push(log);
        at = end + 1;
      } catch (error) {
        if (end === at || !isRefusal(error)) throw error;
        range = Math.min(range, halfOf(end - at + 1));
      }
    }
    return found;
  };
}

const halfOf = (blocks: number): number => Math.max(1, Math.floor(blocks / 2));

/** An error that the node itself answered with: ethers knows none of them by name. */
const isRefusal = (error: unknown): boolean => isError(error, "UNKNOWN_ERROR");
