/**
 * A party's three keys at rest, each a file of the encrypted JSON (V3) that every Ethereum tool reads: `NAME.account.json` pays,
 * `NAME.consent.json` signs, `NAME.sealing.json` opens. Public halves stand beside the ciphertext, so that listing needs no password.
 * @module
 */
import { scrypt as nativeScrypt } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { scrypt } from "ethers";
import { toHex, type Address, type Hex } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { allAbilities, type Member } from "../../protocol/schema.ts";
import type { Secret } from "../../protocol/secret.ts";
import { KeyFile, lockKey, N_FILE, N_TYPED, roles, unlockKey, type Role } from "../sdk/key-file.ts";
import { readJson, readText, writeNew, type HomePaths } from "./home.ts";
import type { Password } from "./password.ts";

const SCRYPT_MEMORY = 2 ** 28;

export type KeySet = Readonly<Record<Role, Secret>>;

// ethers brings a scrypt in JavaScript, several times slower than Node's.
scrypt.register(
  (password, salt, N, r, p, length) =>
    new Promise((done, fail) =>
      nativeScrypt(password, salt, length, { N, r, p, maxmem: SCRYPT_MEMORY }, (error, key) =>
        error ? fail(error) : done(toHex(key)),
      ),
    ),
);

export const keyFile = (home: HomePaths, name: string, role: Role): string =>
  join(home.keystore, `${name}.${role}.json`);

/** Names of the accounts whose keys lie here. */
export function accountNames(home: HomePaths): string[] {
  if (!existsSync(home.keystore)) return [];
  return readdirSync(home.keystore).flatMap(
    (file) => /^(.+)\.account\.json$/.exec(file)?.[1] ?? [],
  );
}

/** Encrypts a key set into three new files. @throws ProtocolError FILE_EXISTS */
export async function storeKeys(home: HomePaths, name: string, keys: KeySet, password: Password) {
  for (const role of roles) {
    const file = keyFile(home, name, role);
    if (existsSync(file)) throw new ProtocolError("FILE_EXISTS", { file });
  }
  const cost = password.typed ? N_TYPED : N_FILE;
  const texts = await Promise.all(
    roles.map((role) => lockKey(role, keys[role], password.text, cost)),
  );
  for (const [i, role] of roles.entries()) writeNew(keyFile(home, name, role), texts[i] ?? "");
}

/** @throws ProtocolError KEY_MISSING, KEYSTORE_PASSWORD, FILE_UNREADABLE */
export async function openKey(home: HomePaths, name: string, role: Role, password: Password) {
  const file = expectKey(home, name, role);
  return unlockKey(readText(file), password.text, file);
}

/** What terms name of this account; needs no password. @throws ProtocolError KEY_MISSING */
export function memberOf(home: HomePaths, name: string): Member {
  const visible = (role: Role) => readJson(expectKey(home, name, role), KeyFile).cloister.public;
  return {
    account: visible("account") as Address,
    consentKey: visible("consent") as Address,
    sealingKey: visible("sealing") as Hex,
    abilities: allAbilities,
  };
}

function expectKey(home: HomePaths, name: string, role: Role): string {
  const file = keyFile(home, name, role);
  if (existsSync(file)) return file;
  const others = accountNames(home);
  const hint = others.length > 0 ? ` (there are: ${others.join(", ")})` : "";
  throw new ProtocolError("KEY_MISSING", {
    what: `${role} key of account "${name}" in ${home.keystore}${hint}`,
  });
}
