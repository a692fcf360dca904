/** Bundles a program into the two byte strings whose hash goes on chain. @module */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { canonicalJson } from "../protocol/json.ts";

export interface BuiltProgram {
  /** One ES module, UTF-8; its default export is the program. */
  readonly module: Uint8Array;
  /** The manifest as JCS JSON, UTF-8. */
  readonly manifest: Uint8Array;
}

/**
 * Builds `main.ts` and `manifest.json` of a folder. The same sources and locked packages give the same bytes wherever
 * the clone lies: no time stamps, no source map, no paths. Nothing is minified, because members must read it.
 * @param folder e.g. `programs/location-analytics`
 */
export async function buildProgram(folder: string): Promise<BuiltProgram> {
  const root = resolve(folder);
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["main.ts"],
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
    // Whatever a tsconfig beside the folder says must not change the bytes.
    tsconfigRaw: {},
  });
  const text = Object.keys(metafile.inputs).reduce(withoutPlace, `\n${outputFiles[0]!.text}`);
  const manifest: unknown = JSON.parse(await readFile(join(root, "manifest.json"), "utf8"));
  const utf8 = new TextEncoder();
  return {
    module: utf8.encode(text.slice(1)),
    manifest: utf8.encode(canonicalJson(manifest)),
  };
}

/**
 * esbuild heads each part with its path, and names wrapped CommonJS parts by it. Where node_modules lies is the clone's
 * own affair: only what follows it stays.
 */
function withoutPlace(text: string, path: string): string {
  const name = path.split("node_modules/").at(-1)!;
  return text
    .replaceAll(`\n// ${path}\n`, `\n// ${name}\n`)
    .replaceAll(`\n  "${path}"(`, `\n  "${name}"(`);
}
