/** What it costs to run a program in its isolate. @module */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { utf8 } from "../protocol/bytes.ts";
import { buildEnclave, defaultEnclaveLimits } from "../worker/enclave/build.ts";
import { GUEST_FILE } from "../worker/enclave/measurement.ts";
import { confinementOf } from "../worker/enclave/runtime/confinement.ts";
import { GuestProcess } from "../worker/enclave/runtime/guest-process.ts";
import type { GuestCall } from "../worker/enclave/runtime/outcome.ts";
import { callOf, noState } from "./bare-call.ts";
import { measure, type Figure } from "./measure.ts";

const POINTS = 1_000_000;
/** Lloyd's steps: as many in both, whether or not they have converged. */
const STEPS = 10;
/** Of the long one. */
const TURNS = 3;
/** Milliseconds in which a process is up and waits. */
const READY = 1000;
const call = { amount: 1, unit: "calls/s" };

const clustering = `import { kmeans } from "ml-kmeans";
let state = 12345;
const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
const points = Array.from({ length: ${POINTS} }, (_, i) => [random() + (i % 10) * 0.4, random() + (i % 7) * 0.4]);
const f = () => {
  const { clusters } = kmeans(points, 10, { seed: 7, maxIterations: ${STEPS} });
  return { kind: "value", value: clusters.reduce((sum, one) => (31 * sum + one) | 0, 0) };
};`;

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
  });
  return outputFiles[0]!.text;
}

const bareNode = (...args: string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    spawn(process.execPath, args, { stdio: "ignore" }).once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`a bare Node ended with ${code}`)),
    );
  });

async function run(process: GuestProcess, what: GuestCall): Promise<void> {
  const { kind } = await process.run(what, noState, 600);
  if (kind !== "proposal") throw new Error(`a run ended in ${kind}`);
}

export async function runtimeFigures(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "cloister-bench-"));
  await buildEnclave(folder);
  const guest = join(folder, GUEST_FILE);
  const confinement = confinementOf(defaultEnclaveLimits);
  const start = () => new GuestProcess(guest, defaultEnclaveLimits, confinement);
  const nothing = callOf(utf8("export default { f: () => ({ kind: 'value', value: 1 }) }"));
  const file = join(folder, "k-means.mjs");
  await writeFile(file, await bundle(`${clustering} f();`));
  const module = await bundle(`${clustering}\nexport default { f };`);
  let waiting: GuestProcess;
  const figures = [
    await measure(
      "call nothing, fresh process",
      call,
      () => run(start(), nothing),
      "a bare Node",
      () => bareNode("-e", "0"),
    ),
    await measure(
      "call nothing, waiting process",
      call,
      () => run(waiting, nothing),
      "a bare Node",
      () => bareNode("-e", "0"),
      {
        before: async () => {
          waiting = start();
          await new Promise((resolve) => setTimeout(resolve, READY));
        },
      },
    ),
    await measure(
      "ml-kmeans, 1M points, k 10",
      { amount: (POINTS * STEPS) / 1e6, unit: "M points/s" },
      () => run(start(), callOf(utf8(module))),
      "plain Node",
      () => bareNode(file),
      { turns: TURNS },
    ),
  ];
  await rm(folder, { recursive: true });
  return figures;
}
