/**
 * Secrets of 32 bytes, encrypted to one secp256k1 key (ECIES by eciesjs: 11 ms and 97 bytes each, so for keys only). Its API
 * takes no associated data: the context travels inside and is compared after opening.
 * @module
 */
import { decrypt, encrypt, PrivateKey } from "eciesjs";
import {
  concat,
  expectLength,
  fromHex,
  sameBytes,
  toHex,
  u8,
  type Hash,
  type Hex,
} from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { taggedHash } from "../hash.ts";
import { digestOf, expectSigner, signDigest, signerOf, type Deployment } from "../typed-data.ts";
import type { Address } from "../bytes.ts";

/** ECIES overhead (65 + 16 + 16) + secret + context. */
export const WRAP_SIZE = 97 + 64;

/** Encrypts a secret of 32 bytes for `sealingKey`, to be used in `context` (32 bytes) only. */
export function wrapSecret(sealingKey: Hex, secret: Uint8Array, context: Hex): Uint8Array {
  return encrypt(
    fromHex(sealingKey, 33),
    concat(expectLength(secret, 32, "secret"), fromHex(context, 32)),
  );
}

/**
 * Opens what {@link wrapSecret} made.
 * @throws ProtocolError CANNOT_OPEN when it was made for another key, was changed, or belongs to another context
 */
export function unwrapSecret(
  privateKey: Uint8Array,
  wrap: Uint8Array,
  context: Hex,
  what: string,
): Uint8Array {
  let opened: Uint8Array;
  try {
    opened = decrypt(privateKey, wrap);
  } catch {
    throw new ProtocolError("CANNOT_OPEN", { what });
  }
  if (opened.length !== 64 || !sameBytes(opened.subarray(32), fromHex(context, 32)))
    throw new ProtocolError("CANNOT_OPEN", { what });
  return opened.slice(0, 32);
}

/** Compressed public key (33 bytes) of a sealing key. */
export const sealingKeyOf = (privateKey: Uint8Array): Hex =>
  toHex(new PrivateKey(privateKey).publicKey.toBytes(true));

/** A data key for one reader, with the member's signature: an unsigned wrap could be swapped by a host. */
export interface KeyWrap {
  readonly sealingKey: Hex;
  readonly wrap: Hex;
  readonly signature: Hex;
}

/** Bytes of a signed key wrap. */
export const KEY_WRAP_SIZE = 33 + WRAP_SIZE + 65;

/** A key wrap as bytes: sealing key 33, wrap 161, signature 65. */
export const encodeKeyWrap = ({ sealingKey, wrap, signature }: KeyWrap): Uint8Array =>
  concat(fromHex(sealingKey, 33), fromHex(wrap, WRAP_SIZE), fromHex(signature, 65));

/** Reads what {@link encodeKeyWrap} wrote. @throws ProtocolError BYTES_INVALID */
export function decodeKeyWrap(bytes: Uint8Array): KeyWrap {
  expectLength(bytes, KEY_WRAP_SIZE, "key wrap");
  return {
    sealingKey: toHex(bytes.subarray(0, 33)),
    wrap: toHex(bytes.subarray(33, 33 + WRAP_SIZE)),
    signature: toHex(bytes.subarray(33 + WRAP_SIZE)),
  };
}

const wrapDigest = (deployment: Deployment, dataset: Hex, sealingKey: Hex, wrap: Hex) =>
  digestOf(deployment, "KeyWrap", {
    dataset,
    sealingKey,
    wrapHash: taggedHash("wrap", fromHex(wrap)),
  });

/** Wraps a data key for one reader and signs the wrap. */
export function makeKeyWrap(
  deployment: Deployment,
  dataset: Hex,
  headerHash: Hex,
  dataKey: Uint8Array,
  sealingKey: Hex,
  consentKey: Uint8Array,
): KeyWrap {
  const wrap = toHex(wrapSecret(sealingKey, dataKey, headerHash));
  const signature = signDigest(consentKey, wrapDigest(deployment, dataset, sealingKey, wrap));
  return { sealingKey, wrap, signature };
}

/** Address of the key that signed a wrap, lower case; for outputs any enclave of the committee may have. */
export const keyWrapSigner = (
  deployment: Deployment,
  dataset: Hex,
  { sealingKey, wrap, signature }: KeyWrap,
): string => signerOf(wrapDigest(deployment, dataset, sealingKey, wrap), signature);

/** @throws ProtocolError SIGNATURE_INVALID when the member did not sign this wrap for this key and dataset */
export function expectKeyWrap(
  deployment: Deployment,
  dataset: Hex,
  keyWrap: KeyWrap,
  consentKey: Address,
): void {
  const digest = wrapDigest(deployment, dataset, keyWrap.sealingKey, keyWrap.wrap);
  expectSigner("the key wrap", digest, keyWrap.signature, consentKey);
}

/** Binds a share to its contract and member. */
export const shareContext = (terms: Hex, member: number): Hash<"share-context"> =>
  taggedHash("share-context", fromHex(terms, 32), u8(member));
/** Commitment to a share, on chain: makes sure that every worker gets the same one. */
export const commitShare = (terms: Hex, member: number, share: Uint8Array): Hash<"share"> =>
  taggedHash("share", fromHex(terms, 32), u8(member), expectLength(share, 32, "share"));
