/** The enclave's image: bundles that are what is measured and what runs, and the command line that confines them. @module */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";
import { fromUtf8, type Hex } from "../../protocol/bytes.ts";
import { GUEST_FILE, IMAGE_FILES, measure } from "./measurement.ts";
import type { GuestLimits } from "./runtime/guest-process.ts";
import { ISOLATE_FILE } from "./runtime/native.ts";
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
  maxErased: 65_536,
  seconds: 600,
  memoryMiB: 4096,
};

/**
 * Puts the enclave into a folder: its bundle, its guest's with the realm inside, and the isolate's native library. The same sources
 * give the same bytes wherever they lie: no paths, no time stamps.
 * @param outDir is created
 */
export async function buildEnclave(outDir: string): Promise<EnclaveImage> {
  const files = await Promise.all([bundle("main.ts"), ...guestFiles()]);
  const [entry] = await put(outDir, IMAGE_FILES, files);
  return { entry: entry as string, measurement: await measure(files) };
}

/**
 * Puts what runs programs into a folder, and nothing else of the enclave: a trial needs no more.
 * @param outDir is created
 * @returns path of the guest's bundle
 */
export async function buildGuest(outDir: string): Promise<string> {
  const [guest] = await put(outDir, [GUEST_FILE, ISOLATE_FILE], await Promise.all(guestFiles()));
  return guest as string;
}

/** The guest's bundle and the isolate's native library. */
const guestFiles = (): Promise<Uint8Array>[] => [
  bundleGuest("runtime/guest.ts"),
  readFile(nativeSource()),
];

/** @returns their paths */
async function put(
  outDir: string,
  names: readonly string[],
  files: readonly Uint8Array[],
): Promise<string[]> {
  await mkdir(outDir, { recursive: true });
  const paths = names.map((name) => join(outDir, name));
  await Promise.all(files.map((bytes, i) => writeFile(paths[i] as string, bytes)));
  return paths;
}

/** A bundle for the process around the isolate; the isolate's own first script is a text in it. */
async function bundleGuest(entry: string): Promise<Uint8Array> {
  const realm = await bundle("runtime/realm/main.ts", {
    format: "iife",
    globalName: "realm",
    platform: "neutral",
    banner: {},
  });
  const script = `"use strict";(()=>{${fromUtf8(realm, "realm")};return {...realm}})()`;
  // CommonJS: without its snapshot Node takes a sixth of the process's start to load what modules need.
  return bundle(entry, { format: "cjs", banner: {}, define: { REALM: JSON.stringify(script) } });
}

/**
 * Where isolated-vm's package keeps its addon for this Node, processor and C library.
 * @throws Error of `node-gyp-build` when there is none
 */
function nativeSource(): string {
  const manifest = createRequire(import.meta.url).resolve("isolated-vm/package.json");
  const prebuilt = createRequire(manifest)("node-gyp-build") as { path(folder: string): string };
  return prebuilt.path(dirname(manifest));
}

async function bundle(entry: string, options: BuildOptions = {}): Promise<Uint8Array> {
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: source,
    bundle: true,
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
    ...options,
    write: false,
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
