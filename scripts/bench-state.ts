/**
 * `node scripts/bench-state.ts [transitions]`: changes one state many times in a row, over a local chain and one real worker, and
 * compares the last changes with the first. Each touches the same bytes, so that neither gas nor time may grow. With `--json` the
 * figures go to stdout as JSON.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { createClient, newPartyKeys } from "../client/sdk/index.ts";
import { utf8, type Hex } from "../protocol/bytes.ts";
import { topicOf } from "../protocol/events.ts";
import { canonicalJson } from "../protocol/json.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { RUNTIME_VERSION } from "../protocol/program.ts";
import { buildContracts } from "./chain.ts";
import { startNet, type Net } from "./net.ts";

/** Changes at each end that are compared; the first one of all makes the tree and is left out. */
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

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

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

const transitions = Number(process.argv.find((text) => /^[0-9]+$/.test(text)) ?? 1000);
await buildContracts();
const home = await mkdtemp(join(tmpdir(), "cloister-bench-"));
const net = await startNet({ workers: 1, home, pollInterval: 20 });
try {
  const { client, terms } = await begin(net);
  const changes: Change[] = [];
  for (let i = 0; i < transitions; i++) {
    const from = performance.now();
    const { taskId, state } = await client.task.run({ terms, function: "add", params: { by: 1 } });
    const seconds = (performance.now() - from) / 1000;
    if (state !== "finalized") throw new Error(`change ${i} is ${state}`);
    changes.push({ seconds, gas: await gasOf(net, taskId) });
  }
  const [, second] = changes as [Change, Change];
  const last = changes.at(-1) as Change;
  const times = (part: readonly Change[]) => median(part.map(({ seconds }) => seconds));
  const figures = {
    transitions,
    gas: { second: second.gas, last: last.gas, ratio: last.gas / second.gas },
    seconds: {
      first: times(changes.slice(1, 1 + SAMPLE)),
      last: times(changes.slice(-SAMPLE)),
      ratio: times(changes.slice(-SAMPLE)) / times(changes.slice(1, 1 + SAMPLE)),
    },
  };
  const { gas, seconds } = figures;
  process.stderr.write(
    `${transitions} changes of a state\n` +
      `gas      2nd ${gas.second}, last ${gas.last}: ${gas.ratio.toFixed(4)} x\n` +
      `seconds  first ${SAMPLE} ${seconds.first.toFixed(3)}, last ${SAMPLE} ${seconds.last.toFixed(3)}: ${seconds.ratio.toFixed(2)} x\n`,
  );
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await net.close();
  await rm(home, { recursive: true, force: true });
}
