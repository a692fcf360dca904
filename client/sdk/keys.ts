/**
 * The two keys of a party. They never leave its machine and never hold money: the account that transacts is another key, in
 * whatever wallet the party likes.
 * @module
 */
import { PrivateKey } from "eciesjs";
import type { Address, Hex } from "../../protocol/bytes.ts";
import { expectLength } from "../../protocol/bytes.ts";
import { sealingKeyOf } from "../../protocol/envelope/wrap.ts";
import { addressOf } from "../../protocol/typed-data.ts";
import { Secret } from "../../protocol/secret.ts";

export interface PartyKeys {
  /** secp256k1; signs joining, key wraps and consents. */
  readonly consentKey: Secret;
  /** secp256k1; opens what is sealed to this party: outputs, its own shares and data keys. */
  readonly sealingKey: Secret;
}

/** The public halves, as terms name them. */
export interface PublicKeys {
  readonly consentKey: Address;
  readonly sealingKey: Hex;
}

/** Fresh keys from the platform's random numbers. */
export const newPartyKeys = (): PartyKeys => ({
  consentKey: new Secret(new PrivateKey().secret),
  sealingKey: new Secret(new PrivateKey().secret),
});

/**
 * Keys from stored bytes.
 * @throws ProtocolError BYTES_INVALID when one is not 32 bytes
 */
export const partyKeysFrom = (stored: {
  readonly consentKey: Uint8Array;
  readonly sealingKey: Uint8Array;
}): PartyKeys => ({
  consentKey: new Secret(expectLength(stored.consentKey, 32, "consent key")),
  sealingKey: new Secret(expectLength(stored.sealingKey, 32, "sealing key")),
});

export const publicKeysOf = (keys: PartyKeys): PublicKeys => ({
  consentKey: keys.consentKey.use(addressOf),
  sealingKey: keys.sealingKey.use(sealingKeyOf),
});
