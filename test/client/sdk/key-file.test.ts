import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { lockKey, parseKeyFile, unlockImported } from "../../../client/sdk/key-file.ts";
import { newPartyKeys, publicKeysOf } from "../../../client/sdk/keys.ts";

/** Cheap to open: these keys guard nothing. */
const COST = 2;
const keys = newPartyKeys();
const other = newPartyKeys();
let consent: string;
let sealing: string;
beforeAll(async () => {
  consent = await lockKey("consent", keys.consentKey, "right", COST);
  sealing = await lockKey("sealing", keys.sealingKey, "right", COST);
});

const code = (name: string) => expect.objectContaining({ code: name }) as Error;
/** The file with something changed. */
function changed(text: string, change: (file: Record<string, unknown>) => void): string {
  const file = JSON.parse(text) as Record<string, unknown>;
  change(file);
  return JSON.stringify(file);
}

describe("a key file", () => {
  it("says its public half without a password, and opens with it", async () => {
    const own = publicKeysOf(keys);
    expect(parseKeyFile(consent, "c")).toEqual({ role: "consent", public: own.consentKey });
    expect(parseKeyFile(sealing, "s")).toEqual({ role: "sealing", public: own.sealingKey });
    const opened = await unlockImported(sealing, "right", "s");
    expect(opened.use((bytes) => [...bytes])).toEqual(keys.sealingKey.use((bytes) => [...bytes]));
    await expect(unlockImported(consent, "wrong", "c")).rejects.toThrow(code("KEYSTORE_PASSWORD"));
  });

  it("that names another key than it holds is refused", async () => {
    const own = publicKeysOf(other);
    const lying = changed(consent, (file) => {
      file["cloister"] = { role: "consent", public: own.consentKey };
    });
    await expect(unlockImported(lying, "right", "c")).rejects.toThrow(code("HASH_MISMATCH"));
  });

  it.each<[string, (file: Record<string, unknown>) => void]>([
    ["costs a gigabyte to try", (file) => void (params(file)["n"] = 2 ** 20)],
    ["costs hours to try", (file) => void (params(file)["p"] = 1_000_000)],
    ["says its cost twice", (file) => void (params(file)["N"] = 2 ** 30)],
    ["is locked twice", (file) => void (file["crypto"] = { kdf: "none" })],
    ["is locked in another way", (file) => void (lockOf(file)["kdf"] = "pbkdf2")],
    ["has a role of its own", (file) => void (file["cloister"] = { role: "x", public: "0x" })],
  ])("that %s is refused before anything is tried", (_, change) => {
    expect(() => parseKeyFile(changed(consent, change), "c")).toThrow(code("CONFIG_INVALID"));
  });

  it("of any other text or JSON is refused", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseKeyFile(text, "x")).toThrow(code("CONFIG_INVALID"));
      }),
    );
  });
});

type Fields = Record<string, unknown>;
const lockOf = (file: Fields) => file["Crypto"] as Fields;
const params = (file: Fields) => lockOf(file)["kdfparams"] as Fields;
