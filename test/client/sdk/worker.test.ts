import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ZERO_HASH, type Hex } from "../../../protocol/bytes.ts";
import { hashWorker } from "../../../protocol/identity.ts";
import { sleep } from "../../../client/sdk/wait.ts";
import { fakeMeasurement } from "../support/fake-worker.ts";
import { startFakeWorld, type FakeWorld } from "../support/fake-world.ts";

const accepting = { measurements: [fakeMeasurement], acceptSimulated: true };

describe("worker", () => {
  let world: FakeWorld;
  beforeAll(async () => {
    world = await startFakeWorld({ workers: 2 });
  });
  afterAll(() => world.close());
  const idOf = (index: number): Hex => hashWorker(world.workers[index]!.keys);

  it("lists the registry", async () => {
    const list = await world.clientOf(0).worker.list();
    expect(list.map((worker) => worker.id)).toEqual([idOf(0), idOf(1)]);
    expect(list[0]).toMatchObject({
      endpoint: world.workers[0]!.endpoint,
      protection: "simulated",
      keys: world.workers[0]!.keys,
    });
  });

  it("verifies by id and by endpoint", async () => {
    const { worker } = world.clientOf(0);
    const byId = await worker.verify(idOf(0));
    expect(await worker.verify(world.workers[0]!.endpoint)).toEqual(byId);
  });

  it("trusts nobody unless told to", async () => {
    const party = world.clientOf(0, { trust: { measurements: [], acceptSimulated: true } });
    await expect(party.worker.verify(idOf(0))).rejects.toMatchObject({
      code: "MEASUREMENT_UNKNOWN",
      facts: { measurement: fakeMeasurement },
    });
  });

  it("refuses simulated workers unless accepted", async () => {
    const party = world.clientOf(0, { trust: { ...accepting, acceptSimulated: false } });
    await expect(party.worker.verify(idOf(0))).rejects.toMatchObject({
      code: "SIMULATED_REFUSED",
      facts: { worker: idOf(0) },
    });
  });

  it("refuses an attestation that is another worker's", async () => {
    const [first, second] = world.workers;
    const own = first!.attestation as Record<string, unknown>;
    first!.attestation = { ...(second!.attestation as object), worker: own["worker"] };
    await expect(world.clientOf(0).worker.verify(first!.endpoint)).rejects.toMatchObject({
      code: "HASH_MISMATCH",
    });
    first!.attestation = { ...own, epoch: 7 };
    await expect(world.clientOf(0).worker.verify(first!.endpoint)).rejects.toMatchObject({
      code: "HASH_MISMATCH",
      facts: { what: expect.stringMatching(/^binding of worker /) },
    });
    first!.attestation = own;
  });

  it("does not know a worker that never registered", async () => {
    await expect(world.clientOf(0).worker.verify(ZERO_HASH)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(world.clientOf(0).worker.verify("http://127.0.0.1:1")).rejects.toMatchObject({
      code: "WORKER_UNREACHABLE",
    });
  });

  it("seals nothing to a committee with one worker it does not trust", async () => {
    const terms = await world.parties[0]!.client.contract.create(await world.draft());
    const wary = world.clientOf(0, { trust: { measurements: [], acceptSimulated: true } });
    await expect(wary.contract.join(terms)).rejects.toMatchObject({ code: "MEASUREMENT_UNKNOWN" });
  });
});

describe("expired evidence", () => {
  it("is refused by the chain's clock", async () => {
    const world = await startFakeWorld({ workers: 1, deploy: { evidenceLifetime: 2 } });
    try {
      const [worker] = await world.clientOf(0).worker.list();
      await sleep(3500);
      await expect(world.clientOf(0).worker.verify(worker!.id)).rejects.toMatchObject({
        code: "EVIDENCE_EXPIRED",
        facts: { worker: worker!.id, validUntil: worker!.validUntil },
      });
    } finally {
      await world.close();
    }
  });
});
