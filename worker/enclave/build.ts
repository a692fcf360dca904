/** The enclave's image: bundles that are what is measured and what runs, and the command line that confines them. @module */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Hex } from "../../protocol/bytes.ts";
import { ENCLAVE_FILE, GUEST_FILE, measure } from "./measurement.ts";
import type { GuestLimits } from "./runtime/run-program.ts";
import type { EnclaveLimits } from "./service.ts";

const source = dirname(fileURLToPath(import.meta.url));

export interface EnclaveImage {
  /** Path of the enclave's bundle. */
  readonly entry: string;
  readonly measurement: Hex;
}

export const defaultEnclaveLimits: EnclaveLimits & GuestLimits = {
  maxBytes: 4 * 2 ** 30,
  maxRows: 50_000_000,
  maxOutput: 8 * 2 ** 20,
  maxModules: 16,
  seconds: 600,
  heapMiB: 4096,
};

/**
 * Bundles the enclave into a folder. The same sources give the same bytes wherever they lie: no paths, no time stamps.
 * @param outDir is created
 */
export async function buildEnclave(outDir: string): Promise<EnclaveImage> {
  const bundles = await Promise.all([bundle("main.ts"), bundle("runtime/guest.ts")]);
  await mkdir(outDir, { recursive: true });
  const files = [ENCLAVE_FILE, GUEST_FILE].map((name) => join(outDir, name));
  await Promise.all(bundles.map((bytes, i) => writeFile(files[i] as string, bytes)));
  return { entry: files[0] as string, measurement: await measure(bundles) };
}

async function bundle(entry: string): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: source,
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node26",
    minifyWhitespace: true,
    legalComments: "none",
    // Some CommonJS dependencies ask for node's modules by require.
    banner: {
      js: 'import{createRequire as cloisterRequire}from"node:module";const require=cloisterRequire(import.meta.url);',
    },
    logLevel: "silent",
  });
  return (result.outputFiles[0] as { contents: Uint8Array }).contents;
}

/**
 * Arguments for the project's Node that start an enclave with no more rights than it needs: no network, no addons, no files but
 * its own, a child process for the guest.
 * @param sealedFile the one file it writes (and the `.new` beside it)
 */
export function enclaveArguments(
  image: EnclaveImage,
  sealedFile: string,
  limits: EnclaveLimits & GuestLimits = defaultEnclaveLimits,
): string[] {
  const folder = dirname(image.entry);
  return [
    "--permission",
    // node:sqlite opens files past the permission model (Node 26.10).
    "--no-experimental-sqlite",
    "--allow-child-process",
    `--allow-fs-read=${folder}/`,
    ...[sealedFile, `${sealedFile}.new`].flatMap((file) => [
      `--allow-fs-read=${file}`,
      `--allow-fs-write=${file}`,
    ]),
    "--disable-warning=SecurityWarning",
    image.entry,
    sealedFile,
    JSON.stringify(limits),
  ];
}
