/** `cloister program new|build|test|mock|verify`: what whoever writes a program does, on any folder, without a chain. @module */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Option, type Command } from "commander";
import { fromUtf8 } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { parseManifest, tableOf } from "../../../protocol/manifest.ts";
import { buildProgram, installation } from "../../kit/build.ts";
import { csvOf } from "../../kit/csv.ts";
import { mockRows } from "../../kit/mock.ts";
import { scaffold, templates } from "../../kit/scaffold.ts";
import { hashFiles, type ProgramFiles } from "../../sdk/program.ts";
import { size } from "../../sdk/units.ts";
import { hash, whole } from "../arguments.ts";
import { runScript } from "../child.ts";
import { writeNew } from "../home.ts";
import { facts } from "../screen.ts";
import { verb } from "../verb.ts";
import { EXAMPLE_HASH } from "./common.ts";

const MOST_MOCK_ROWS = 10_000_000;

export function addAuthorVerbs(program: Command): void {
  verb(
    program,
    {
      usage: "new <folder>",
      says: "make a program to begin with: source, manifest, test",
      examples: ["program new my-program", "program new my-ballot --from voting"],
      options: [
        new Option("--from <example>", "which example it begins as")
          .choices(templates())
          .default("counter"),
      ],
    },
    async (_, { from }: { from: string }, folder) => {
      const files = scaffold(folder, from);
      const next = `cloister program test ${folder}`;
      const text = [...files, `Next: ${next}`].join("\n");
      return { json: { folder: resolve(folder), files, next }, text };
    },
  );

  verb(
    program,
    {
      usage: "build <folder>",
      says: "bundle a program and name it by its hash",
      notes: "The same sources and locked packages give the same bytes on every machine.",
      examples: ["program build my-program --out built"],
      options: [new Option("--out <folder>", "write module.mjs and manifest.json there")],
    },
    async (_, { out }: { out?: string }, folder) => {
      const files = await buildProgram(folder);
      if (out !== undefined) writeProgram(out, files);
      const name = hashFiles(files);
      const { length } = files.module;
      const json = { program: name, bytes: length, ...(out !== undefined && { out }) };
      return { json, text: facts({ program: name, module: size(length), out }) };
    },
  );

  verb(
    program,
    {
      usage: "test <folder>",
      says: "check types and run the tests of a program, in the enclave's own isolate",
      notes:
        "TypeScript and vitest are this installation's; the folder needs no packages of its own.",
      examples: ["program test my-program"],
    },
    async (_, __: object, folder) => {
      const root = resolve(folder);
      await buildProgram(root);
      const typescript = join(installation, "node_modules", "typescript", "bin", "tsc");
      const isTyped = existsSync(join(root, "tsconfig.json"));
      let passed = !isTyped || (await runScript(typescript, ["-p", root], process.stderr)) === 0;
      const vitest = join(installation, "node_modules", "vitest", "vitest.mjs");
      const config = join(installation, "client", "kit", "vitest.config.ts");
      const run = ["run", "--root", root, "--config", config];
      passed &&= (await runScript(vitest, run, process.stderr)) === 0;
      return {
        json: { folder: root, passed },
        text: passed ? "passed" : "failed",
        exit: passed ? 0 : 3,
      };
    },
  );

  verb(
    program,
    {
      usage: "mock <folder>",
      says: "make up rows of one of a program's tables, as CSV",
      notes: "The same seed gives the same rows. Made up from the manifest alone: nobody's data.",
      examples: ["program mock my-program --table customers --rows 1000 --out customers.csv"],
      options: [
        new Option("--table <name>", "which table").makeOptionMandatory(),
        new Option("--rows <n>", "how many").argParser(whole(1, MOST_MOCK_ROWS)).default(100),
        new Option("--seed <text>", "another text, other rows").default("mock"),
        new Option("--out <file>", "write them there"),
      ],
    },
    async (_, options: { table: string; rows: number; seed: string; out?: string }, folder) => {
      const { table, rows, seed, out } = options;
      const manifest = parseManifest((await buildProgram(folder)).manifest);
      const { spec } = tableOf(manifest, table);
      const csv = csvOf(spec, mockRows(spec, rows, seed));
      if (out !== undefined) writeNew(out, csv);
      const json = { table, rows, seed, ...(out === undefined ? { csv } : { out }) };
      return { json, text: out ?? csv.trimEnd() };
    },
  );

  verb(
    program,
    {
      usage: "verify <program> <folder>",
      says: "show that a published program is this source",
      notes: "Builds the folder and compares: module and manifest, byte for byte, by their hash.",
      examples: [`program verify ${EXAMPLE_HASH} my-program`],
    },
    async (cli, _: object, text, folder) => {
      const published = hash(text);
      const built = hashFiles(await buildProgram(folder));
      if (built !== published)
        throw new ProtocolError("PROGRAM_DIFFERS", {
          folder: folder,
          program: published,
          built,
        });
      cli.note("Module and manifest are these sources, byte for byte.");
      return { json: { program: published, folder, verified: true }, text: published };
    },
  );
}

/** Writes `module.mjs` and `manifest.json`. @throws ProtocolError FILE_UNREADABLE when one is there already */
export function writeProgram(folder: string, { module, manifest }: ProgramFiles): void {
  writeNew(join(folder, "module.mjs"), module);
  writeNew(join(folder, "manifest.json"), fromUtf8(manifest, "manifest"));
}
