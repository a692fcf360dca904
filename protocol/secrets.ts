/**
 * Secrets of a secret contract. They come from all members' shares and the data keys: the committee's enclaves derive the same
 * ones, nobody outside can, and there is no network-wide key whose loss opens everything.
 * @module
 */
import { concat, fromHex, type Hex } from "./bytes.ts";
import { hkdf, taggedHash } from "./hash.ts";
import type { Hash } from "./bytes.ts";

/** HKDF over the shares of all members, in member order. */
export const contractSecret = (terms: Hex, shares: readonly Uint8Array[]): Promise<Uint8Array> =>
  hkdf(concat(...shares), fromHex(terms, 32), "contract");

/**
 * HKDF over contract secret and the data keys in input order (then the key of the private parameters): bound to one seal.
 * The data keys are in it so that members alone, who know all shares together, cannot compute it for data they never had.
 */
export const taskSecret = (
  contract: Uint8Array,
  dataKeys: readonly Uint8Array[],
  sealDigest: Hex,
): Promise<Uint8Array> => hkdf(concat(contract, ...dataKeys), fromHex(sealDigest, 32), "task");

/** HKDF over the contract secret: names and hides the private state, see `state/seal.ts`. */
export const stateKey = (contract: Uint8Array): Promise<Uint8Array> =>
  hkdf(contract, new Uint8Array(0), "state");

/** The only secret that enters the program: its seed. */
export const guestSeed = (task: Uint8Array): Promise<Uint8Array> =>
  hkdf(task, new Uint8Array(0), "guest");

/** Salt of the output commitment. */
export const outputSalt = (task: Uint8Array): Promise<Uint8Array> =>
  hkdf(task, new Uint8Array(0), "output");

/** What goes on chain for an output; an envelope to a recipient holds salt || output. */
export const commitOutput = (salt: Uint8Array, output: Uint8Array): Hash<"output"> =>
  taggedHash("output", salt, output);
