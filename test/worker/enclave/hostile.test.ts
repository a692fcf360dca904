/** Each function of `hostile-program.mjs` in a real enclave: the word it ends with, and that the enclave is as it was afterwards. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { utf8 } from "../../../protocol/bytes.ts";
import { canonicalJson } from "../../../protocol/json.ts";
import type { Manifest } from "../../../protocol/program.ts";
import { reasonOf } from "../../../protocol/verify.ts";
import { EnclaveProcess, removeScratch } from "./process.ts";
import { locations } from "./proof-of-concept.ts";
import { load, runOn, World, type SealedInput } from "./world.ts";

const attacks: readonly (readonly [what: string, name: string, reason: string])[] = [
  ["an endless loop", "loops", "LIMIT_CPU"],
  ["endless microtasks", "floodsMicrotasks", "LIMIT_CPU"],
  ["a promise that never settles", "neverSettles", "PROGRAM_THREW"],
  ["a BigInt that never ends", "growsBigInt", "LIMIT_CPU"],
  ["a regular expression that never ends", "backtracks", "LIMIT_CPU"],
  ["any clock, thread, timer or entropy", "readsTheClock", "TABLE_TOO_SMALL"],
  ["memory by arrays", "fillsArrays", "LIMIT_MEMORY"],
  ["memory by strings", "fillsStrings", "LIMIT_MEMORY"],
  ["memory by typed arrays", "fillsBuffers", "LIMIT_MEMORY"],
  ["memory at once, and catching that there is none", "asksForOneBuffer", "LIMIT_MEMORY"],
  ["memory by closures", "fillsClosures", "LIMIT_MEMORY"],
  ["recursion, and catching its end", "recurses", "LIMIT_MEMORY"],
  ["an output of 1 GB", "floods", "LIMIT_OUTPUT"],
  ["an output of many codes", "floodsCodes", "LIMIT_OUTPUT"],
  ["more questions than anyone answers", "floodsAsks", "LIMIT_OUTPUT"],
  ["an output of another form", "answersInAnotherForm", "RELEASE_MALFORMED"],
  ["an output for another rule", "answersByAnotherRule", "RELEASE_MALFORMED"],
  ["polluted prototypes", "pollutesPrototypes", "RELEASE_MALFORMED"],
  ["a proxy in its output", "answersWithProxies", "RELEASE_MALFORMED"],
  ["a getter in its output", "answersWithGetters", "PROGRAM_THREW"],
  ["an answer that changes when it is read again", "changesItsAnswer", "RELEASE_MALFORMED"],
  ["thrown objects that hold rows", "throwsItsRows", "PROGRAM_THREW"],
  ["a word of the gate's", "speaksForTheGate", "PROGRAM_THREW"],
  ["timing by busy loops", "timesByCounting", "TABLE_TOO_SMALL"],
  ["import()", "imports", "PROGRAM_THREW"],
  ["eval", "evaluates", "PROGRAM_THREW"],
  ["new Function", "constructs", "PROGRAM_THREW"],
  ["constructor.constructor", "climbsConstructors", "TABLE_TOO_SMALL"],
  ["WebAssembly", "compilesWebAssembly", "PROGRAM_THREW"],
  ["Error.prepareStackTrace", "preparesStacks", "PROGRAM_THREW"],
  ["stack traces", "readsStacks", "TABLE_TOO_SMALL"],
  ["the salt", "wantsTheSalt", "TABLE_TOO_SMALL"],
  ["the state, which it may not write", "writesWithoutRight", "PROGRAM_THREW"],
];

const spec = {
  params: { type: "object", properties: {}, additionalProperties: false },
  reads: ["locations"],
  changesState: false,
  release: {
    kind: "value",
    schema: {
      type: "object",
      properties: { n: { type: "integer", minimum: 0, maximum: 1000 } },
      required: ["n"],
      additionalProperties: false,
    },
  },
} as const;
const names = [...attacks.map(([, name]) => name), "keepsItsContext", "ordinary"];
const manifest: Manifest = {
  name: "hostile",
  version: "1.0.0",
  runtime: 1,
  rows: true,
  tables: [
    {
      name: "locations",
      columns: [
        { name: "latitude", type: "fixed", scale: 6, min: -90, max: 90 },
        { name: "longitude", type: "fixed", scale: 6, min: -180, max: 180 },
      ],
    },
  ],
  functions: Object.fromEntries(names.map((name) => [name, spec])),
};
const module = readFileSync(new URL("hostile-program.mjs", import.meta.url));
/** Small, so that each attack ends soon; seconds leave an honest call its time on a busy machine. */
const limits = { seconds: 4, memoryMiB: 32, maxOutput: 65_536, maxBytes: 2 ** 24 };

