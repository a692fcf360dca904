/** Proven transactions as the events that the rest of Cloister reads. @module */
import { keccak256 } from "ethers";
import { concat, fromHex, u32, type Address, type Hex } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { decodeLog, type ChainEvent } from "../events.ts";
import type { TrustedChain } from "./header.ts";
import { provenLogs } from "./logs.ts";
import type { ProvenReceipt } from "./proven.ts";

/** Logs of one transaction; far more than a block's gas can pay for. */
const MAX_LOGS = 1_000_000;

/**
 * All events that these contracts emitted in the proven transactions, in chain order.
 *
 * A receipt proves neither its transaction's hash nor the place of its logs in the whole block: `transactionHash` is a name made
 * of block and index, and `logIndex` only orders.
 * @throws ProtocolError PROOF_INVALID, BLOCK_NOT_TRUSTED
 */
export function provenEvents(
  transactions: ProvenReceipt["transactions"],
  chain: TrustedChain,
  emitters: readonly Address[],
): ChainEvent[] {
  expectAscending(transactions);
  return transactions.flatMap(({ block, index, nodes }) => {
    const header = chain.header(block);
    const transactionHash = nameOf(header.hash, index);
    return provenLogs(header.receiptsRoot, index, nodes).flatMap((log, i) => {
      if (!emitters.includes(log.address)) return [];
      const place = { blockNumber: block, blockHash: header.hash, transactionHash };
      return decodeLog({ ...log, ...place, index: index * MAX_LOGS + i }) ?? [];
    });
  });
}

const nameOf = (blockHash: Hex, index: number): Hex =>
  keccak256(concat(fromHex(blockHash, 32), u32(index))) as Hex;

function expectAscending(transactions: ProvenReceipt["transactions"]): void {
  for (const [i, { block, index }] of transactions.entries()) {
    const before = transactions[i - 1];
    if (before && (before.block - block || before.index - index) >= 0)
      throw new ProtocolError("PROOF_INVALID", { what: "transactions are not in ascending order" });
  }
}
