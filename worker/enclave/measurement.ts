/** What code an enclave is: the hash of everything it runs. @module */
import { utf8, type Hash } from "../../protocol/bytes.ts";
import { sha256, taggedHash } from "../../protocol/hash.ts";
import { ISOLATE_FILE } from "./runtime/native.ts";

export const ENCLAVE_FILE = "enclave.mjs";
export const GUEST_FILE = "guest.cjs";
/** All files of an image, in the order of the measurement. */
export const IMAGE_FILES = [ENCLAVE_FILE, GUEST_FILE, ISOLATE_FILE] as const;

/**
 * Measurement over the enclave's bundles (kernels are inside), the isolate's native library and Node's version: another Node, or
 * the same one on another processor, may compute another result.
 * @param files contents of {@link IMAGE_FILES}
 */
export async function measure(files: readonly Uint8Array[]): Promise<Hash<"measurement">> {
  const hashes = await Promise.all(files.map(sha256));
  return taggedHash("measurement", ...hashes, utf8(process.version));
}
