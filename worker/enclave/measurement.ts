/** What code an enclave is: the hash of everything it runs. @module */
import { utf8, type Hash } from "../../protocol/bytes.ts";
import { sha256, taggedHash } from "../../protocol/hash.ts";

export const ENCLAVE_FILE = "enclave.mjs";
export const GUEST_FILE = "guest.mjs";

/**
 * Measurement over the enclave's bundles (kernels are inside) and Node's version: another Node may compute another result.
 * @param bundles enclave, then guest
 */
export async function measure(bundles: readonly Uint8Array[]): Promise<Hash<"measurement">> {
  const hashes = await Promise.all(bundles.map(sha256));
  return taggedHash("measurement", ...hashes, utf8(process.version));
}
