import { beforeEach, describe, expect, it } from "vitest";
import type { Hex } from "../../../../protocol/bytes.ts";
import { sealingKeyOf } from "../../../../protocol/envelope/wrap.ts";
import { addressOf } from "../../../../protocol/typed-data.ts";
import { ChainView } from "../../../../worker/host/chain/view.ts";
import { Programs } from "../../../../worker/host/inbox/programs.ts";
import { Store } from "../../../../worker/host/store/store.ts";
import { deployment, memberKeys, World } from "../../enclave/world.ts";
import { Recorder } from "../support/recorded.ts";

const { consentKey, sealingKey } = memberKeys("enclave");
const worker = {
  signer: addressOf(consentKey),
  sealingKey: sealingKeyOf(sealingKey),
  measurement: `0x${"4d".repeat(32)}`,
} as const;
const world = await World.create({ members: 1, workers: [worker], threshold: 1 });
const { program } = world.collaboration.terms;
const bundle = {
  module: Buffer.from(world.module).toString("base64"),
  manifest: world.collaboration.manifest,
};

let store: Store;
let programs: Programs;
let arrivals: Hex[];
beforeEach(() => {
  store = new Store(":memory:");
  arrivals = [];
  const view = new ChainView(deployment, store);
  programs = new Programs({ view, store, onArrival: (hash) => arrivals.push(hash) });
});
const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe("a program", () => {
  it("is kept when it is published, and given out as it came", () => {
    expect(() => programs.accept(program, bundle)).toThrow(refused("NOT_PUBLISHED"));
    new Recorder(store).program(world);
    expect(() => programs.bundle(program)).toThrow(refused("NOT_FOUND"));
    programs.accept(program, bundle);
    programs.accept(program, bundle);
    expect(arrivals).toEqual([program]);
    expect(programs.bundle(program)).toEqual(bundle);
  });

  it.each([
    ["another module", { ...bundle, module: Buffer.from("export {}").toString("base64") }],
    ["another manifest", { ...bundle, manifest: `${bundle.manifest} ` }],
  ])("with %s is refused", (_, other) => {
    new Recorder(store).program(world);
    expect(() => programs.accept(program, other)).toThrow(refused("HASH_MISMATCH"));
    expect(arrivals).toEqual([]);
  });

  it.each(["abc", "YWJj\n", "YWJj=", "!!!!"])("with %j for base64 is refused", (module) => {
    new Recorder(store).program(world);
    expect(() => programs.accept(program, { ...bundle, module })).toThrow(refused("BYTES_INVALID"));
  });
});
