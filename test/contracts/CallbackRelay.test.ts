import { ZeroHash, type BaseContract } from "ethers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fromHex, toHex, utf8, type Hex } from "../../protocol/bytes.ts";
import { canonicalJson } from "../../protocol/json.ts";
import type { Result, Seal, Task } from "../../protocol/schema.ts";
import { commitOutput } from "../../protocol/secrets.ts";
import {
  bytes32,
  deployMock,
  eventOf,
  expectRevert,
  expectSuccess,
  read,
  send,
  what,
} from "./support.ts";
import { createWorld, type World } from "./world.ts";

const SALT = bytes32("salt");
const OUTPUT = utf8(canonicalJson({ no: 1, yes: 2 }));

let world: World;
let tally: BaseContract;
let relayed: Relayed;
let snapshot: string;
let nonce = 0;

interface Relayed {
  readonly task: Task;
  readonly taskId: Hex;
  readonly facts: Seal;
  readonly result: Result;
}

/** A sealed task; the requester wrote the state, so its consent is needed. */
async function sealed(overrides: Partial<Task>) {
  const proposal = await world.proposal([], { salt: bytes32(`task ${++nonce}`), ...overrides });
  await world.propose(proposal);
  return { ...proposal, ...(await world.seal(proposal, [0])) };
}

/** A finalized task of one function, whose agreed output is `OUTPUT`. */
async function finalized(functionName: string): Promise<Relayed> {
  const { task, taskId, facts } = await sealed({ functionName });
  const result = world.result(facts, {
    outputCommitment: commitOutput(fromHex(SALT), OUTPUT),
    outputLength: OUTPUT.length,
  });
  await world.submit(facts, result);
  return { task, taskId, facts, result };
}

const call = ({ task, facts, result }: Relayed, output: Uint8Array = OUTPUT, consumer = tally) =>
  ["relay", task, facts, result, SALT, toHex(output), consumer] as const;

beforeAll(async () => {
  world = await createWorld();
  await world.joinAll();
  tally = await deployMock(
    "examples/PublicTally",
    world.deployer,
    world.addresses.callbackRelay,
    world.termsHash,
  );
  // What a state-changing function of that contract leaves behind: the tally is of version 1.
  const cast = await sealed({ functionName: "cast", changesState: true });
  await world.submit(cast.facts, world.result(cast.facts, { nextStateRoot: bytes32("state") }));
  relayed = await finalized("tally");
});
beforeEach(async () => {
  snapshot = await world.snapshot();
});
afterEach(() => world.restore(snapshot));

