/** The keys of an account in this browser: two key files as the command line writes them, locked with a password. @module */
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import type { Address } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { AddressHex } from "../../../protocol/schema.ts";
import { parseKeyFile } from "../../sdk/key-file.ts";
import { newPartyKeys, type PartyKeys } from "../../sdk/keys.ts";
import { readOne, write } from "./database.ts";
import { lock, unlock } from "./key-work.ts";

/** What is stored for an account. */
export const KeyRing = Type.Object(
  { account: AddressHex, consent: Type.String(), sealing: Type.String() },
  { additionalProperties: false },
);
export type KeyRing = Static<typeof KeyRing>;

/** Shortest password: the file may be copied, and then only the password stands before the key. */
export const MIN_PASSWORD = 8;

/** The ring of an account, when this browser has one. */
export async function ringOf(account: Address): Promise<KeyRing | undefined> {
  const stored = await readOne("keys", account);
  return Value.Check(KeyRing, stored) ? stored : undefined;
}

/** Makes fresh keys and stores them locked. @throws ProtocolError PASSWORD_MISSING */
export async function makeRing(account: Address, password: string): Promise<PartyKeys> {
  expectPassword(password);
  const keys = newPartyKeys();
  const [consent, sealing] = await Promise.all([
    lock("consent", keys.consentKey, password),
    lock("sealing", keys.sealingKey, password),
  ]);
  await write("keys", account, { account, consent, sealing } satisfies KeyRing);
  return keys;
}

/** @throws ProtocolError CONFIG_INVALID, KEYSTORE_PASSWORD, HASH_MISMATCH */
export async function openRing(ring: KeyRing, password: string): Promise<PartyKeys> {
  const [consentKey, sealingKey] = await Promise.all([
    unlock(ring.consent, password, fileName(ring.account, "consent")),
    unlock(ring.sealing, password, fileName(ring.account, "sealing")),
  ]);
  return { consentKey, sealingKey };
}

/**
 * Takes two key files from elsewhere, after their password has opened both.
 * @throws ProtocolError CONFIG_INVALID, KEYSTORE_PASSWORD, HASH_MISMATCH, KEY_MISSING when one of the two is not there
 */
export async function importRing(
  account: Address,
  files: readonly { readonly name: string; readonly text: string }[],
  password: string,
): Promise<PartyKeys> {
  const texts = new Map(files.map(({ name, text }) => [parseKeyFile(text, name).role, text]));
  const [consent, sealing] = [texts.get("consent"), texts.get("sealing")];
  if (consent === undefined || sealing === undefined)
    throw new ProtocolError("KEY_MISSING", { what: "consent and sealing key among these files" });
  const ring = { account, consent, sealing };
  const keys = await openRing(ring, password);
  await write("keys", account, ring satisfies KeyRing);
  return keys;
}

/** As the command line calls them: `cloister --account ACCOUNT` finds them in `keystore/`. */
export const fileName = (account: Address, role: "consent" | "sealing"): string =>
  `${account.slice(2, 12)}.${role}.json`;

function expectPassword(password: string): void {
  if (password.length >= MIN_PASSWORD) return;
  throw new ProtocolError("PASSWORD_MISSING", {
    what: `new keys: at least ${MIN_PASSWORD} characters`,
  });
}
