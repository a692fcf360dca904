import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex } from "../../../protocol/bytes.ts";
import { splitOutput } from "../../../protocol/audit.ts";
import { readPackage } from "../../../protocol/envelope/package.ts";
import { hashHeader, encodeHeader } from "../../../protocol/envelope/header.ts";
import { openStream } from "../../../protocol/envelope/stream.ts";
import { unwrapSecret } from "../../../protocol/envelope/wrap.ts";
import { commitOutput } from "../../../protocol/secrets.ts";
import { reasonOf } from "../../../protocol/verify.ts";
import { EnclaveProcess, removeScratch } from "./process.ts";
import { locations, telco1, telco2, training } from "./proof-of-concept.ts";
import { load, runOn, World, type SealedInput } from "./world.ts";

const open = { minParties: 1, minCohort: 3, maxShare: 1 };
let enclaves: EnclaveProcess[];

beforeAll(async () => {
  enclaves = await Promise.all([1, 2, 3].map(() => EnclaveProcess.start()));
});
afterAll(async () => {
  await Promise.all(enclaves.map((enclave) => enclave.stop()));
  removeScratch();
});

async function worldOf(policy = {}): Promise<World> {
  const workers = await Promise.all(
    enclaves.map(async (enclave) => {
      const { signer, sealingKey, measurement } = await enclave.keys();
      return { signer: signer as never, sealingKey, measurement };
    }),
  );
  return World.create({ members: 2, workers, threshold: 2, policy });
}
const sealPoints = (world: World): Promise<SealedInput[]> =>
  Promise.all([
    world.seal(0, "locations", locations(telco1)),
    world.seal(1, "locations", locations(telco2)),
  ]);
const sealTraining = (world: World): Promise<SealedInput[]> =>
  Promise.all([
    world.seal(0, "training", training(telco1, "0")),
    world.seal(1, "training", training(telco2, "1")),
  ]);

async function openOutput(world: World, member: number, bytes: Uint8Array): Promise<unknown> {
  const { preamble, chunks } = await readPackage(
    (async function* () {
      yield bytes;
    })(),
  );
  const context = hashHeader(encodeHeader(preamble.header));
  const wrap = fromHex(preamble.wraps[0]!.wrap);
  const dataKey = unwrapSecret(world.members[member]!.sealingKey, wrap, context, "output");
  const parts: Uint8Array[] = [];
  for await (const part of openStream(dataKey, preamble.header, chunks)) parts.push(part);
  const opened = splitOutput(Buffer.concat(parts));
  return { ...opened, value: JSON.parse(Buffer.from(opened.output).toString()) };
}