describe("relay", () => {
  test("hands an agreed output to a consumer, with where it comes from", async () => {
    const { callbackRelay, outsider } = world;
    const [method, ...args] = call(relayed);
    const receipt = await send(callbackRelay, outsider, method, ...args);
    expect(eventOf(receipt, "OutputRelayed")["taskId"]).toBe(relayed.taskId);
    expect(eventOf(receipt, "TallyShown")["tally"]).toBe('{"no":1,"yes":2}');
    expect(await read(tally, "tally")).toBe('{"no":1,"yes":2}');
    expect(await read(tally, "task")).toBe(relayed.taskId);
    expect(await read(tally, "version")).toBe(1n);
  });

  test("refuses another output, salt, result, seal or task", async () => {
    const { callbackRelay, outsider } = world;
    const refuses = (over: Partial<Relayed>, part: string, output = OUTPUT, salt = SALT) => {
      const { task, facts, result } = { ...relayed, ...over };
      return expectRevert(
        callbackRelay,
        outsider,
        ["relay", task, facts, result, salt, toHex(output), tally],
        "RelayInvalid",
        relayed.taskId,
        what(part),
      );
    };
    await refuses({}, "output", utf8('{"no":2,"yes":1}'));
    await refuses({}, "output", OUTPUT, bytes32("another salt"));
    const better = commitOutput(fromHex(SALT), utf8("{}"));
    await refuses({ result: { ...relayed.result, outputCommitment: better } }, "result");
    await refuses({ facts: { ...relayed.facts, version: 9 } }, "seal");
    // A genuine seal and result of another task, under this one's name.
    const other = await finalized("tally");
    await refuses({ facts: other.facts, result: other.result }, "result");
  });

  test("refuses a task that is not finalized", async () => {
    const { callbackRelay, outsider } = world;
    const open = await sealed({ functionName: "tally" });
    const result = world.result(open.facts, {
      outputCommitment: commitOutput(fromHex(SALT), OUTPUT),
      outputLength: OUTPUT.length,
    });
    const refused = ["RelayInvalid", open.taskId, what("state")] as const;
    await expectRevert(callbackRelay, outsider, call({ ...open, result }), ...refused);
    await world.submit(open.facts, result);
    await expectSuccess(callbackRelay, outsider, call({ ...open, result }));
    // An agreed failure has no output.
    const failing = await sealed({ functionName: "tally" });
    const failure = world.result(failing.facts, {
      status: 2,
      reason: what("PROGRAM_THREW"),
      outputCommitment: ZeroHash as Hex,
      outputLength: 0,
    });
    await world.submit(failing.facts, failure);
    await expectRevert(
      callbackRelay,
      outsider,
      call({ ...failing, result: failure }),
      "RelayInvalid",
      failing.taskId,
      what("state"),
    );
  });

  test("bounds what it carries and the gas it gives", async () => {
    const { callbackRelay, outsider } = world;
    const maximum = Number(await read(callbackRelay, "MAX_OUTPUT"));
    const long = new Uint8Array(maximum + 1).fill(0x20);
    await expectRevert(
      callbackRelay,
      outsider,
      call(relayed, long),
      "RelayTooLarge",
      maximum + 1,
      maximum,
    );

    const given = BigInt(await read(callbackRelay, "CALLBACK_GAS"));
    const burner = await hostile(true);
    const [method, ...args] = call(relayed, OUTPUT, burner);
    const receipt = await send(callbackRelay, outsider, method, ...args);
    expect(await read(burner, "gasGiven")).toBeLessThanOrEqual(given);
    expect(receipt.gasUsed).toBeLessThan(given + 200_000n);

    const poor = callbackRelay
      .connect(outsider)
      .getFunction("relay")
      .send(...call(relayed).slice(1), { gasLimit: 400_000 });
    await expect(poor.then((sent) => sent.wait())).rejects.toThrow(/RelayGas/u);
    expect(await read(tally, "version")).toBe(0n);
  });

  test("a consumer that refuses stops only its own release", async () => {
    const { callbackRelay, outsider } = world;
    const refuser = await hostile(false);
    const [method, ...args] = call(relayed, OUTPUT, refuser);
    await expect(send(callbackRelay, outsider, method, ...args)).rejects.toThrow(/Refused/u);
    await expectSuccess(callbackRelay, outsider, call(relayed));
  });

  test("can be made to call nothing that matters", async () => {
    const { callbackRelay, outsider, addresses } = world;
    // Every contract of the deployment, as if it were a consumer: none has the function, so nothing happens there.
    for (const address of Object.values(addresses)) {
      const [method, ...args] = call(relayed);
      const aimed = args.slice(0, -1);
      const attempt = send(callbackRelay, outsider, method, ...aimed, address);
      await expect(attempt).rejects.toThrow(/selector was not recognized/u);
    }
    expect(await world.provider.getBalance(addresses.callbackRelay)).toBe(0n);
    const payment = outsider.sendTransaction({ to: addresses.callbackRelay, value: 1n });
    await expect(payment).rejects.toThrow(/no fallback nor receive/u);
  });
});

describe("PublicTally", () => {
  test("believes its relay only", async () => {
    const { outsider } = world;
    const { task, taskId, facts } = relayed;
    const { terms, requester, functionName, paramsHash } = task;
    const forged = {
      terms,
      taskId,
      requester,
      functionName,
      paramsHash,
      version: 7,
      sealedAt: facts.time,
    };
    await expectRevert(
      tally,
      outsider,
      ["onRelease", forged, toHex(utf8('{"no":0,"yes":9}'))],
      "NotRelay",
      await outsider.getAddress(),
    );
  });

  test("takes its own ballot's tally, once, and nothing else", async () => {
    const { callbackRelay, outsider, deployer, addresses, termsHash } = world;
    const other = await finalized("count");
    const foreign = ["NotThisBallot", termsHash, "count"] as const;
    await expectRevert(callbackRelay, outsider, call(other), ...foreign);
    const elsewhere = await deployMock(
      "examples/PublicTally",
      deployer,
      addresses.callbackRelay,
      bytes32("another ballot"),
    );
    await expectRevert(
      callbackRelay,
      outsider,
      call(relayed, OUTPUT, elsewhere),
      "NotThisBallot",
      termsHash,
      "tally",
    );
    const [method, ...args] = call(relayed);
    await send(callbackRelay, outsider, method, ...args);
    await expectRevert(callbackRelay, outsider, call(relayed), "NotNewer", 1);
  });
});

const hostile = (burns: boolean) =>
  deployMock("test/HostileConsumer", world.deployer, world.addresses.callbackRelay, burns);
