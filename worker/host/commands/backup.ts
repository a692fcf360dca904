/**
 * `worker backup` and `worker restore`: a home in one file. Backing up may go on while the worker runs: the journal is copied by
 * SQLite's online backup, the enclave's file (which is replaced whole when a dataset is erased) after it, so that it knows of every
 * erasure the journal does; all else never changes under its name.
 * @module
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { copyFile, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync, backup as copyDatabase } from "node:sqlite";
import { ProtocolError } from "../../../protocol/errors.ts";
import { parseConfig, readConfig } from "../../config.ts";
import { pack, unpack, type Index, type Source } from "../home/archive.ts";
import { homePaths, type HomePaths } from "../home/paths.ts";
import { Store } from "../store/store.ts";

export interface BackupOptions {
  readonly home: string;
  readonly out: string;
  /** The envelopes too: members can upload them again, which costs them time. */
  readonly datasets: boolean;
  /** The password too: then whoever has the file has the gas key. */
  readonly password: boolean;
}

/** @throws ProtocolError CONFIG_INVALID, FILE_EXISTS, FILE_UNREADABLE */
export async function backup(
  options: BackupOptions,
): Promise<{ file: string; files: number; bytes: number; password: boolean }> {
  const { passwordFile } = readConfig(options.home);
  const paths = homePaths(options.home);
  const folder = await mkdtemp(join(tmpdir(), "cloister-backup-"));
  try {
    const journal = join(folder, "journal.sqlite");
    await copyJournal(paths.journal, journal);
    const kept = (["worker.json", "gas.keystore"] as const).map((name) => ({
      name,
      path: join(paths.home, name),
    }));
    const sealed = join(folder, "enclave.sealed");
    // Without its enclave's keys a home is one that never registered.
    if (existsSync(paths.sealed)) await copyFile(paths.sealed, sealed);
    const sources: Source[] = [
      ...kept,
      ...(existsSync(sealed) ? [{ name: "enclave.sealed", path: sealed }] : []),
      ...(existsSync(journal) ? [{ name: "journal.sqlite", path: journal }] : []),
      ...(options.password ? [{ name: "password", path: passwordFile }] : []),
      ...(options.datasets ? envelopesOf(paths) : []),
    ];
    const { files } = await pack(options.out, paths.home, sources);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return { file: options.out, files: files.length, bytes, password: options.password };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function copyJournal(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  const database = new DatabaseSync(from, { readOnly: true, timeout: 5000 });
  try {
    await copyDatabase(database, to);
  } finally {
    database.close();
  }
}

function envelopesOf({ datasets }: HomePaths): Source[] {
  if (!existsSync(datasets)) return [];
  return readdirSync(datasets)
    .map((dataset) => ({
      name: `datasets/${dataset}/chunks`,
      path: join(datasets, dataset, "chunks"),
    }))
    .filter(({ path }) => existsSync(path));
}

export interface RestoreOptions {
  readonly file: string;
  readonly home: string;
  /** Opens the keystore; absent: the one in the backup, or the place it had. */
  readonly passwordFile?: string | undefined;
}

/**
 * Makes a home from a backup: all of it, or nothing.
 * @returns the password file that must be there before it starts, and how many envelopes members have to upload again
 * @throws ProtocolError FILE_EXISTS when something is there already, FILE_UNREADABLE, HASH_MISMATCH, CONFIG_INVALID
 */
export async function restore(
  options: RestoreOptions,
): Promise<{ home: string; passwordFile: string; passwordMissing: boolean; uploadAgain: number }> {
  const home = resolve(options.home);
  await expectEmpty(home);
  const folder = await mkdtemp(`${home}.restoring-`).catch((cause: NodeJS.ErrnoException) => {
    throw new ProtocolError("FILE_UNREADABLE", { file: dirname(home), cause: String(cause.code) });
  });
  try {
    const index = await unpack(options.file, folder);
    const passwordFile = settle(index, folder, home, options.passwordFile);
    const uploadAgain = forgetMissing(homePaths(folder));
    await rename(folder, home);
    return { home, passwordFile, passwordMissing: !existsSync(passwordFile), uploadAgain };
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  }
}

async function expectEmpty(home: string): Promise<void> {
  const there = await readdir(home).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new ProtocolError("FILE_EXISTS", { file: home }, { cause: error });
  });
  if (there.length > 0) throw new ProtocolError("FILE_EXISTS", { file: home });
}

/** The password lies elsewhere now: in the new home if it came along or lay in the old one. */
function settle(index: Index, folder: string, home: string, given: string | undefined): string {
  const { files, home: before } = index;
  const file = join(folder, "worker.json");
  const config = parseConfig(JSON.parse(readFileSync(file, "utf8")), "worker.json");
  const came = files.some(({ name }) => name === "password");
  const own = came || config.passwordFile === homePaths(before).password;
  const inherited = own ? homePaths(home).password : config.passwordFile;
  const passwordFile = given === undefined ? inherited : resolve(given);
  writeFileSync(file, `${JSON.stringify({ ...config, passwordFile }, undefined, 2)}\n`);
  return passwordFile;
}

/** What the journal says is here and is not must come again; @returns how many that are */
function forgetMissing({ journal, datasets }: HomePaths): number {
  if (!existsSync(journal)) return 0;
  const store = new Store(journal);
  try {
    const missing = store.uploads
      .entries()
      .filter(([dataset, { held }]) => held > 0 && !existsSync(join(datasets, dataset, "chunks")));
    for (const [dataset, record] of missing) store.uploads.put(dataset, { ...record, held: 0 });
    return missing.length;
  } finally {
    store.close();
  }
}
