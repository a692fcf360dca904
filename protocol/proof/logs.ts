/** Logs out of a proven receipt of a transaction. @module */
import { encodeRlp, toBeArray } from "ethers";
import type { Address, Hex } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { provenValue, readRlp } from "./trie.ts";

export interface ProvenLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** Types of transactions known (EIP-2718): 0 has no byte in front. Their receipts have one form. */
const MAX_TYPE = 4;

/** Key of a transaction in its block's tries. */
export const indexKey = (index: number): Hex => encodeRlp(toBeArray(index)) as Hex;

/**
 * Logs of the transaction at `index` of a block.
 * @param nodes from the receipts root down
 * @throws ProtocolError PROOF_INVALID
 */
export function provenLogs(receiptsRoot: Hex, index: number, nodes: readonly Hex[]): ProvenLog[] {
  return logsOf(provenValue(receiptsRoot, indexKey(index), nodes));
}

/** Logs of an encoded receipt, typed or not. */
function logsOf(receipt: Hex): ProvenLog[] {
  const type = Number.parseInt(receipt.slice(2, 4), 16);
  if (type > MAX_TYPE && type < 0xc0)
    throw new ProtocolError("PROOF_INVALID", { what: `receipt of unknown type ${type}` });
  const body: Hex = type <= MAX_TYPE ? `0x${receipt.slice(4)}` : receipt;
  const fields = readRlp(body, "a receipt");
  const logs = typeof fields === "string" ? undefined : fields[3];
  if (!Array.isArray(logs)) throw new ProtocolError("PROOF_INVALID", { what: "a receipt's logs" });
  return logs.map((log) => {
    const [address, topics, data] = log as [unknown, unknown, unknown];
    const isLog = typeof address === "string" && typeof data === "string" && Array.isArray(topics);
    if (!isLog) throw new ProtocolError("PROOF_INVALID", { what: "a log" });
    return { address: address as Address, topics: topics as Hex[], data: data as Hex };
  });
}
