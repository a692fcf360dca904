/** The key that pays for gas, at rest as the encrypted JSON every Ethereum tool reads. @module */
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Wallet, decryptKeystoreJson, encryptKeystoreJson } from "ethers";
import { fromHex, toHex, type Address } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { addressOf } from "../../../protocol/typed-data.ts";
import { Secret } from "../../../protocol/secret.ts";

/**
 * scrypt's N. The password is a file beside the keystore, 256 random bits unless the operator brings one: whoever reads one reads
 * the other, and a random password needs no stretching. 2^14 takes 0.1 s and 16 MiB, the usual 2^17 eight times as much at each start.
 */
const SCRYPT_N = 2 ** 14;

/** Makes a password file, readable by its owner alone. */
export function createPassword(file: string): void {
  writeFileSync(file, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
}

/** First line of a password file. @throws ProtocolError KEYSTORE_PASSWORD when there is no such file */
export function readPassword(file: string): string {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/, 1)[0] ?? "";
  } catch (cause) {
    throw new ProtocolError("KEYSTORE_PASSWORD", { file }, { cause });
  }
}

/** Makes a new key and writes it encrypted; never over another one. */
export async function createKeystore(file: string, password: string): Promise<Address> {
  const { address, privateKey } = Wallet.createRandom();
  const json = await encryptKeystoreJson({ address, privateKey }, password, {
    scrypt: { N: SCRYPT_N, r: 8, p: 1 },
  });
  writeFileSync(file, `${json}\n`, { mode: 0o600, flag: "wx" });
  return addressOf(fromHex(privateKey, 32));
}

/** @throws ProtocolError KEYSTORE_PASSWORD */
export async function openKeystore(file: string, password: string): Promise<Secret> {
  try {
    const { privateKey } = await decryptKeystoreJson(readFileSync(file, "utf8"), password);
    return new Secret(fromHex(privateKey, 32));
  } catch (cause) {
    throw new ProtocolError("KEYSTORE_PASSWORD", { file }, { cause });
  }
}

/** ethers' signer for a key; it keeps a copy of the key for its own life. */
export const walletOf = (key: Secret): Wallet => key.use((bytes) => new Wallet(toHex(bytes)));
