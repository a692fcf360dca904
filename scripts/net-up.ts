/**
 * What `cloister net up` starts: `node scripts/net-up.ts [--workers N] [--home FOLDER] [--json]`. A local network that stays, with
 * accounts to play with.
 * @module
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildProgram } from "../client/kit/build.ts";
import { buildContracts } from "./chain.ts";
import { startNet, type Net } from "./net.ts";

/** Accounts that get tokens and are shown. */
const SHOWN_ACCOUNTS = 6;
const MONEY = 10_000n * 10n ** 18n;
const DEFAULT_WORKERS = 3;
const program = "location-analytics";
const programs = join(import.meta.dirname, "..", "programs");

/** Says what is there, on stdout, and stays until it is told to stop. */
async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const options = { workers: text, home: text, json: { type: "boolean" } } as const;
  const { values } = parseArgs({ options });
  const stopped = new Promise<void>((stop) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stop());
  });
  const home =
    values.home === undefined
      ? await mkdtemp(join(tmpdir(), "cloister-net-"))
      : resolve(values.home);
  try {
    say("compiling");
    await buildContracts();
    const workers = Number(values.workers ?? DEFAULT_WORKERS);
    const net = await startNet({ workers, home, onStep: say });
    try {
      const up = await describe(net, home);
      process.stdout.write(values.json ? `${JSON.stringify(up, null, 2)}\n` : inWords(up));
      say("Running. Ctrl-C ends it.");
      await stopped;
    } finally {
      await net.close();
    }
  } finally {
    if (values.home === undefined) await rm(home, { recursive: true, force: true });
  }
}

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** What is printed. */
async function describe(net: Net, home: string) {
  const accounts = net.accounts.slice(0, SHOWN_ACCOUNTS);
  for (const { address } of accounts) await net.mint(address, MONEY);
  return {
    rpc: net.chain.url,
    chainId: net.chain.chainId,
    deployment: net.deploymentFile,
    secretContracts: net.deployment.contracts,
    workers: net.workers.map(({ endpoint, worker, measurement }) => ({
      endpoint,
      worker,
      measurement,
    })),
    program: await writeProgram(join(home, "programs", program)),
    note: "PUBLIC TEST KEYS: everybody knows them. Only for this chain.",
    accounts: accounts.map(({ address, privateKey }, i) => ({
      label: `dev ${i + 1}`,
      address,
      privateKey,
    })),
  };
}

/** The sample program as `program publish` takes it. */
async function writeProgram(folder: string): Promise<{ module: string; manifest: string }> {
  const built = await buildProgram(join(programs, program));
  await mkdir(folder, { recursive: true });
  const files = { module: join(folder, "module.mjs"), manifest: join(folder, "manifest.json") };
  await writeFile(files.module, built.module);
  await writeFile(files.manifest, built.manifest);
  return files;
}

function inWords(up: Awaited<ReturnType<typeof describe>>): string {
  return [
    `chain        ${up.rpc} (chain ${up.chainId})`,
    `deployment   ${up.deployment}`,
    ...up.workers.map(({ endpoint, worker }) => `worker       ${endpoint}  ${worker}`),
    `measurement  ${up.workers[0]?.measurement ?? "no worker"}`,
    `program      ${up.program.module}`,
    `             ${up.program.manifest}`,
    "",
    up.note,
    ...up.accounts.map(({ label, address, privateKey }) => `${label}  ${address}  ${privateKey}`),
    "",
  ].join("\n");
}

if (import.meta.main) await main();
