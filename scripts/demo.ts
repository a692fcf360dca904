/**
 * The demo: three competing telcos find out together where to build towers and which customers are of which class, on a local
 * chain, with three workers of which two must agree. Nobody sees another's rows; an audit of each task checks that.
 *
 * `npm start` talks on stderr; `npm start -- --json` prints the outcome on stdout too. Files go to `demo-output/`. Exit code 0
 * only when every audit passes.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createClient } from "../client/sdk/index.ts";
import type { Hex } from "../protocol/bytes.ts";
import { buildProgram } from "../client/kit/build.ts";
import { buildContracts } from "./chain.ts";
import { writeOutputs } from "./demo-output.ts";
import { showClasses, showGas, showTowers, whoSawWhat } from "./demo-report.ts";
import { ask, type Answer } from "./demo-task.ts";
import { agree, contributeAll, type Telco } from "./demo-telcos.ts";
import { startNet, type Net } from "./net.ts";
import { runCloister } from "./process.ts";
import { sampleTelcos } from "./sample-data.ts";
import { heading, say, short, step, style } from "./screen.ts";

const root = join(import.meta.dirname, "..");
const OUTPUT = join(root, "demo-output");
const TOWERS = 8;
/** The questions the terms allow, and nothing else. */
const cluster = { function: "cluster", params: { k: TOWERS } } as const;
const classify = { function: "classify", params: { method: "knn", k: 5 } } as const;

const { values: flags } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const started = performance.now();
const home = await mkdtemp(join(tmpdir(), "cloister-demo-"));
let running: Net | undefined;
let interrupted = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    interrupted = true;
    void cleanUp().finally(() => process.exit(130));
  });

try {
  process.exitCode = (await demo()) ? 0 : 1;
} catch (error) {
  if (!interrupted)
    say(`\n${style("red", error instanceof Error ? error.message : String(error))}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
// Whatever a library left open must not keep a finished demo alive.
process.exit();

async function cleanUp(): Promise<void> {
  const net = running;
  running = undefined;
  await net?.close();
  await rm(home, { recursive: true, force: true });
}

/** @returns whether every audit passed */
async function demo(): Promise<boolean> {
  say(style("bold", "Cloister: three competing telcos, two questions, nobody's customers shown"));
  say(
    style(
      "yellow",
      "  SIMULATED: this machine has no TEE, or none is used. The operators of these workers could read\n" +
        "  everything. With hardware the same steps run, and they cannot.",
    ),
  );

  heading("The house");
  await step("Compile the contracts", buildContracts);
  const net = await step(
    "Start a chain, deploy, start three workers",
    () => startNet({ workers: 3, home }),
    ({ chain, workers }) =>
      `chain ${chain.chainId}, workers ${workers.map((w) => short(w.worker)).join(" ")}`,
  );
  running = net;
  // What a party does before it trusts a worker: measure its own copy of the enclave's source.
  const { measurement } = (await step(
    "Measure the enclave from its source",
    () => runCloister(["worker", "measurement"]),
    (value) => short((value as { measurement: string }).measurement),
  )) as { measurement: Hex };

  const telcos = await agreement(net, measurement);
  const { answers, audits } = await questions(net, telcos);

  heading("Who saw what");
  whoSawWhat(telcos);
  const gas = await gasOf(net);
  showGas(telcos, gas);
  await writeOutputs(OUTPUT, telcos, answers, audits);
  const ok = audits.every(({ report }) => report.ok);
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const verdict = ok ? style("green", "All audits passed") : style("red", "An audit FAILED");
  say(`\n${verdict} in ${seconds} s. Towers, receipts and audit reports: demo-output/`);
  if (flags.json) await printJson(answers, audits, gas, seconds);
  return ok;
}

async function agreement(net: Net, measurement: Hex): Promise<readonly Telco[]> {
  heading("The agreement");
  const program = await step("Build the program they all read", () =>
    buildProgram(join(root, "programs", "location-analytics")),
  );
  const telcos = await agree(net, sampleTelcos(), {
    program,
    requests: [cluster, classify],
    trust: { measurements: [measurement], acceptSimulated: true },
  });
  heading("The data");
  await contributeAll(telcos);
  return telcos;
}

async function questions(net: Net, telcos: readonly Telco[]) {
  const { provider, deployment } = net;
  // No keys, no account, no trust: what anybody can do.
  const auditor = createClient({ provider, deployment });
  const audits = [];
  const answers: Answer[] = [];
  for (const [asker, question, show] of [
    [0, cluster, showTowers],
    [1, classify, showClasses],
  ] as const) {
    heading(`${telcos[asker]?.name} asks: ${question.function} ${JSON.stringify(question.params)}`);
    const answer = await ask(telcos, asker, question);
    await show(answer.output);
    const audited = await step(
      "An outsider audits the task",
      () => auditor.audit.task(answer.id),
      ({ report: { ok, checks } }) =>
        `${checks.filter((check) => check.ok).length} of ${checks.length} checks, ${ok ? "ok" : "NOT OK"}`,
    );
    for (const { name, code } of audited.report.checks.filter((check) => !check.ok))
      say(style("red", `    ${name}: ${code}`));
    answers.push(answer);
    audits.push(audited);
  }
  return { answers, audits };
}

/** Gas of every transaction on the chain, deployment and workers included. */
async function gasOf({ provider }: Net): Promise<number> {
  const head = await provider.getBlockNumber();
  const numbers = Array.from({ length: head + 1 }, (_, number) => number);
  const blocks = await Promise.all(numbers.map((number) => provider.getBlock(number)));
  return Number(blocks.reduce((sum, block) => sum + (block?.gasUsed ?? 0n), 0n));
}

async function printJson(
  answers: readonly Answer[],
  audits: Awaited<ReturnType<typeof questions>>["audits"],
  gas: number,
  seconds: number,
): Promise<void> {
  const outcome = {
    tasks: answers.map(({ id, asked, state, output }, i) => ({
      id,
      function: asked.function,
      state,
      protection: audits[i]?.report.protection,
      output,
    })),
    audits: audits.map(({ report }) => ({
      task: report.task,
      ok: report.ok,
      checks: report.checks.map(({ name, ok }) => ({ name, ok })),
    })),
    gas,
    seconds,
  };
  // The process ends right after: a pipe must have taken all of it.
  await new Promise((written) => {
    process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`, written);
  });
}
