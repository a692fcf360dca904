/**
 * Which contracts belong to a deployment, without asking it: SecretContracts holds the addresses of the others as immutables,
 * which the compiler writes into its code, and the state root of a block commits to that code.
 * @module
 */
import { keccak256 } from "ethers";
import type { Address, Hex } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { provenValue, readRlp } from "./trie.ts";

const invalid = (what: string) => new ProtocolError("PROOF_INVALID", { what });
/** PUSH32 of a left-padded address: how solc writes an immutable. */
const immutable = (address: Address) => `7f${"00".repeat(12)}${address.slice(2)}`;

/**
 * Checks that the account has this code, and that the code holds each of these addresses as an immutable. That the code itself
 * is Cloister's is what trusting a deployment means; each of its contracts emits events of its own, so roles cannot be swapped.
 * @param nodes from the state root down
 * @throws ProtocolError PROOF_INVALID
 */
export function verifyImmutables(
  stateRoot: Hex,
  account: Address,
  { nodes, code }: { readonly nodes: readonly Hex[]; readonly code: Hex },
  addresses: readonly Address[],
): void {
  const fields = readRlp(provenValue(stateRoot, keccak256(account) as Hex, nodes), "an account");
  if (typeof fields === "string" || fields[3] !== keccak256(code))
    throw invalid(`the code is not that of ${account}`);
  for (const address of addresses)
    if (!code.includes(immutable(address))) throw invalid(`${account} does not name ${address}`);
}