let enclave: EnclaveProcess;
let world: World;
let inputs: SealedInput[];

beforeAll(async () => {
  enclave = await EnclaveProcess.start(undefined, limits);
  const { signer, sealingKey, measurement } = await enclave.keys();
  world = await World.create({
    members: 1,
    workers: [{ signer: signer as never, sealingKey, measurement }],
    threshold: 1,
    policy: {
      minParties: 1,
      minCohort: 1,
      maxShare: 1,
      requests: names.map((name) => ({ function: name })),
    },
    program: { module, manifest: utf8(canonicalJson(manifest)) },
  });
  inputs = [
    await world.seal(
      0,
      "locations",
      locations([
        [51.5, -0.1],
        [48.8, 2.3],
      ]),
    ),
  ];
  await enclave.ask("program", {}, module);
  for (const input of inputs) await load(enclave, world.collaboration, input);
  await call("ordinary");
});
afterAll(async () => {
  await enclave.stop();
  removeScratch();
});

/** Status and reason of one sealed call. */
async function call(name: string): Promise<readonly [status: number, reason: string]> {
  const { results } = await runOn(world, [enclave], world.ask(name, {}, inputs), []);
  const { status, reason } = results[0]!.result;
  return [status, reasonOf(reason) ?? ""];
}

/** Resident MiB of the enclave. */
const memory = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${enclave.pid}/status`, "utf8"))![1]) / 1024;

/** Processes under one, itself not counted. */
const descendants = (pid: number): number[] => {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text
    .split(" ")
    .filter(Boolean)
    .map(Number)
    .flatMap((child) => [child, ...descendants(child)]);
};

/** Whether a process has ended, and the ticks of processor time it has spent. */
function stateOf(pid: number): { ended: boolean; ticks: number } {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return { ended: fields[0] === "Z", ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return { ended: true, ticks: 0 };
  }
}

describe("a hostile program gets", () => {
  it.each(attacks)("no %s", async (_, name, reason) => {
    const before = memory();
    expect(await call(name)).toEqual([reason.startsWith("LIMIT") ? 3 : 2, reason]);
    expect(await call("ordinary")).toEqual([1, ""]);
    expect(memory() - before).toBeLessThan(64);
    // The next call's process, which may be a chain of two: the one that made its namespaces, and itself.
    expect(descendants(enclave.pid).length).toBeLessThanOrEqual(2);
  });

  it("no context of another run", async () => {
    expect(await call("keepsItsContext")).toEqual([2, "TABLE_TOO_SMALL"]);
    expect(await call("keepsItsContext")).toEqual([2, "TABLE_TOO_SMALL"]);
  });

  it("no life after its enclave's", async () => {
    const ticks = () => descendants(enclave.pid).reduce((sum, pid) => sum + stateOf(pid).ticks, 0);
    const before = ticks();
    const lost = call("loops").catch((error: unknown) => error);
    await expect.poll(ticks, { timeout: 3000, interval: 20 }).toBeGreaterThan(before + 20);
    const guests = descendants(enclave.pid);
    expect(guests.length).toBeGreaterThan(0);
    await enclave.stop();
    expect(await lost).toBeInstanceOf(Error);
    // Its processor time would end it later.
    const alive = () => guests.filter((pid) => !stateOf(pid).ended);
    await expect.poll(alive, { timeout: 15_000 }).toEqual([]);
    enclave = await EnclaveProcess.start(enclave.home, limits);
  });
});
