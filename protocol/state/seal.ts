/**
 * What names and hides a private state. The tree is known to the committee's enclaves alone; the chain holds its root, the hosts
 * its sealed nodes. Every worker that runs the same tasks makes the same bytes, so that they can give each other nodes.
 * @module
 */
import { fromHex, toHex, u32, u64, type Hex } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { encodeTagged, type Tag } from "../hash.ts";
import { MOST_NODE } from "./node.ts";
import type { StateRecord } from "./record.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface SealedNode {
  readonly id: Hex;
  readonly bytes: Uint8Array;
}

/** Ciphertext of the largest node, with its tag. */
export const MOST_SEALED = MOST_NODE + 16;

export class StateSealer {
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  /** @param stateKey see `secrets.ts` */
  static async from(stateKey: Uint8Array): Promise<StateSealer> {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", stateKey as Bytes, algorithm, false, ["sign"]);
    return new StateSealer(key);
  }

  /** The root as it stands on chain. */
  async root({ version, contributors, node }: StateRecord): Promise<Hex> {
    return toHex(await this.#mac("state-root", u64(version), u32(contributors), fromHex(node, 32)));
  }

  /** @param plain see `node.ts` */
  async seal(plain: Uint8Array): Promise<SealedNode> {
    const id = await this.#mac("state-node", plain);
    const key = await this.#nodeKey(id, "encrypt");
    const bytes = await crypto.subtle.encrypt(cipher(id), key, plain as Bytes);
    return { id: toHex(id), bytes: new Uint8Array(bytes) };
  }

  /**
   * Opens a node that was asked for by its id.
   * @throws ProtocolError CANNOT_OPEN when it is another one, or none
   */
  async open(id: Hex, bytes: Uint8Array): Promise<Uint8Array> {
    const name = fromHex(id, 32);
    const key = await this.#nodeKey(name, "decrypt");
    const plain = await crypto.subtle.decrypt(cipher(name), key, bytes as Bytes).catch((cause) => {
      throw new ProtocolError("CANNOT_OPEN", { what: "state" }, { cause });
    });
    // Who knows the key could make bytes that open under any id.
    if (toHex(await this.#mac("state-node", new Uint8Array(plain))) !== id)
      throw new ProtocolError("CANNOT_OPEN", { what: "state" });
    return new Uint8Array(plain);
  }

  async #nodeKey(id: Uint8Array, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
    const raw = await this.#mac("state-cipher", id);
    return crypto.subtle.importKey("raw", raw, "AES-GCM", false, [use]);
  }

  async #mac(tag: Tag, ...fields: Uint8Array[]): Promise<Bytes> {
    const text = encodeTagged(tag, fields) as Bytes;
    return new Uint8Array(await crypto.subtle.sign("HMAC", this.#key, text));
  }
}

/** Each key encrypts one plaintext, which its id names: the nonce may be the same for all. */
const cipher = (id: Uint8Array) => ({
  name: "AES-GCM",
  iv: new Uint8Array(12),
  additionalData: id as Bytes,
});
