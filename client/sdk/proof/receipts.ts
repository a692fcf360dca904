/** Proofs of the receipts of one block, made from all of them. @module */
import { encodeRlp } from "ethers";
import { concat, fromHex, toHex, type Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { parseHeader } from "../../../protocol/proof/header.ts";
import { indexKey } from "../../../protocol/proof/logs.ts";
import type { Context } from "../context.ts";
import { ask, bytesIn, integerIn, toTag, type Answer } from "./rpc.ts";
import { trieOf } from "./trie.ts";

export interface BlockReceipts {
  /** Index by transaction hash. */
  readonly indices: ReadonlyMap<string, number>;
  /** Proof of the receipt of the transaction at `index`. */
  readonly proofOf: (index: number) => Hex[];
}

/**
 * All receipts of a block, compared with its header.
 * @param header RLP
 * @throws ProtocolError PROOF_UNAVAILABLE when they do not make the header's root
 */
export async function blockReceipts(ctx: Context, header: Hex): Promise<BlockReceipts> {
  const { number, receiptsRoot } = parseHeader(header);
  const receipts = await fetchReceipts(ctx, number);
  const trie = trieOf(receipts.map((receipt, index) => [indexKey(index), encodeReceipt(receipt)]));
  if (trie.root !== receiptsRoot)
    throw new ProtocolError("PROOF_UNAVAILABLE", { what: `all receipts of block ${number}` });
  const hashes = receipts.map((receipt) => bytesIn(receipt, "transactionHash"));
  return {
    indices: new Map(hashes.map((hash, index) => [hash, index])),
    proofOf: (index) => trie.proofOf(indexKey(index)),
  };
}

/** In the order of the block. Not every node has them all in one answer. */
async function fetchReceipts(ctx: Context, block: number): Promise<Answer[]> {
  try {
    return (await ask(ctx, "eth_getBlockReceipts", toTag(block))) as Answer[];
  } catch {
    const found = (await ask(ctx, "eth_getBlockByNumber", toTag(block), false)) as Answer;
    const hashes = found["transactions"] as readonly Hex[];
    return Promise.all(
      hashes.map(async (hash) => (await ask(ctx, "eth_getTransactionReceipt", hash)) as Answer),
    );
  }
}

/** EIP-2718: the type's byte, unless it is 0, then the list. */
export function encodeReceipt(receipt: Answer): Hex {
  const logs = receipt["logs"] as readonly Answer[];
  const body = encodeRlp([
    // Before Byzantium a state root stood here.
    receipt["status"] === undefined ? bytesIn(receipt, "root") : integerIn(receipt, "status"),
    integerIn(receipt, "cumulativeGasUsed"),
    bytesIn(receipt, "logsBloom"),
    logs.map((log) => [
      bytesIn(log, "address"),
      (log["topics"] as readonly string[]).map((topic) => topic.toLowerCase()),
      bytesIn(log, "data"),
    ]),
  ]) as Hex;
  const type = Number(receipt["type"] ?? 0);
  return type === 0 ? body : toHex(concat(Uint8Array.of(type), fromHex(body)));
}
