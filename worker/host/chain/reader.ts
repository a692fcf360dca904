/** What the follower needs of a chain. @module */
import type { JsonRpcProvider } from "ethers";
import type { Address, Hex } from "../../../protocol/bytes.ts";
import { logReader } from "../../../protocol/chain/logs.ts";
import { decodeLog, type ChainEvent } from "../../../protocol/events.ts";
import type { BlockRef } from "../store/events.ts";
import { reach } from "./provider.ts";

export interface Block extends BlockRef {
  /** Unix seconds. */
  readonly time: number;
}

export interface ChainReader {
  /** Undefined when the chain has no such block (any more). */
  block(at: number | "latest"): Promise<Block | undefined>;
  /** Events of the deployment in blocks `from` to `to`, both included, in chain order. */
  events(from: number, to: number): Promise<ChainEvent[]>;
}

/** @param addresses of the deployment's contracts; whatever else emits such events is not ours */
export function chainReader(
  provider: JsonRpcProvider,
  url: string,
  addresses: readonly Address[],
): ChainReader {
  const read = logReader(provider);
  return {
    async block(at) {
      const tag = at === "latest" ? at : `0x${at.toString(16)}`;
      const raw: { number: Hex; hash: Hex; timestamp: Hex } | null = await reach(url, () =>
        provider.send("eth_getBlockByNumber", [tag, false]),
      );
      if (!raw) return undefined;
      return { number: Number(raw.number), hash: raw.hash, time: Number(raw.timestamp) };
    },
    async events(from, to) {
      const logs = await reach(url, () => read({ address: [...addresses] }, from, to));
      return logs
        .map(decodeLog)
        .filter((event) => event !== undefined)
        .toSorted((a, b) => a.block - b.block || a.logIndex - b.logIndex);
    },
  };
}
