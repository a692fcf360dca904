import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Wallet } from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addressOf } from "../../../../protocol/typed-data.ts";
import {
  createKeystore,
  createPassword,
  openKeystore,
  readPassword,
  walletOf,
} from "../../../../worker/host/home/keystore.ts";
import { Secret } from "../../../../protocol/secret.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cloister-key-"))));
afterEach(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);

describe("the gas key", () => {
  it("opens with its password, in Cloister and in any Ethereum tool", async () => {
    createPassword(file("password"));
    const password = readPassword(file("password"));
    const operator = await createKeystore(file("gas.keystore"), password);
    const key = await openKeystore(file("gas.keystore"), password);
    expect(key.use(addressOf)).toBe(operator);
    expect(walletOf(key).address.toLowerCase()).toBe(operator);
    const json = readFileSync(file("gas.keystore"), "utf8");
    expect((await Wallet.fromEncryptedJson(json, password)).address.toLowerCase()).toBe(operator);
  });

  it("refuses another password, and says which file", async () => {
    await createKeystore(file("gas.keystore"), "right");
    const refusal = { code: "KEYSTORE_PASSWORD", facts: { file: file("gas.keystore") } };
    await expect(openKeystore(file("gas.keystore"), "wrong")).rejects.toMatchObject(refusal);
    expect(() => readPassword(file("none"))).toThrow(
      expect.objectContaining({ code: "KEYSTORE_PASSWORD" }),
    );
  });

  it("lies in files that only the operator reads, each written once", async () => {
    createPassword(file("password"));
    expect(() => createPassword(file("password"))).toThrow("EEXIST");
    await createKeystore(file("gas.keystore"), "x");
    await expect(createKeystore(file("gas.keystore"), "x")).rejects.toThrow("EEXIST");
    for (const name of ["password", "gas.keystore"])
      expect(statSync(file(name)).mode & 0o077).toBe(0);
  });
});

describe("a secret", () => {
  it("prints as [secret] wherever it is put, and is gone after wiping", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const secret = new Secret(bytes);
    const printed = [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }),
      inspect([secret]),
    ];
    for (const text of printed) {
      expect(text).toContain("[secret]");
      expect(text).not.toMatch(/1, ?2, ?3/);
    }
    secret.wipe();
    expect([...secret.use((held) => held)]).toEqual([0, 0, 0]);
  });
});
