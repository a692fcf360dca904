/**
 * The worker's command line: `node worker/main.ts <verb> --home D ...`. Results are JSON on stdout, all
 * else goes to stderr; the exit code is that of `protocol/errors.ts`.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ProtocolError, failures } from "../protocol/errors.ts";
import { buildEnclave, enclaveArguments } from "./enclave/build.ts";
import { backup, restore } from "./host/commands/backup.ts";
import { drain } from "./host/commands/drain.ts";
import { init } from "./host/commands/init.ts";
import { renew } from "./host/commands/renew.ts";
import { status } from "./host/commands/status.ts";
import { register } from "./host/commands/register.ts";
import { spawnEnclave, type Spawn } from "./host/enclave-process.ts";
import { homePaths } from "./host/home/paths.ts";
import { startWorker } from "./host/node.ts";

const USAGE = `usage: worker init --home D --rpc URL (--contracts ADDRESS | --deployment FILE) --tee simulated
                   [--listen HOST:PORT] [--endpoint URL] [--confirmations N] [--poll-interval MS]
                   [--from-block N] [--password-file F]
       worker register --home D --stake N      (smallest units of the token)
       worker start --home D
       worker status --home D
       worker renew --home D
       worker drain --home D [--wait] | [--undo]      (takes no new task, finishes what it promised, ends)
       worker backup --home D --out FILE [--datasets] [--with-password]
       worker restore FILE --home D [--password-file F]
       worker measurement
`;

/** @param file only of `restore` */
type Command = (values: Values, file?: string) => Promise<void>;
type Values = ReturnType<typeof read>["values"];

const commands: Readonly<Record<string, Command>> = {
  init: async (values) =>
    print(
      await init({
        home: homeOf(values),
        rpc: values.rpc ?? usage("--rpc is missing"),
        contracts: values.contracts,
        deployment: values.deployment,
        tee: values.tee,
        listen: values.listen,
        endpoint: values.endpoint,
        confirmations: count(values.confirmations, "--confirmations"),
        pollInterval: count(values["poll-interval"], "--poll-interval"),
        fromBlock: count(values["from-block"], "--from-block"),
        passwordFile: values["password-file"],
      }),
    ),
  register: async (values) => {
    const stake = BigInt(digits(values.stake, "--stake") ?? usage("--stake is missing"));
    print(await register({ home: homeOf(values), stake }, await enclaveOf(homeOf(values))));
  },
  start: async (values) => {
    const stop = new AbortController();
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stop.abort());
    const spawn = await enclaveOf(homeOf(values));
    const worker = await startWorker(homeOf(values), spawn, stop.signal).catch((cause: unknown) => {
      if (stop.signal.aborted) return undefined;
      throw cause;
    });
    if (!worker) return;
    print({ endpoint: worker.endpoint, worker: worker.worker });
    const stopped = new Promise<void>((done) => {
      if (stop.signal.aborted) done();
      stop.signal.addEventListener("abort", () => done(), { once: true });
    });
    await Promise.race([stopped, worker.drained]);
    await worker.close();
  },
  status: async (values) => {
    const home = homeOf(values);
    print(await status(home, () => enclaveOf(home)));
  },
  renew: async (values) => {
    const home = homeOf(values);
    print(await renew(home, () => enclaveOf(home)));
  },
  drain: async ({ undo = false, wait = false, ...values }) =>
    print(await drain({ home: homeOf(values), undo, wait })),
  backup: async ({ out, datasets = false, "with-password": password = false, ...values }) =>
    print(
      await backup({
        home: homeOf(values),
        out: resolve(out ?? usage("--out is missing")),
        datasets,
        password,
      }),
    ),
  restore: async (values, file) =>
    print(
      await restore({
        file: resolve(file ?? usage("the backup's file is missing")),
        home: homeOf(values),
        passwordFile: values["password-file"],
      }),
    ),
  measurement: async () => {
    const folder = await mkdtemp(join(tmpdir(), "cloister-enclave-"));
    try {
      const { measurement } = await buildEnclave(folder);
      print({ measurement });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

function read() {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  return parseArgs({
    allowPositionals: true,
    options: {
      home: text,
      rpc: text,
      contracts: text,
      deployment: text,
      tee: text,
      listen: text,
      endpoint: text,
      confirmations: text,
      "poll-interval": text,
      "from-block": text,
      "password-file": text,
      stake: text,
      undo: flag,
      wait: flag,
      out: text,
      datasets: flag,
      "with-password": flag,
    },
  });
}

const homeOf = (values: Values): string => resolve(values.home ?? usage("--home is missing"));

async function enclaveOf(home: string): Promise<Spawn> {
  const paths = homePaths(home);
  const image = await buildEnclave(paths.enclave);
  return spawnEnclave(enclaveArguments(image, paths.sealed));
}

function digits(text: string | undefined, flag: string): string | undefined {
  if (text !== undefined && !/^[0-9]{1,30}$/.test(text)) usage(`${flag} takes a whole number`);
  return text;
}

function count(text: string | undefined, flag: string): number | undefined {
  return text === undefined ? undefined : Number(digits(text, flag));
}

function usage(fault: string): never {
  throw new ProtocolError("CONFIG_INVALID", { file: "The command line", faults: [fault] });
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** @returns exit code */
async function main(): Promise<number> {
  try {
    const { values, positionals } = parse();
    const [name, file, ...rest] = positionals;
    const isCommand = rest.length === 0 && (file === undefined || name === "restore");
    const command = isCommand && name ? commands[name] : undefined;
    if (!command) {
      process.stderr.write(USAGE);
      return failures.CONFIG_INVALID.exit;
    }
    await command(values, file);
    return 0;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { code, message }: ProtocolError = error;
    process.stderr.write(`${message}\n`);
    return failures[code].exit;
  }
}

/** Node's own words about an unknown flag are good, its stack is not. */
function parse() {
  try {
    return read();
  } catch (cause) {
    return usage(cause instanceof Error ? cause.message : "it cannot be read");
  }
}

process.exitCode = await main();
