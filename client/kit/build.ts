/** Bundles a program into the two byte strings whose hash goes on chain. @module */
import { existsSync, realpathSync } from "node:fs";
import { join, posix } from "node:path";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type BuildFailure, type Message, type Plugin } from "esbuild";
import { utf8 } from "../../protocol/bytes.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { canonicalJson, type Json } from "../../protocol/json.ts";
import { parseManifest } from "../../protocol/manifest.ts";

/** This installation: what `cloister` stands for, and where libraries come from when a folder brings none of its own. */
export const installation = fileURLToPath(new URL("../../", import.meta.url));
/** What `import ... from "cloister"` means in a program, as a path in the installation. */
const AUTHOR_PATH = "programs/cloister.ts";
/** The same for editors and test runners. */
export const AUTHOR_MODULE = join(installation, AUTHOR_PATH);

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
  const root = rootOf(folder);
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
    // `**` calls `Math.pow`, which the isolate makes the same on every processor; the operator is the engine's own affair.
    supported: { "exponent-operator": false },
    charset: "utf8",
    legalComments: "none",
    treeShaking: true,
    sourcemap: false,
    logLevel: "silent",
    plugins: [ownFiles],
    nodePaths: [join(installation, "node_modules")],
    // Whatever a tsconfig beside the folder says must not change the bytes.
    tsconfigRaw: {},
  }).catch((error: BuildFailure) => Promise.reject(broken(root, error)));
  const text = Object.keys(metafile.inputs).reduce(placeless, `\n${outputFiles[0]!.text}`);
  return { module: utf8(text.slice(1).replace(POWER, POWER_OF_BOTH)), manifest };
}

/** As the bundler says it: paths are relative to where a folder really lies, not to a link. @throws ProtocolError FILE_UNREADABLE */
function rootOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    throw new ProtocolError("FILE_UNREADABLE", { file: folder, cause: "it is not there" });
  }
}

/**
 * `cloister` and what it imports, under names that say nothing of where the installation lies. They are files of their own for the
 * bundler, so that a program that lies in an installation and imports the same file by its path builds the same there and elsewhere.
 */
const ownFiles: Plugin = {
  name: "cloister",
  setup(bundler) {
    const namespace = "cloister";
    // Go's regular expressions, which have no flag `u`.
    bundler.onResolve({ filter: /^cloister$/ }, () => ({ path: AUTHOR_PATH, namespace }));
    bundler.onResolve({ filter: /^\./, namespace }, ({ path, importer }) => ({
      path: posix.join(posix.dirname(importer), path),
      namespace,
    }));
    bundler.onLoad({ filter: /^/, namespace }, async ({ path }) => ({
      contents: await readFile(join(installation, path), "utf8"),
      loader: "ts",
    }));
  },
};

/** What the bundler calls for `**`. It knows no BigInt, whose powers are exact anyway. */
const POWER = /^var (__pow\d*) = Math\.pow;$/mu;
const POWER_OF_BOTH = 'var $1 = (x, y) => typeof x === "bigint" ? x ** y : Math.pow(x, y);';

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
 * The bundler heads each part with its path and names wrapped CommonJS parts by it. Where packages lie is the machine's own affair:
 * only what follows node_modules stays. All other paths are relative to the folder.
 */
function placeless(text: string, path: string): string {
  const [, ...inPackages] = path.split("node_modules/");
  const name = inPackages.at(-1) ?? path;
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
