import { AbiCoder } from "ethers";
import { beforeAll, expect, test } from "vitest";
import { taggedHash } from "../../../protocol/hash.ts";
import { fromHex, u64, type Hex } from "../../../protocol/bytes.ts";
import {
  SIMULATED_ROOT,
  SIMULATED_ROOT_KEY,
  simulatedEvidence,
} from "../../../protocol/evidence.ts";
import { signDigest } from "../../../protocol/typed-data.ts";
import { addressOfKey, bytes32, expectRevert, keyOf, lower, read } from "../support.ts";
import { createWorld, type World } from "../world.ts";

let world: World;
const binding = bytes32("binding");
const measurement = bytes32("measurement");
let recent: { blockNumber: number; blockHash: Hex };

beforeAll(async () => {
  world = await createWorld();
  const block = (await world.provider.getBlock("latest"))!;
  recent = { blockNumber: block.number, blockHash: block.hash as Hex };
  await world.mine(2);
});

/** Evidence field by field, signed by any key over any bytes. */
function evidence(key: Uint8Array, blockNumber: bigint, signature?: string): string {
  const digest = taggedHash(
    "simulated-evidence",
    fromHex(measurement),
    fromHex(binding),
    u64(blockNumber % 2n ** 64n),
    fromHex(recent.blockHash),
  );
  return AbiCoder.defaultAbiCoder().encode(
    ["bytes32", "bytes32", "uint256", "bytes32", "bytes"],
    [measurement, binding, blockNumber, recent.blockHash, signature ?? signDigest(key, digest)],
  );
}

test("says what it is", async () => {
  expect(await read(world.simulatedVerifier, "simulated")).toBe(true);
});

test("proves the measurement of evidence by the published root", async () => {
  const { simulatedVerifier } = world;
  const genuine = simulatedEvidence({ measurement, binding, ...recent });
  expect(await read(simulatedVerifier, "verify", genuine, binding)).toBe(measurement);
  expect(evidence(SIMULATED_ROOT_KEY, BigInt(recent.blockNumber))).toBe(genuine);
});

test("refuses evidence that binds something else", async () => {
  const { simulatedVerifier, outsider } = world;
  const other = bytes32("other");
  const genuine = simulatedEvidence({ measurement, binding, ...recent });
  const call = ["verify", genuine, other] as const;
  await expectRevert(simulatedVerifier, outsider, call, "EvidenceBindingMismatch", other, binding);
});

test.each([
  ["of a block to come", () => ({ blockNumber: recent.blockNumber + 1_000 })],
  ["of another chain's block", () => ({ blockHash: bytes32("fork") })],
])("refuses evidence %s", async (_name, change) => {
  const { simulatedVerifier, outsider } = world;
  const facts = { measurement, binding, ...recent, ...change() };
  const call = ["verify", simulatedEvidence(facts), binding] as const;
  await expectRevert(simulatedVerifier, outsider, call, "EvidenceStale", facts.blockNumber);
});

test("refuses evidence older than 256 blocks", async () => {
  const { simulatedVerifier, outsider, mine, snapshot, restore } = world;
  const before = await snapshot();
  await mine(260);
  const call = ["verify", simulatedEvidence({ measurement, binding, ...recent }), binding] as const;
  await expectRevert(simulatedVerifier, outsider, call, "EvidenceStale", recent.blockNumber);
  await restore(before);
});

test("refuses another signer, and a signature that is none", async () => {
  const { simulatedVerifier, outsider } = world;
  const key = keyOf("not the root");
  const block = BigInt(recent.blockNumber);
  const refuse = (proof: string, signer: string) =>
    expectRevert(
      simulatedVerifier,
      outsider,
      ["verify", proof, binding],
      "EvidenceSignerUnknown",
      signer,
    );
  await refuse(evidence(key, block), addressOfKey(key));
  await refuse(evidence(key, block, `0x${"ff".repeat(65)}`), `0x${"00".repeat(20)}`);
});

test("the other form of the root's signature is refused", async () => {
  const { simulatedVerifier, outsider } = world;
  const genuine = simulatedEvidence({ measurement, binding, ...recent });
  const signature = AbiCoder.defaultAbiCoder().decode(
    ["bytes32", "bytes32", "uint64", "bytes32", "bytes"],
    genuine,
  )[4] as string;
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = order - BigInt(`0x${signature.slice(66, 130)}`);
  const v = signature.endsWith("1b") ? "1c" : "1b";
  const twin = `${signature.slice(0, 66)}${s.toString(16).padStart(64, "0")}${v}`;
  await expectRevert(
    simulatedVerifier,
    outsider,
    ["verify", evidence(SIMULATED_ROOT_KEY, BigInt(recent.blockNumber), twin), binding],
    "EvidenceSignerUnknown",
    `0x${"00".repeat(20)}`,
  );
});

test.each([
  ["empty", () => "0x"],
  ["cut", () => evidence(SIMULATED_ROOT_KEY, 1n).slice(0, -64)],
  ["longer", () => `${evidence(SIMULATED_ROOT_KEY, 1n)}${"00".repeat(32)}`],
  ["of a block number beyond 64 bits", () => evidence(SIMULATED_ROOT_KEY, 2n ** 64n)],
  ["of a signature of 64 bytes", () => evidence(SIMULATED_ROOT_KEY, 1n, `0x${"11".repeat(64)}`)],
])("refuses evidence that is %s", async (_name, make) => {
  const { simulatedVerifier, outsider } = world;
  const call = ["verify", make(), binding] as const;
  await expectRevert(simulatedVerifier, outsider, call, "EvidenceMalformed");
});

test("the root is the published constant", () => {
  expect(SIMULATED_ROOT).toBe(lower("0xbb0fBc672501934F27350b4b32e2817f87252Ac7"));
});
