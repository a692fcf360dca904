/**
 * `npm run app`: everything the web app needs to be tried, on this machine alone: a local chain, three workers, the demo's
 * collaboration with sealed data of three telcos, and the app itself. Prints the address. Ctrl-C ends it.
 *
 * `--port N` serves at that port; `--empty` leaves the collaboration out.
 * @module
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildProgram } from "../client/kit/build.ts";
import { lockKey, N_FILE } from "../client/sdk/key-file.ts";
import { buildContracts } from "./chain.ts";
import { agree, contributeAll, type Telco } from "./demo-telcos.ts";
import { startNet, type Net } from "./net.ts";
import { sampleTelcos } from "./sample-data.ts";
import { say, step } from "./screen.ts";
import { buildWeb, serveWeb } from "./web.ts";

const root = join(import.meta.dirname, "..");
/** Opens the key files of the demo's telcos; public, like the accounts they belong to. */
const PASSWORD = "cloister demo";
const MONEY = 10_000n * 10n ** 18n;
/** Development accounts that get tokens: three of the demo, three that are free. */
const PARTIES = 6;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: "string" }, empty: { type: "boolean", default: false } },
  });
  const stopped = new Promise<void>((stop) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => stop());
  });
  const home = await mkdtemp(join(tmpdir(), "cloister-app-"));
  try {
    await step("Compile the contracts", buildContracts);
    await step("Build the app", () => buildWeb());
    const net = await step("Start a chain, deploy, start three workers", () =>
      startNet({ workers: 3, home: join(home, "net") }),
    );
    const web = await serveWeb(net, { port: Number(values.port ?? 0) });
    try {
      for (const { address } of net.accounts.slice(0, PARTIES)) await net.mint(address, MONEY);
      const keys = values.empty ? undefined : await demo(net, join(home, "telcos"));
      say(guide(web.url, net, keys));
      process.stdout.write(`${web.url}\n`);
      await stopped;
    } finally {
      await web.close();
      await net.close();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** The demo's collaboration with its data; nothing is asked yet. @returns folder of the telcos' key files and tables */
async function demo(net: Net, folder: string): Promise<string> {
  const telcos = await agree(net, sampleTelcos(), {
    program: await buildProgram(join(root, "programs", "location-analytics")),
    requests: ["cluster", "classify", "predict"].map((name) => ({ function: name })),
    trust: { measurements: net.workers.map((worker) => worker.measurement), acceptSimulated: true },
  });
  await contributeAll(telcos);
  for (const telco of telcos) await writeTelco(join(folder, telco.name), telco);
  return folder;
}

/** A telco's locked keys, as the page “You” imports them, and its tables, to drop into a collaboration of one's own. */
async function writeTelco(folder: string, { keys, files }: Telco): Promise<void> {
  await mkdir(folder, { recursive: true });
  const locked = {
    consent: await lockKey("consent", keys.consentKey, PASSWORD, N_FILE),
    sealing: await lockKey("sealing", keys.sealingKey, PASSWORD, N_FILE),
  };
  await writeFile(join(folder, "demo.consent.json"), locked.consent);
  await writeFile(join(folder, "demo.sealing.json"), locked.sealing);
  await writeFile(join(folder, "locations.csv"), files.locationsCsv);
  await writeFile(join(folder, "training.csv"), files.trainingCsv);
}

function guide(url: string, net: Net, keys: string | undefined): string {
  return [
    "",
    `  Cloister        ${url}`,
    `  measurement     ${net.workers[0]?.measurement ?? "no worker"}`,
    ...(keys === undefined
      ? []
      : [
          "  collaboration   “where to build towers”, of the development accounts",
          ...net.accounts
            .slice(0, 3)
            .map(({ address }, at) => `                  dev ${at + 1} ${address}`),
          `  their keys      ${keys}, password "${PASSWORD}"`,
        ]),
    "",
    "  SIMULATED: the operators of these workers could read everything.",
    "  Ctrl-C ends it.",
    "",
  ].join("\n");
}

await main();
