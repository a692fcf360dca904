/** The enclave's keys: born here, kept sealed to the platform in the one file the enclave may write. @module */
import { constants, readFile, rename, writeFile } from "node:fs/promises";
import { concat, type Address, type Hex } from "../../../protocol/bytes.ts";
import { sealingKeyOf } from "../../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { hkdf } from "../../../protocol/hash.ts";
import { addressOf } from "../../../protocol/typed-data.ts";
import type { Platform } from "./platform.ts";
import { sealedBox, type SealedBox } from "./sealed-box.ts";

export interface EnclaveKeys {
  readonly signer: Address;
  readonly sealingKey: Hex;
  /** secp256k1 private keys, 32 bytes; they never leave this process. */
  readonly signingKey: Uint8Array;
  readonly openingKey: Uint8Array;
  /** For outputs the host keeps until enough workers agree. */
  readonly held: SealedBox;
}

const CONTEXT = "cloister/v1/enclave-keys";

/**
 * Keys out of the sealed file, or new ones that are written there before they are used.
 * @throws ProtocolError CANNOT_OPEN for a file of another platform
 */
export async function loadKeys(platform: Platform, file: string): Promise<EnclaveKeys> {
  const sealed = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw cause;
  });
  const secret = sealed?.length
    ? await platform.box.open(sealed, CONTEXT)
    : await createKeys(platform, file);
  if (secret.length !== 64) throw new ProtocolError("CANNOT_OPEN", { what: "enclave keys" });
  const [signingKey, openingKey] = [secret.slice(0, 32), secret.slice(32)];
  return {
    signer: addressOf(signingKey),
    sealingKey: sealingKeyOf(openingKey),
    signingKey,
    openingKey,
    held: await sealedBox(await hkdf(secret, new Uint8Array(0), "held")),
  };
}

/** A random 32 bytes are a valid secp256k1 key but for a chance of 2^-128; `addressOf` refuses those. */
async function createKeys(platform: Platform, file: string): Promise<Uint8Array> {
  const secret = concat(
    crypto.getRandomValues(new Uint8Array(32)),
    crypto.getRandomValues(new Uint8Array(32)),
  );
  // Whole or not at all: a half-written file would lose every dataset sealed to these keys. O_SYNC, because the permission
  // model refuses fsync.
  const flag = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_SYNC;
  await writeFile(`${file}.new`, await platform.box.seal(secret, CONTEXT), { mode: 0o600, flag });
  await rename(`${file}.new`, file);
  return secret;
}
