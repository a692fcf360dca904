/** The enclave's keys: born here, kept sealed to the platform. @module */
import type { Address, Hex } from "../../../protocol/bytes.ts";
import { sealingKeyOf } from "../../../protocol/envelope/wrap.ts";
import { hkdf } from "../../../protocol/hash.ts";
import { addressOf } from "../../../protocol/typed-data.ts";
import { sealedBox, type SealedBox } from "./sealed-box.ts";
import type { SealedFile } from "./sealed-file.ts";

export interface EnclaveKeys {
  readonly signer: Address;
  readonly sealingKey: Hex;
  /** secp256k1 private keys, 32 bytes; they never leave this process. */
  readonly signingKey: Uint8Array;
  readonly openingKey: Uint8Array;
  /** For outputs the host keeps until enough workers agree. */
  readonly held: SealedBox;
}

export async function keysOf({ keys }: Pick<SealedFile, "keys">): Promise<EnclaveKeys> {
  const [signingKey, openingKey] = [keys.slice(0, 32), keys.slice(32)];
  return {
    signer: addressOf(signingKey),
    sealingKey: sealingKeyOf(openingKey),
    signingKey,
    openingKey,
    held: await sealedBox(await hkdf(keys, new Uint8Array(0), "held")),
  };
}
