/** Bundles a program into the two byte strings whose hash goes on chain. @module */
import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type BuildFailure, type Message } from "esbuild";
import { utf8 } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { canonicalJson, type Json } from "../../protocol/json.ts";
import { parseManifest } from "../../protocol/manifest.ts";

/** This installation: what `cloister` stands for, and where libraries come from when a folder brings none of its own. */
export const installation = fileURLToPath(new URL("../../", import.meta.url));
/** What `import ... from "cloister"` means in a program. */
export const AUTHOR_MODULE = join(installation, "programs", "cloister.ts");

export interface BuiltProgram {
  /** One ES module, UTF-8; its default export is the program. */
  readonly module: Uint8Array;
  /** The manifest as JCS JSON, UTF-8. */
  readonly manifest: Uint8Array;
}

/**
 * Builds `main.ts` (or `main.js`) and `manifest.json` of a folder. The same sources and locked packages give the same bytes wherever
 * folder and installation lie: no time stamps, no source map, no paths. Nothing is minified, because members must read it.
 * @param folder e.g. `programs/location-analytics`
 * @throws ProtocolError FILE_UNREADABLE, PROGRAM_BROKEN with what the bundler says, JSON_INVALID, MANIFEST_INVALID
 */
export async function buildProgram(folder: string): Promise<BuiltProgram> {
  const root = resolve(folder);
  const manifest = await manifestOf(root);
  const entry = ["main.ts", "main.js"].find((name) => existsSync(join(root, name)));
  if (entry === undefined)
    throw new ProtocolError("FILE_UNREADABLE", {
      file: join(root, "main.ts"),
      cause: "it is not there",
    });
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "neutral",
    // A neutral platform reads no main fields at all unless told; source modules first, they bundle without wrappers.
    mainFields: ["module", "main"],
    target: "es2024",
    charset: "utf8",
    legalComments: "none",
    treeShaking: true,
    sourcemap: false,
    logLevel: "silent",
    alias: { cloister: AUTHOR_MODULE },
    nodePaths: [join(installation, "node_modules")],
    // Whatever a tsconfig beside the folder says must not change the bytes.
    tsconfigRaw: {},
  }).catch((error: BuildFailure) => Promise.reject(broken(root, error)));
  const places = Object.keys(metafile.inputs).map((path) => [path, placeless(root, path)] as const);
  const text = places.reduce(renamed, `\n${outputFiles[0]!.text}`);
  return { module: utf8(text.slice(1)), manifest };
}

async function manifestOf(root: string): Promise<Uint8Array> {
  const file = join(root, "manifest.json");
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new ProtocolError("FILE_UNREADABLE", { file, cause: cause.code ?? cause.name });
  });
  const manifest = utf8(canonicalJson(parsed(text, file)));
  parseManifest(manifest);
  return manifest;
}

function parsed(text: string, file: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new ProtocolError("JSON_INVALID", { what: file }, { cause });
  }
}

/**
 * A part's name in the bundle. esbuild heads each part with its path and names wrapped CommonJS parts by it; where things lie is the
 * machine's own affair: of packages only what follows node_modules stays, of Cloister's own files their place in it.
 */
function placeless(root: string, path: string): string {
  const inPackage = path.split("node_modules/");
  if (inPackage.length > 1) return inPackage.at(-1)!;
  const inCloister = relative(installation, resolve(root, path));
  const isOwn = !path.startsWith("..");
  return isOwn || inCloister.startsWith("..")
    ? path
    : `cloister/${inCloister.split(sep).join("/")}`;
}

function renamed(text: string, [path, name]: readonly [string, string]): string {
  return text
    .replaceAll(`\n// ${path}\n`, `\n// ${name}\n`)
    .replaceAll(`\n  "${path}"(`, `\n  "${name}"(`);
}

function broken(root: string, error: BuildFailure): ProtocolError {
  const faults = (error.errors ?? []).map(sentence);
  const what = faults.length > 0 ? faults.join("; ") : error.message;
  return new ProtocolError("PROGRAM_BROKEN", { folder: root, what }, { cause: error });
}

const sentence = ({ text, location }: Message): string =>
  location ? `${location.file}:${location.line}: ${text}` : text;
