/**
 * The worker's command line: `node worker/main.ts <verb> --home D ...`. Results are JSON on stdout, all
 * else goes to stderr; the exit code is that of `protocol/errors.ts`.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Address } from "../protocol/bytes.ts";
import type { GasPrices } from "../protocol/chain/deployment.ts";
import { ProtocolError, failures } from "../protocol/errors.ts";
import { buildEnclave, enclaveArguments } from "./enclave/build.ts";
import { backup, restore } from "./host/commands/backup.ts";
import { drain } from "./host/commands/drain.ts";
import { init } from "./host/commands/init.ts";
import { renew } from "./host/commands/renew.ts";
import { status } from "./host/commands/status.ts";
import { register } from "./host/commands/register.ts";
import { withdraw } from "./host/commands/withdraw.ts";
import { spawnEnclave, type Spawn } from "./host/enclave-process.ts";
import { homePaths } from "./host/home/paths.ts";
import { startWorker } from "./host/node.ts";

const USAGE = `usage: worker init --home D [--rpc URL] (--contracts ADDRESS | --deployment FILE) --tee simulated
                   [--listen HOST:PORT] [--endpoint URL] [--confirmations N] [--poll-interval MS]
                   [--from-block N] [--log-range BLOCKS] [--max-fee GWEI] [--priority-fee GWEI] [--password-file F]
       worker register --home D --stake N      (smallest units of the token, or tokens: 1000tok)
       worker start --home D
       worker status --home D
       worker renew --home D
       worker drain --home D [--wait] | [--undo]      (takes no new task, finishes what it promised, ends)
       worker withdraw --home D [--to ADDRESS] [--with-stake]      (fees earned, out of the vault; the stake too)
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
        rpc: values.rpc,
        contracts: values.contracts,
        deployment: values.deployment,
        tee: values.tee,
        listen: values.listen,
        endpoint: values.endpoint,
        confirmations: count(values.confirmations, "--confirmations"),
        pollInterval: count(values["poll-interval"], "--poll-interval"),
        fromBlock: count(values["from-block"], "--from-block"),
        logRange: count(values["log-range"], "--log-range"),
        gas: gasOf(values),
        passwordFile: values["password-file"],
      }),
    ),
  register: async (values) => {
    const stake = values.stake ?? usage("--stake is missing");
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
  withdraw: async ({ to, "with-stake": stake = false, ...values }) => {
    const options = { home: homeOf(values), to: accountIn(to, "--to"), stake };
    print(await withdraw(options, await enclaveOf(homeOf(values))));
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
      "log-range": text,
      "max-fee": text,
      "priority-fee": text,
      "password-file": text,
      stake: text,
      to: text,
      "with-stake": flag,
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

function accountIn(text: string | undefined, flag: string): Address | undefined {
  if (text !== undefined && !/^0x[0-9a-fA-F]{40}$/.test(text))
    usage(`${flag} takes 0x and 40 hexadecimal digits`);
  return text?.toLowerCase() as Address | undefined;
}

function count(text: string | undefined, flag: string): number | undefined {
  return text === undefined ? undefined : Number(digits(text, flag));
}

/** What stands in `worker.json` is checked there; here only that it is a number. */
function gasOf(values: Values): GasPrices {
  const gwei = (flag: "max-fee" | "priority-fee") => {
    const text = values[flag];
    if (text !== undefined && !/^[0-9]{1,7}(\.[0-9]{1,9})?$/.test(text))
      usage(`--${flag} takes a number of gwei, such as 1.5`);
    return text === undefined ? undefined : Number(text);
  };
  const [maxFeePerGas, maxPriorityFeePerGas] = [gwei("max-fee"), gwei("priority-fee")];
  return {
    ...(maxFeePerGas !== undefined && { maxFeePerGas }),
    ...(maxPriorityFeePerGas !== undefined && { maxPriorityFeePerGas }),
  };
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
