/** AES-256-GCM with a random nonce under one key: what the enclave seals to itself. @module */
import { concat, utf8 } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface SealedBox {
  /** nonce || ciphertext; `context` must be the same when it is opened. */
  seal(plain: Uint8Array, context: string): Promise<Uint8Array>;
  /** @throws ProtocolError CANNOT_OPEN */
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>;
}

/** @param raw 32 bytes. Random 96-bit nonces: good for 2^32 messages, a worker seals one for each task. */
export async function sealedBox(raw: Uint8Array): Promise<SealedBox> {
  const key = await crypto.subtle.importKey("raw", raw as Bytes, "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ]);
  const params = (iv: Uint8Array, context: string) => ({
    name: "AES-GCM",
    iv: iv as Bytes,
    additionalData: utf8(context) as Bytes,
  });
  return {
    async seal(plain, context) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const sealed = await crypto.subtle.encrypt(params(iv, context), key, plain as Bytes);
      return concat(iv, new Uint8Array(sealed));
    },
    async open(sealed, context) {
      const [iv, body] = [sealed.subarray(0, 12), sealed.subarray(12)];
      try {
        return new Uint8Array(await crypto.subtle.decrypt(params(iv, context), key, body as Bytes));
      } catch {
        throw new ProtocolError("CANNOT_OPEN", { what: "sealed box" });
      }
    },
  };
}
