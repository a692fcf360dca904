/**
 * A party's three keys at rest, each a file of the encrypted JSON (V3) that every Ethereum tool reads: `NAME.account.json` pays,
 * `NAME.consent.json` signs, `NAME.sealing.json` opens. Public halves stand beside the ciphertext, so that listing needs no password.
 * @module
 */
import { scrypt as nativeScrypt } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { decryptKeystoreJson, encryptKeystoreJson, getBytes, scrypt } from "ethers";
import { Type } from "typebox";
import { toHex, type Address, type Hex } from "../../protocol/bytes.ts";
import { sealingKeyOf } from "../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { addressOf } from "../../protocol/typed-data.ts";
import { allAbilities, type Member } from "../../protocol/schema.ts";
import { Secret } from "../../protocol/secret.ts";
import { readJson, readText, writeNew, type HomePaths } from "./home.ts";
import type { Password } from "./password.ts";

/**
 * scrypt's N. A password somebody thought of gets the usual 2^17 (0.4 s); one from a file of an unattended machine lies beside the
 * keystore, is made by a machine, and gets 2^15.
 */
const N_TYPED = 2 ** 17;
const N_FILE = 2 ** 15;
const SCRYPT_MEMORY = 2 ** 28;

export const roles = ["account", "consent", "sealing"] as const;
export type Role = (typeof roles)[number];
export type KeySet = Readonly<Record<Role, Secret>>;

const Public = Type.Object({
  cloister: Type.Object({
    role: Type.Union(roles.map((role) => Type.Literal(role))),
    /** Address, of the sealing key the compressed public key. */
    public: Type.String({ pattern: "^0x[0-9a-f]{40,66}$" }),
  }),
});

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
  const texts = await Promise.all(roles.map((role) => encrypted(role, keys[role], password)));
  for (const [i, role] of roles.entries()) writeNew(keyFile(home, name, role), texts[i] ?? "");
}

async function encrypted(role: Role, key: Secret, { text, typed }: Password): Promise<string> {
  const account = key.use((bytes) => ({ address: addressOf(bytes), privateKey: toHex(bytes) }));
  const settings = { scrypt: { N: typed ? N_TYPED : N_FILE, r: 8, p: 1 } };
  const json = await encryptKeystoreJson(account, text, settings);
  const visible = role === "sealing" ? key.use(sealingKeyOf) : account.address;
  const stored = { ...(JSON.parse(json) as object), cloister: { role, public: visible } };
  return `${JSON.stringify(stored)}\n`;
}

/** @throws ProtocolError KEY_MISSING, KEYSTORE_PASSWORD, FILE_UNREADABLE */
export async function openKey(home: HomePaths, name: string, role: Role, password: Password) {
  const file = expectKey(home, name, role);
  const text = readText(file);
  try {
    const { privateKey } = await decryptKeystoreJson(text, password.text);
    return new Secret(getBytes(privateKey));
  } catch (cause) {
    throw new ProtocolError("KEYSTORE_PASSWORD", { file }, { cause });
  }
}

/** What terms name of this account; needs no password. @throws ProtocolError KEY_MISSING */
export function memberOf(home: HomePaths, name: string): Member {
  const visible = (role: Role) => readJson(expectKey(home, name, role), Public).cloister.public;
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
