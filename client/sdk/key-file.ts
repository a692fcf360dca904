/**
 * A key at rest: the encrypted JSON (V3) that every Ethereum tool reads. Its public half stands beside the ciphertext, so that
 * listing needs no password. The command line keeps such files in a folder, the web app in the browser's storage.
 * @module
 */
import { decryptKeystoreJson, encryptKeystoreJson, getBytes } from "ethers";
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { toHex } from "../../protocol/bytes.ts";
import { sealingKeyOf } from "../../protocol/envelope/wrap.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { Secret } from "../../protocol/secret.ts";
import { addressOf } from "../../protocol/typed-data.ts";

/**
 * scrypt's N. A password somebody thought of gets the usual 2^17 (0.4 s); one from a file of an unattended machine lies beside the
 * keystore, is made by a machine, and gets 2^15.
 */
export const N_TYPED = 2 ** 17;
export const N_FILE = 2 ** 15;
/** Most of N and r of a file from elsewhere: 1 GiB of memory would be a way to hang whoever imports it. */
const MOST_N = 2 ** 18;
const MOST_R = 8;
/** Characters of a file; real ones have about 700. */
const MOST_TEXT = 10_000;

export const roles = ["account", "consent", "sealing"] as const;
export type Role = (typeof roles)[number];

/** The part that needs no password. */
export const KeyFile = Type.Object({
  cloister: Type.Object({
    role: Type.Unsafe<Role>(Type.Union(roles.map((role) => Type.Literal(role)))),
    /** Address, of the sealing key the compressed public key. */
    public: Type.String({ pattern: "^0x[0-9a-f]{40,66}$" }),
  }),
});
export type KeyFile = Static<typeof KeyFile>;

const strict = { additionalProperties: false } as const;
/** Names as they are written: ethers reads them in any case, and a second one of another case must not be the one it takes. */
const Cost = Type.Object(
  {
    kdf: Type.Literal("scrypt"),
    kdfparams: Type.Object(
      {
        n: Type.Integer({ minimum: 1, maximum: MOST_N }),
        r: Type.Integer({ minimum: 1, maximum: MOST_R }),
        p: Type.Literal(1),
        dklen: Type.Literal(32),
        salt: Type.String(),
      },
      strict,
    ),
    cipher: Type.String(),
    cipherparams: Type.Object({ iv: Type.String() }, strict),
    ciphertext: Type.String(),
    mac: Type.String(),
  },
  strict,
);

/** What terms name of a key. */
const publicOf = (role: Role, key: Secret): string =>
  key.use(role === "sealing" ? sealingKeyOf : addressOf);

/** Encrypts a key. @param cost scrypt's N */
export async function lockKey(
  role: Role,
  key: Secret,
  password: string,
  cost: number,
): Promise<string> {
  const account = key.use((bytes) => ({ address: addressOf(bytes), privateKey: toHex(bytes) }));
  const json = await encryptKeystoreJson(account, password, { scrypt: { N: cost, r: 8, p: 1 } });
  const cloister = { role, public: publicOf(role, key) };
  return `${JSON.stringify({ ...(JSON.parse(json) as object), cloister })}\n`;
}

/**
 * Opens a key file.
 * @param file its name, for the message
 * @throws ProtocolError KEYSTORE_PASSWORD
 */
export async function unlockKey(text: string, password: string, file: string): Promise<Secret> {
  try {
    const { privateKey } = await decryptKeystoreJson(text, password);
    return new Secret(getBytes(privateKey));
  } catch (cause) {
    throw new ProtocolError("KEYSTORE_PASSWORD", { file }, { cause });
  }
}

/**
 * Reads a key file that came from elsewhere. It is a stranger's until its password has opened it and {@link unlockImported} has
 * compared the key with what stands beside it.
 * @throws ProtocolError CONFIG_INVALID
 */
export function parseKeyFile(text: string, file: string): KeyFile["cloister"] {
  const wrong = (fault: string) => new ProtocolError("CONFIG_INVALID", { file, faults: [fault] });
  if (text.length > MOST_TEXT) throw wrong("it is too long for a key file");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong("it is not JSON");
  }
  if (!Value.Check(KeyFile, value)) throw wrong("it is no key file of Cloister");
  // `Crypto` is what ethers writes, `crypto` what the format says.
  const locks = Object.entries(value).filter(([name]) => name.toLowerCase() === "crypto");
  if (locks.length !== 1 || !Value.Check(Cost, locks[0]?.[1]))
    throw wrong("it is not locked in the way we lock keys");
  return value.cloister;
}

/** @throws ProtocolError CONFIG_INVALID, KEYSTORE_PASSWORD, HASH_MISMATCH when the public half is another key's */
export async function unlockImported(
  text: string,
  password: string,
  file: string,
): Promise<Secret> {
  const { role, public: expected } = parseKeyFile(text, file);
  const key = await unlockKey(text, password, file);
  const actual = publicOf(role, key);
  if (actual !== expected)
    throw new ProtocolError("HASH_MISMATCH", { what: "key in the file", expected, actual });
  return key;
}
