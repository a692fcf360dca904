/** What it costs to run a program in its isolate. @module */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { utf8 } from "../../protocol/bytes.ts";
import { buildGuest, defaultEnclaveLimits } from "../../worker/enclave/build.ts";
import { confinementOf, type Confinement } from "../../worker/enclave/runtime/confinement.ts";
import { GuestProcess } from "../../worker/enclave/runtime/guest-process.ts";
import type { GuestCall } from "../../worker/enclave/runtime/outcome.ts";
import { callOf, noState } from "../bare-call.ts";
import { measure, milliseconds, perSecond, type Figure } from "./measure.ts";

const POINTS = 1_000_000;
/** Lloyd's steps: as many in both, whether or not they have converged. */
const STEPS = 10;
/** Of the long one. */
const TURNS = 3;
/** Milliseconds in which a process is up and waits. */
const READY = 1000;

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
const emptyNode = (): Promise<void> => bareNode("-e", "0");

async function run(process: GuestProcess, what: GuestCall): Promise<void> {
  const { kind } = await process.run(what, noState, 600);
  if (kind !== "proposal") throw new Error(`a run ended in ${kind}`);
}

export async function* runtimeFigures(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "cloister-bench-"));
  try {
    yield* figuresIn(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function* figuresIn(folder: string): AsyncGenerator<Figure> {
  const guest = await buildGuest(folder);
  const confinement = confinementOf(defaultEnclaveLimits);
  // Whose processor time the system adds to ours.
  const own: Confinement = { facts: [], wrap: (command) => command };
  const start = (within: Confinement) => new GuestProcess(guest, defaultEnclaveLimits, within);
  const nothing = callOf(utf8("export default { f: () => ({ kind: 'value', value: 1 }) }"));
  let waiting: GuestProcess;
  const before = async () => {
    waiting = start(confinement);
    await new Promise((resolve) => setTimeout(resolve, READY));
  };
  const bare = "a bare Node";
  const warm = () => run(waiting, nothing);
  yield await measure("a call, waiting process", milliseconds, warm, bare, emptyNode, { before });
  const fresh = () => run(start(confinement), nothing);
  yield await measure("a call, fresh process", milliseconds, fresh, bare, emptyNode);
  const unconfined = () => run(start(own), nothing);
  yield await measure("... without the system's walls", milliseconds, unconfined, bare, emptyNode, {
    children: true,
  });
  const file = join(folder, "k-means.mjs");
  await writeFile(file, await bundle(`${clustering} f();`));
  const module = utf8(await bundle(`${clustering}\nexport default { f };`));
  yield await measure(
    "ml-kmeans, 1M points, k 10",
    perSecond((POINTS * STEPS) / 1e6, "M points"),
    () => run(start(own), callOf(module)),
    "plain Node",
    () => bareNode(file),
    { turns: TURNS, children: true },
  );
}
