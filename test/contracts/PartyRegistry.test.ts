import { beforeAll, describe, expect, test } from "vitest";
import { eventOf, expectRevert, read, send } from "./support.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

describe("register", () => {
  test("names the caller, and renames it", async () => {
    const { partyRegistry, outsider } = world;
    const account = await outsider.getAddress();
    expect(await read(partyRegistry, "nameOf", account)).toBe("");
    const receipt = await send(partyRegistry, outsider, "register", "Telco One");
    expect([...eventOf(receipt, "PartyRegistered")]).toEqual([account, "Telco One"]);
    await send(partyRegistry, outsider, "register", "Telkö 1");
    expect(await read(partyRegistry, "nameOf", account)).toBe("Telkö 1");
  });

  test.each([
    ["", 0],
    ["x".repeat(65), 65],
    ["ö".repeat(33), 66],
  ])("refuses %j", async (name, length) => {
    const { partyRegistry, outsider } = world;
    await expectRevert(partyRegistry, outsider, ["register", name], "PartyNameInvalid", length);
  });
});
