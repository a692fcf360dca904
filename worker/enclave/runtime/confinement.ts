/**
 * What the operating system adds around a guest's process, beside its isolate and Node's permission model: found out once by trying,
 * never missed where it is not there.
 * @module
 */
import { spawnSync } from "node:child_process";
import type { GuestLimits } from "./guest-process.ts";

export interface Confinement {
  /** What is in force, in words, for the worker's log. */
  readonly facts: readonly string[];
  /** The command line that runs another one confined. */
  wrap(command: readonly string[]): readonly string[];
}

interface Layer {
  readonly fact: string;
  /** Goes before the command line; ends by executing what follows. */
  readonly prefix: readonly string[];
}

/** MiB of data before the isolate holds anything: 1053 measured, of which 2 x 509 are V8's reserve for machine code. */
const PROCESS_MIB = 1536;
const KIB_PER_MIB = 1024;

/** Tries one layer after the other, each inside those before it. */
export function confinementOf(limits: GuestLimits): Confinement {
  const inForce: Layer[] = [];
  const prefix = (): string[] => inForce.flatMap((layer) => layer.prefix);
  for (const candidates of [
    [resourceLimits(limits)],
    [orphanless],
    [namespaces],
    [powerless, noNewPrivileges],
  ]) {
    const works = candidates.find((layer) => runs([...prefix(), ...layer.prefix, "true"]));
    if (works) inForce.push(works);
  }
  const before = prefix();
  return {
    facts: inForce.map(({ fact }) => fact),
    wrap: (command) => [...before, ...command],
  };
}

/**
 * Memory is limited as data, not as address space: V8 reserves much that it never fills. Array buffers, which V8's own limit does
 * not count, are data too. Processor time is for the case that the enclave, which looks at the clock, is gone.
 */
function resourceLimits({ memoryMiB, maxBytes, seconds }: GuestLimits): Layer {
  const dataKiB = (PROCESS_MIB + memoryMiB) * KIB_PER_MIB + Math.ceil(maxBytes / KIB_PER_MIB);
  const limits = `ulimit -d ${dataKiB} && ulimit -t ${2 * Math.ceil(seconds) + 10} && ulimit -f 0 && ulimit -c 0 && ulimit -n 64`;
  return {
    fact: "resource limits (data, processor time, file size, core, descriptors)",
    prefix: ["/bin/sh", "-c", `${limits} && exec "$@"`, "sh"],
  };
}

/** A program that computes does not notice that nobody waits for it any more. Before the namespaces: the next layer passes it on. */
const orphanless: Layer = {
  fact: "ends with the enclave",
  prefix: "/usr/bin/setpriv --pdeathsig KILL".split(" "),
};
/** No network, and no other process to see, to signal or to trace. */
const namespaces: Layer = {
  fact: "namespaces (user, network, ipc, uts, pid)",
  prefix: "/usr/bin/unshare --user --net --ipc --uts --pid --fork --kill-child".split(" "),
};
const powerless: Layer = {
  fact: "no capabilities, no new privileges",
  prefix: "/usr/bin/setpriv --no-new-privs --bounding-set=-all --inh-caps=-all".split(" "),
};
const noNewPrivileges: Layer = {
  fact: "no new privileges",
  prefix: "/usr/bin/setpriv --no-new-privs".split(" "),
};

function runs([command, ...args]: readonly string[]): boolean {
  return spawnSync(command as string, args, { stdio: "ignore", env: {} }).status === 0;
}
