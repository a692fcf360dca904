/** Where things lie in a party's home, and its small JSON files. @module */
import { mkdirSync, readFileSync, writeFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { ProtocolError } from "../../protocol/errors.ts";

export interface HomePaths {
  readonly home: string;
  readonly keystore: string;
  readonly deployments: string;
  readonly measurements: string;
  /** Programs that were fetched, by hash. */
  readonly programs: string;
  /** Headers and key wraps of what was contributed: a later committee is served from them. */
  readonly datasets: string;
  /** Ciphertext that was kept, by dataset. */
  readonly sealed: string;
  readonly lock: string;
}

export const homePaths = (home: string): HomePaths => ({
  home,
  keystore: join(home, "keystore"),
  deployments: join(home, "deployments"),
  measurements: join(home, "measurements.json"),
  programs: join(home, "programs"),
  datasets: join(home, "datasets"),
  sealed: join(home, "sealed"),
  lock: join(home, "lock"),
});

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** @throws ProtocolError FILE_UNREADABLE */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ProtocolError("FILE_UNREADABLE", { file, cause: causeOf(cause) }, { cause });
  }
}

/** A JSON file of this shape. @throws ProtocolError FILE_UNREADABLE, CONFIG_INVALID naming every fault */
export function readJson<S extends TSchema>(file: string, shape: S): Static<S> {
  const value = readAnyJson(file);
  if (Value.Check(shape, value)) return value;
  const faults = [...Value.Errors(shape, value)].map(
    (fault) => `${fault.instancePath || "/"} ${fault.message}`,
  );
  throw new ProtocolError("CONFIG_INVALID", { file, faults });
}

/** @throws ProtocolError FILE_UNREADABLE, CONFIG_INVALID */
export function readAnyJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ProtocolError("CONFIG_INVALID", { file, faults: ["it is not JSON"] }, { cause });
  }
}

/** Writes a file that only its owner reads; never over another one. @throws ProtocolError FILE_EXISTS, FILE_UNREADABLE */
export function writeNew(file: string, text: string | Uint8Array): void {
  write(file, () => writeFileSync(file, text, { mode: PRIVATE_FILE, flag: "wx" }));
}

/** Replaces a file as a whole: a crash leaves the old one or the new one. @throws ProtocolError FILE_UNREADABLE */
export function replace(file: string, text: string): void {
  write(file, () => {
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, text, { mode: PRIVATE_FILE });
    renameSync(fresh, file);
  });
}

function write(file: string, act: () => void): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: PRIVATE_FOLDER });
    act();
  } catch (cause) {
    const why = causeOf(cause);
    if (why === "EEXIST") throw new ProtocolError("FILE_EXISTS", { file }, { cause });
    throw new ProtocolError("FILE_UNREADABLE", { file, cause: why }, { cause });
  }
}

export const causeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
