/** Opens the members' shares and derives the contract secret. @module */
import { fromHex, type Hex } from "../../../protocol/bytes.ts";
import { commitShare, shareContext, unwrapSecret } from "../../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { Collaboration } from "../../../protocol/receipt.ts";
import { contractSecret } from "../../../protocol/secrets.ts";

/**
 * Secret of a contract, from the shares sealed to this worker.
 * @param by index of this worker in the committee
 * @throws ProtocolError CANNOT_OPEN naming the member whose share is not what it committed to: with different shares, honest
 * workers would sign different results and be slashed
 */
export function openContractSecret(
  collaboration: Collaboration,
  terms: Hex,
  by: number,
  openingKey: Uint8Array,
): Promise<Uint8Array> {
  const shares = collaboration.joins
    .toSorted((a, b) => a.member - b.member)
    .map((join) => {
      const what = `share of member ${join.member}`;
      const wrap = fromHex(join.wraps[by] ?? "0x");
      const share = unwrapSecret(openingKey, wrap, shareContext(terms, join.member), what);
      if (commitShare(terms, join.member, share) !== join.shareCommitment)
        throw new ProtocolError("CANNOT_OPEN", { what });
      return share;
    });
  return contractSecret(terms, shares);
}