describe("an enclave committee of three", () => {
  it("finds London, Manchester and Amsterdam, with one digest from all three workers", async () => {
    const world = await worldOf(open);
    const inputs = await sealPoints(world);
    const question = world.ask("cluster", { k: 3 }, inputs);
    const { sealing, results, kept } = await runOn(world, enclaves, question, inputs);

    expect(results.map(({ result }) => result.status)).toEqual([1, 1, 1]);
    expect(new Set(results.map(({ result }) => result.outputCommitment)).size).toBe(1);
    const { attachment } = await enclaves[1]!.ask(
      "release",
      {
        collaboration: world.collaboration,
        question,
        sealing,
        results: results.slice(0, 2),
        recipient: 1,
      },
      kept[1],
    );
    const opened = (await openOutput(world, 1, attachment)) as {
      salt: Uint8Array;
      output: Uint8Array;
      value: { centres: { latitude: number; longitude: number; size: number }[] };
    };
    expect(commitOutput(opened.salt, opened.output)).toBe(results[0]!.result.outputCommitment);
    expect(opened.value.centres.map(({ size }) => size)).toEqual([4, 3, 3]);
    const [amsterdam, ...britain] = opened.value.centres;
    expect(amsterdam).toMatchObject({ latitude: 52.354, longitude: 4.901 });
    expect(britain).toContainEqual(
      expect.objectContaining({ latitude: 51.516, longitude: -0.107 }),
    );
    expect(britain).toContainEqual(expect.objectContaining({ latitude: 53.484, longitude: -2.25 }));
  });

  it("gives the same result to a worker that starts later, with new memory and the same keys", async () => {
    const world = await worldOf(open);
    const inputs = await sealPoints(world);
    const question = world.ask("cluster", { k: 3 }, inputs);
    const { sealing, results } = await runOn(world, enclaves.slice(0, 2), question, inputs);
    const home = enclaves[2]!.home;
    await enclaves[2]!.stop();
    enclaves[2] = await EnclaveProcess.start(home);
    await enclaves[2].ask("program", {}, world.module);
    for (const input of inputs) await load(enclaves[2], world.collaboration, input);
    const { json } = await enclaves[2].ask("run", {
      collaboration: world.collaboration,
      question,
      sealing,
    });
    expect(json.result).toEqual(results[0]!.result);
  });

  it.each([
    ["knn", { method: "knn" }],
    ["naive-bayes", { method: "naive-bayes" }],
  ])("classifies 6 and 4 by %s", async (_, params) => {
    const world = await worldOf(open);
    const inputs = [...(await sealPoints(world)), ...(await sealTraining(world))];
    const question = world.ask("classify", params, inputs);
    const { results, sealing, kept } = await runOn(world, enclaves.slice(0, 2), question, inputs);
    const message = {
      collaboration: world.collaboration,
      question,
      sealing,
      results,
      recipient: 0,
    };
    const { attachment } = await enclaves[0]!.ask("release", message, kept[0]);
    const { value } = (await openOutput(world, 0, attachment)) as { value: { classes: unknown } };
    expect(value.classes).toEqual([
      { label: "0", rows: 6 },
      { label: "1", rows: 4 },
    ]);
  });

  it.each([
    ["cluster", { k: 3 }, "PARTIES_PER_CLUSTER"],
    ["classify", { method: "knn" }, "COHORT_TOO_SMALL"],
    ["cluster", { k: 51 }, "PARAMETER_INVALID"],
    ["cluster", { k: 3, extra: 1 }, "PARAMETER_INVALID"],
  ])("refuses %s %j under the default policy: %s", async (name, params, reason) => {
    const world = await worldOf();
    const inputs =
      name === "cluster"
        ? await sealPoints(world)
        : [...(await sealPoints(world)), ...(await sealTraining(world))];
    const { results } = await runOn(
      world,
      enclaves.slice(0, 2),
      world.ask(name, params, inputs),
      inputs,
    );
    expect(results.map(({ result }) => [result.status, reasonOf(result.reason)])).toEqual([
      [2, reason],
      [2, reason],
    ]);
  });

  it("predicts the asker's own private points for the asker alone", async () => {
    const world = await worldOf(open);
    const inputs = await sealTraining(world);
    const points = locations([
      [51.5, -0.1],
      [52.37, 4.9],
    ]);
    const privateInput = await world.seal(1, "predict", points);
    const options = { requester: 1, privateInput };
    const params = { method: "knn", k: 1 };
    const mine = world.ask("predict", params, inputs, { ...options, recipients: 0b10 });
    const { results, sealing, kept } = await runOn(
      world,
      enclaves.slice(0, 2),
      mine,
      inputs,
      privateInput,
    );
    expect(results[0]!.result.status).toBe(1);
    const message = {
      collaboration: world.collaboration,
      question: mine,
      sealing,
      results,
      recipient: 1,
    };
    const { attachment } = await enclaves[0]!.ask("release", message, kept[0]);
    expect(await openOutput(world, 1, attachment)).toMatchObject({
      value: { predictions: ["0", "1"] },
    });

    const everyones = world.ask("predict", params, inputs, { ...options, recipients: 0b11 });
    const refused = await runOn(world, enclaves.slice(0, 2), everyones, inputs, privateInput);
    expect(reasonOf(refused.results[0]!.result.reason)).toBe("RECIPIENTS_NOT_ALLOWED");
  });
});
