import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { newPartyKeys, partyKeysFrom, publicKeysOf } from "../../client/sdk/keys.ts";
import { Secret } from "../../protocol/secret.ts";

describe("Secret", () => {
  const secret = new Secret(Uint8Array.of(0xde, 0xad));

  it("is not printed by anything", () => {
    const shown = [
      "".concat(secret as never),
      JSON.stringify({ secret }),
      inspect({ secret }),
      String(secret),
    ];
    for (const text of shown) {
      expect(text).toContain("[secret]");
      expect(text).not.toMatch(/222|173|dead/);
    }
  });

  it("keeps its own copy and forgets it when wiped", () => {
    const bytes = Uint8Array.of(1, 2);
    const own = new Secret(bytes);
    bytes.fill(9);
    expect(own.use((held) => [...held])).toEqual([1, 2]);
    own.wipe();
    expect(own.use((held) => [...held])).toEqual([0, 0]);
  });
});

describe("party keys", () => {
  it("are two different fresh keys with public halves", () => {
    const [a, b] = [publicKeysOf(newPartyKeys()), publicKeysOf(newPartyKeys())];
    expect(a.consentKey).toMatch(/^0x[0-9a-f]{40}$/);
    expect(a.sealingKey).toMatch(/^0x0[23][0-9a-f]{64}$/);
    expect(a).not.toEqual(b);
  });

  it("come back from stored bytes", () => {
    const consentKey = new Uint8Array(32).fill(1);
    const sealingKey = new Uint8Array(32).fill(2);
    const keys = partyKeysFrom({ consentKey, sealingKey });
    expect(keys.consentKey.use((bytes) => bytes[0])).toBe(1);
    expect(publicKeysOf(keys)).toEqual(publicKeysOf(partyKeysFrom({ consentKey, sealingKey })));
    expect(() => partyKeysFrom({ consentKey, sealingKey: consentKey.subarray(1) })).toThrow(
      "BYTES_INVALID",
    );
  });
});
