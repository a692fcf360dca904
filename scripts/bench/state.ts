/**
 * Changes one state many times in a row, over a local chain and one real worker, and compares the last changes with the first. Each
 * touches the same bytes, so that neither gas nor time may grow.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { createClient, newPartyKeys } from "../../client/sdk/index.ts";
import { utf8, type Hex } from "../../protocol/bytes.ts";
import { topicOf } from "../../protocol/events.ts";
import { canonicalJson } from "../../protocol/json.ts";
import { defaultPolicy } from "../../protocol/policy.ts";
import { RUNTIME_VERSION } from "../../protocol/program.ts";
import { buildContracts } from "../chain.ts";
import { startNet, type Net } from "../net.ts";
import { median, type Figure } from "./measure.ts";

/** Changes at each end that are compared, at most; the first one of all makes the tree and is left out. */
const SAMPLE = 25;

const number = { type: "integer", minimum: 0, maximum: 1_000_000_000 };
const object = (properties: object) => ({
  type: "object",
  additionalProperties: false,
  properties,
  required: Object.keys(properties),
});
const program = {
  module: utf8(`export default { async add({ state, params }) {
    const count = ((await state.get("count")) ?? 0) + params.by;
    await state.set("count", count);
    return { kind: "value", value: { count } };
  } };`),
  manifest: utf8(
    canonicalJson({
      name: "bench-state",
      version: "1",
      runtime: RUNTIME_VERSION,
      rows: false,
      tables: [],
      functions: {
        add: {
          params: object({ by: number }),
          reads: [],
          changesState: true,
          release: { kind: "value", schema: object({ count: number }) },
        },
      },
    }),
  ),
};

interface Change {
  readonly seconds: number;
  /** Of proposal, seal and result. */
  readonly gas: number;
}

async function begin(net: Net) {
  const [account] = net.accounts as [Net["accounts"][number]];
  await net.mint(account.address, 10n ** 18n);
  const client = createClient({
    provider: net.provider,
    deployment: net.deployment,
    signer: new Wallet(account.privateKey, net.provider),
    keys: newPartyKeys(),
    trust: {
      measurements: net.workers.map((worker) => worker.measurement),
      acceptSimulated: true,
    },
    pollMs: 20,
  });
  await client.party.register("bench");
  const hash = await client.program.publish(program);
  await client.program.upload(
    hash,
    net.workers.map((worker) => worker.endpoint),
  );
  const terms = await client.contract.create({
    name: "bench",
    program: hash,
    members: [await client.party.member()],
    workers: (await client.worker.list()).map((worker) => worker.keys),
    threshold: 1,
    minProtection: "simulated",
    policy: { ...defaultPolicy, minParties: 1, requests: [{ function: "add" }] },
  });
  await client.contract.join(terms);
  return { client, terms };
}

/** Gas of the transactions that carry a task through its life. */
async function gasOf({ provider, contracts }: Net, taskId: Hex): Promise<number> {
  const names = ["TaskProposed", "TaskSealed", "ResultSubmitted"] as const;
  const logs = await provider.getLogs({
    address: contracts.addresses.taskManager,
    topics: [names.map(topicOf), taskId],
    fromBlock: 0,
  });
  const receipts = await Promise.all(
    [...new Set(logs.map((log) => log.transactionHash))].map((hash) =>
      provider.getTransactionReceipt(hash),
    ),
  );
  return receipts.reduce((sum, receipt) => sum + Number(receipt?.gasUsed ?? 0n), 0);
}

/** @param count of changes: 3 and more */
export async function* stateFigures(count: number): AsyncGenerator<Figure> {
  await buildContracts();
  const home = await mkdtemp(join(tmpdir(), "cloister-bench-"));
  const net = await startNet({ workers: 1, home, pollInterval: 20 });
  try {
    yield* compared(await changesOver(net, count));
  } finally {
    await net.close();
    await rm(home, { recursive: true, force: true });
  }
}

async function changesOver(net: Net, count: number): Promise<readonly Change[]> {
  const { client, terms } = await begin(net);
  const changes: Change[] = [];
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    const { taskId, state } = await client.task.run({ terms, function: "add", params: { by: 1 } });
    const seconds = (performance.now() - from) / 1000;
    if (state !== "finalized") throw new Error(`change ${i} is ${state}`);
    changes.push({ seconds, gas: await gasOf(net, taskId) });
  }
  return changes;
}

function* compared([, ...changes]: readonly Change[]): Generator<Figure> {
  const [second, last] = [changes[0], changes.at(-1)] as [Change, Change];
  const sample = Math.min(SAMPLE, changes.length >> 1);
  const seconds = (part: readonly Change[]) => median(part.map((change) => change.seconds));
  const [early, late] = [seconds(changes.slice(0, sample)), seconds(changes.slice(-sample))];
  yield {
    name: `change ${changes.length + 1} of a state`,
    value: last.gas,
    unit: "gas",
    peer: "the 2nd",
    ratio: last.gas / second.gas,
  };
  yield {
    name: `the last ${sample}, one after the other`,
    value: 1000 * late,
    unit: "ms",
    peer: `the first ${sample}`,
    ratio: late / early,
  };
}
