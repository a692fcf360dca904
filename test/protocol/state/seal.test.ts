/** The bytes of a state, once by the protocol and once by Node's own cryptography and nothing else. */
import { createDecipheriv, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex, u32, u64, u8, utf8, type Hex } from "../../../protocol/bytes.ts";
import { stateKey } from "../../../protocol/secrets.ts";
import { decodeNode, encodeNode } from "../../../protocol/state/node.ts";
import { StateSealer } from "../../../protocol/state/seal.ts";
import { readVectors } from "../../vectors/read.ts";

const vector = readVectors("state");
const key = fromHex(vector.stateKey);

function mac(kind: string, ...fields: Uint8Array[]): Buffer {
  const name = utf8(`cloister/v1/${kind}`);
  const hmac = createHmac("sha256", key).update(concat(u8(name.length), name, u32(fields.length)));
  for (const field of fields) hmac.update(concat(u32(field.length), field));
  return hmac.digest();
}

describe("the state's vectors", () => {
  it("begin with the contract secret", async () => {
    expect(toHex(await stateKey(fromHex(vector.contractSecret)))).toBe(vector.stateKey);
  });

  it.each(vector.nodes.map((one) => [one.node.kind, one] as const))(
    "hold a %s, its name and its ciphertext",
    async (_, { node, plain, id, sealed }) => {
      const sealer = await StateSealer.from(key);
      expect(toHex(encodeNode(node, vector.sealDigest))).toBe(plain);
      expect(decodeNode(fromHex(plain))).toEqual({ node, sealDigest: vector.sealDigest });
      const made = await sealer.seal(fromHex(plain));
      expect([made.id, toHex(made.bytes)]).toEqual([id, sealed]);
      expect(toHex(await sealer.open(id, fromHex(sealed)))).toBe(plain);

      expect(toHex(mac("state-node", fromHex(plain)))).toBe(id);
      const cipher = createDecipheriv(
        "aes-256-gcm",
        mac("state-cipher", fromHex(id)),
        new Uint8Array(12),
      );
      const bytes = fromHex(sealed);
      cipher.setAAD(fromHex(id)).setAuthTag(bytes.subarray(-16));
      const opened = Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]);
      expect(toHex(opened)).toBe(plain);
    },
  );

  it("end in a root", async () => {
    const { version, contributors, node } = vector.record;
    const root = mac("state-root", u64(version), u32(contributors), fromHex(node));
    expect(toHex(root)).toBe(vector.root);
    expect(await (await StateSealer.from(key)).root(vector.record)).toBe(vector.root);
  });

  it.each<[string, (id: Hex, sealed: Uint8Array) => [Hex, Uint8Array]]>([
    ["under another name", (_, sealed) => [vector.nodes[1]!.id, sealed]],
    ["changed", (id, sealed) => [id, sealed.with(3, sealed[3]! ^ 1)]],
    ["cut", (id, sealed) => [id, sealed.subarray(0, 10)]],
  ])("do not open %s", async (_, lie) => {
    const { id, sealed } = vector.nodes[0]!;
    const sealer = await StateSealer.from(key);
    await expect(sealer.open(...lie(id, fromHex(sealed)))).rejects.toMatchObject({
      code: "CANNOT_OPEN",
    });
  });
});
