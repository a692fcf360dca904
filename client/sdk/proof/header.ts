/** Headers as RLP, made from what a node answers and compared with the hash it names. @module */
import { encodeRlp, keccak256 } from "ethers";
import type { Hex } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Context } from "../context.ts";
import { ask, bytesIn, integerIn, toTag, type Answer } from "./rpc.ts";

type Read = (answer: Answer, field: string) => Hex;
/** In the order of the header; from `baseFeePerGas` on, what a fork does not have yet is absent. */
const fields: readonly (readonly [string, Read])[] = [
  ["parentHash", bytesIn],
  ["sha3Uncles", bytesIn],
  ["miner", bytesIn],
  ["stateRoot", bytesIn],
  ["transactionsRoot", bytesIn],
  ["receiptsRoot", bytesIn],
  ["logsBloom", bytesIn],
  ["difficulty", integerIn],
  ["number", integerIn],
  ["gasLimit", integerIn],
  ["gasUsed", integerIn],
  ["timestamp", integerIn],
  ["extraData", bytesIn],
  ["mixHash", bytesIn],
  ["nonce", bytesIn],
  ["baseFeePerGas", integerIn],
  ["withdrawalsRoot", bytesIn],
  ["blobGasUsed", integerIn],
  ["excessBlobGas", integerIn],
  ["parentBeaconBlockRoot", bytesIn],
  ["requestsHash", bytesIn],
  ["blockAccessListHash", bytesIn],
];

/** @throws ProtocolError PROOF_UNAVAILABLE when the chain's headers have fields that are not known here */
export function encodeHeader(block: Answer): Hex {
  const present = fields.filter(([name]) => block[name] !== undefined && block[name] !== null);
  const rlp = encodeRlp(present.map(([name, read]) => read(block, name))) as Hex;
  if (keccak256(rlp) !== block["hash"])
    throw new ProtocolError("PROOF_UNAVAILABLE", {
      what: `all fields of the header of block ${Number(block["number"])}`,
    });
  return rlp;
}

/** @throws ProtocolError PROOF_UNAVAILABLE */
export async function fetchHeader(ctx: Context, block: number): Promise<Hex> {
  return encodeHeader((await ask(ctx, "eth_getBlockByNumber", toTag(block), false)) as Answer);
}
