import { beforeAll, describe, expect, test } from "vitest";
import { hashProgram } from "../../protocol/identity.ts";
import { bytes32, eventOf, expectRevert, read, send } from "./support.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

describe("publish", () => {
  const [moduleHash, manifestHash] = [bytes32("some module"), bytes32("some manifest")];

  test("happens once, whoever does it", async () => {
    const { programRegistry, deployer, outsider } = world;
    const program = hashProgram(moduleHash, manifestHash);
    expect(await read(programRegistry, "isPublished", program)).toBe(false);
    const first = await send(
      programRegistry,
      deployer,
      "publish",
      moduleHash,
      manifestHash,
      "ipfs://x",
    );
    expect([...eventOf(first, "ProgramPublished")]).toEqual([
      program,
      moduleHash,
      manifestHash,
      "ipfs://x",
      await deployer.getAddress(),
    ]);
    expect(await read(programRegistry, "isPublished", program)).toBe(true);
    const again = await send(programRegistry, outsider, "publish", moduleHash, manifestHash, "");
    expect(again.logs).toEqual([]);
  });

  test("refuses a long uri", async () => {
    const { programRegistry, outsider } = world;
    const call = ["publish", moduleHash, manifestHash, "u".repeat(257)] as const;
    await expectRevert(programRegistry, outsider, call, "ProgramUriTooLong", 257);
  });
});
