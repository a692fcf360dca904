/** A new program's folder: one of the examples under another name, and what an editor needs to know. @module */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { ProtocolError } from "../../protocol/errors.ts";
import { installation } from "./build.ts";

const examples = join(installation, "programs", "examples");

/** Names of the examples a program can begin as. */
export const templates = (): string[] =>
  readdirSync(examples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/**
 * Makes a folder with `main.ts`, `manifest.json`, a test and a `tsconfig.json`.
 * @param folder must not exist, or be empty; its name is the program's
 * @param template one of {@link templates}
 * @returns names of the files
 * @throws ProtocolError NOT_FOUND for another template, FILE_EXISTS when something is in the folder already
 */
export function scaffold(folder: string, template: string): string[] {
  const root = resolve(folder);
  const name = basename(root);
  if (!templates().includes(template))
    throw new ProtocolError("NOT_FOUND", { what: "example", name: template });
  if (existsSync(root) && readdirSync(root).length > 0)
    throw new ProtocolError("FILE_EXISTS", { file: root });
  mkdirSync(root, { recursive: true });
  cpSync(join(examples, template), root, {
    recursive: true,
    filter: (file) => !file.endsWith(".md"),
  });
  if (name !== template)
    renameSync(join(root, `${template}.test.ts`), join(root, `${name}.test.ts`));
  const manifest = join(root, "manifest.json");
  const text = readFileSync(manifest, "utf8");
  writeFileSync(manifest, text.replace(`"name": "${template}"`, `"name": "${name}"`));
  writeFileSync(join(root, "tsconfig.json"), `${JSON.stringify(editorSettings(), undefined, 2)}\n`);
  return readdirSync(root).toSorted();
}

const own = (...path: string[]): string => join(installation, ...path);

/** Where an editor finds `cloister` and vitest: in this installation. */
function editorSettings() {
  return {
    extends: own("tsconfig.json"),
    compilerOptions: {
      // As the bundler sees it: no package.json says what kind of module a folder's files are.
      module: "ESNext",
      moduleResolution: "Bundler",
      paths: {
        cloister: [own("programs", "cloister.ts")],
        "cloister/test": [own("client", "kit", "test.ts")],
        vitest: [own("node_modules", "vitest")],
      },
      typeRoots: [own("node_modules", "@types")],
    },
    include: ["."],
    exclude: ["node_modules"],
  };
}
