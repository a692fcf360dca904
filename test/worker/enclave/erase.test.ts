/** Erasing, in real enclave processes: what was signed away does not open again, whoever kept a copy, in this life or a later one. */
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Hex } from "../../../protocol/bytes.ts";
import type { DatasetName } from "../../../protocol/schema.ts";
import { digestOf, signerOf } from "../../../protocol/typed-data.ts";
import { simulatedPlatform } from "../../../worker/enclave/custody/platform.ts";
import { SealedFile } from "../../../worker/enclave/custody/sealed-file.ts";
import { EnclaveProcess, removeScratch, scratchFolder } from "./process.ts";
import { locations, telco1, telco2 } from "./proof-of-concept.ts";
import { deployment, load, preambleOf, World, type SealedInput } from "./world.ts";

const MOST = 3;
let enclave: EnclaveProcess;
let world: World;
let inputs: [SealedInput, SealedInput];

const start = (home?: string): Promise<EnclaveProcess> =>
  EnclaveProcess.start(home, { maxErased: MOST });
/** The same home after a crash. */
const again = async (): Promise<EnclaveProcess> => {
  await enclave.stop();
  return start(enclave.home);
};
beforeAll(async () => {
  enclave = await start();
  const { signer, sealingKey, measurement } = await enclave.keys();
  const workers = [{ signer: signer as never, sealingKey, measurement }];
  world = await World.create({ members: 2, workers, threshold: 1, policy: { minParties: 1 } });
  inputs = [
    await world.seal(0, "locations", locations(telco1)),
    await world.seal(1, "locations", locations(telco2)),
  ];
  copyFileSync(join(enclave.home, "enclave.sealed"), join(enclave.home, "first"));
});
afterEach(async () => {
  // Each test begins with an enclave that has erased nothing.
  await enclave.stop();
  copyFileSync(join(enclave.home, "first"), join(enclave.home, "enclave.sealed"));
  enclave = await start(enclave.home);
});
afterAll(async () => {
  await enclave.stop();
  removeScratch();
});

const nameOf = ({ ref: { member, dataset } }: SealedInput): DatasetName => ({
  terms: world.terms,
  member,
  dataset,
});
const erase = async (name: DatasetName): Promise<Hex> =>
  (await enclave.ask("erase", { deployment, ...name })).json.signature;
const withdrawn = (input: SealedInput) =>
  expect.objectContaining({
    code: "DATASET_WITHDRAWN",
    facts: { dataset: input.ref.dataset },
  }) as Error;
const loading = (input: SealedInput) => load(enclave, world.collaboration, input);
const ready = () => {
  const question = world.ask("cluster", { k: 1 }, inputs);
  return enclave.ask("ready", { collaboration: world.collaboration, question });
};

describe("an erased dataset", () => {
  it("is signed away by the enclave's key, for this deployment and this sealing key", async () => {
    const name = nameOf(inputs[0]);
    const signature = await erase(name);
    const { signer, sealingKey } = await enclave.keys();
    const digest = digestOf(deployment, "Erasure", { ...name, sealingKey });
    expect(signerOf(digest, signature)).toBe(signer);
    const elsewhere = digestOf({ ...deployment, chainId: 1 }, "Erasure", { ...name, sealingKey });
    expect(signerOf(elsewhere, signature)).not.toBe(signer);
    expect(await erase(name)).toBe(signature);
  });

  it("is forgotten at once, and does not load again from a copy, also after a restart", async () => {
    await enclave.ask("program", {}, world.module);
    for (const input of inputs) await loading(input);
    await ready();
    await erase(nameOf(inputs[0]));
    await expect(ready()).rejects.toMatchObject({
      code: "NOT_LOADED",
      facts: { hashes: [inputs[0].ref.dataset] },
    });
    await expect(loading(inputs[0])).rejects.toEqual(withdrawn(inputs[0]));
    enclave = await again();
    await expect(loading(inputs[0])).rejects.toEqual(withdrawn(inputs[0]));
    await loading(inputs[1]);
  });

  it("does not come back by being half loaded when it was erased", async () => {
    const [input] = inputs;
    const { member, table, dataset } = input.ref;
    const claim = { collaboration: world.collaboration, member, table, dataset };
    await enclave.ask("load", claim, preambleOf(input));
    await erase(nameOf(input));
    for (const chunk of input.chunks)
      await expect(enclave.ask("chunk", {}, chunk)).rejects.toMatchObject({ code: "NOT_LOADED" });
    await expect(enclave.ask("loaded", {})).rejects.toMatchObject({ code: "NOT_LOADED" });
  });

  it("does not open under a new wrap of its key either", async () => {
    const [input] = inputs;
    const rewrapped = await world.seal(0, "locations", locations(telco1), {
      dataKey: input.dataKey,
    });
    expect(rewrapped.ref).toEqual(input.ref);
    await erase(nameOf(input));
    await expect(loading(rewrapped)).rejects.toEqual(withdrawn(input));
  });

  it("is that member's alone: the same hash withdrawn by another takes nothing away", async () => {
    const [input] = inputs;
    await erase({ ...nameOf(input), member: 1 });
    await erase({ ...nameOf(input), terms: `0x${"11".repeat(32)}` });
    await expect(loading(input)).resolves.toBeUndefined();
  });

  it("is signed for only as long as it can be remembered", async () => {
    for (let i = 0; i < MOST; i++)
      await erase({ ...nameOf(inputs[0]), dataset: `0x${String(i).repeat(64)}` });
    await expect(erase(nameOf(inputs[0]))).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      facts: { limit: MOST },
    });
    // What is remembered can be signed again.
    await erase({ ...nameOf(inputs[0]), dataset: `0x${"0".repeat(64)}` });
    await loading(inputs[0]);
  });

  it("keeps the keys: an enclave that never erased anything opens the same data with them", async () => {
    const before = await enclave.keys();
    await erase(nameOf(inputs[0]));
    enclave = await again();
    expect(await enclave.keys()).toEqual(before);
    // What docs/trust.md says a host can do that puts an older file back.
    copyFileSync(join(enclave.home, "first"), join(enclave.home, "enclave.sealed"));
    enclave = await again();
    await loading(inputs[0]);
  });
});

it("a sealed file of another length is no key file", async () => {
  const home = scratchFolder();
  const platform = await simulatedPlatform();
  const file = join(home, "enclave.sealed");
  for (const length of [0, 63, 65, 64 + 64, 64 + 66]) {
    writeFileSync(
      file,
      await platform.box.seal(new Uint8Array(length), "cloister/v1/enclave-keys"),
    );
    await expect(SealedFile.open(platform, file)).rejects.toMatchObject({ code: "CANNOT_OPEN" });
  }
});
