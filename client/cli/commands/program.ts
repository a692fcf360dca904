/** `cloister program ...`: code that members agree to run. @module */
import { existsSync, readFileSync } from "node:fs";
import { InvalidArgumentError, Option, type Command } from "commander";
import type { Hex } from "../../../protocol/bytes.ts";
import { utf8 } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { canonicalJson } from "../../../protocol/json.ts";
import { parseManifest } from "../../../protocol/manifest.ts";
import { hash, several } from "../arguments.ts";
import { readAnyJson, readText } from "../home.ts";
import { buildProgram } from "../../kit/build.ts";
import { hashFiles, type ProgramFiles } from "../../sdk/program.ts";
import { addAuthorVerbs, writeProgram } from "./program-author.ts";
import { allEvents } from "../../sdk/lists.ts";
import { noun } from "../noun.ts";
import { programText } from "../program-view.ts";
import { columns } from "../screen.ts";
import { withSession, type Session } from "../session.ts";
import { verb } from "../verb.ts";
import { EXAMPLE_HASH } from "./common.ts";

interface PublishOptions {
  readonly module?: string;
  readonly manifest?: string;
  readonly uri?: string;
  readonly worker?: readonly string[];
}

export function addProgram(cloister: Command): void {
  const program = noun(
    cloister,
    "program",
    "programs, by the hash of their code",
    `program inspect ${EXAMPLE_HASH}`,
  );

  verb(
    program,
    {
      usage: "publish [folder]",
      says: "put a program's hash on chain and its bytes on the workers",
      notes:
        "A folder with main.ts and manifest.json is built first; or give the built files: one ES module without imports, and the manifest.",
      examples: [
        "program publish my-program",
        "program publish --module program.mjs --manifest manifest.json",
      ],
      options: [
        new Option("--module <file>", "the bundled ES module"),
        new Option("--manifest <file>", "JSON"),
        new Option("--uri <uri>", "a hint where the source is"),
        new Option(
          "--worker <endpoint>",
          "give it to this worker; again for more; default: all",
        ).argParser(several(String)),
      ],
    },
    async (cli, options: PublishOptions, folder?: string) => {
      const files = await filesIn(folder, options);
      return withSession(cli, { needs: "account" }, async (session) => {
        const published = await session.client.program.publish(files, options.uri);
        const endpoints = options.worker ?? (await endpointsOf(session));
        const workers = await handTo(session, published, endpoints);
        for (const { endpoint, fault } of workers)
          if (fault !== undefined) cli.note(`${endpoint} has not taken it: ${fault}`);
        return { json: { program: published, workers }, text: published };
      });
    },
  );

  verb(
    program,
    { usage: "list", says: "programs that were ever published", examples: ["program list"] },
    async (cli) =>
      withSession(cli, {}, async ({ ctx }) => {
        const events = await allEvents(ctx, "programRegistry", "ProgramPublished");
        const programs = events.map(({ args, block }) => ({ ...args, block }));
        const rows = programs.map((entry) => [entry.program, String(entry.block), entry.uri]);
        return { json: { programs }, text: columns(["program", "block", "uri"], rows) };
      }),
  );

  verb(
    program,
    {
      usage: "inspect <program>",
      says: "show what a program takes and releases; write its code to be read",
      notes:
        "A hash, or a folder to build. The bytes of a hash come from workers and count only because they hash to the name.",
      examples: [
        `program inspect ${EXAMPLE_HASH} --out location-analytics`,
        "program inspect my-program",
      ],
      options: [new Option("--out <folder>", "write module.mjs and manifest.json there")],
    },
    async (cli, { out }: { out?: string }, asked) => {
      const files = existsSync(asked)
        ? await buildProgram(asked)
        : await withSession(cli, {}, async (session) =>
            session.client.program.get(hash(asked), await endpointsOf(session)),
          );
      const name = hashFiles(files);
      const manifest = parseManifest(files.manifest);
      if (out !== undefined) writeProgram(out, files);
      return {
        json: {
          program: name,
          bytes: files.module.length,
          manifest,
          ...(out !== undefined && { out }),
        },
        text: programText(name, files.module.length, manifest),
      };
    },
  );

  addAuthorVerbs(program);
}

/** The program of a folder, or of two files that were built already. */
async function filesIn(
  folder: string | undefined,
  { module, manifest }: PublishOptions,
): Promise<ProgramFiles> {
  if (folder !== undefined) return buildProgram(folder);
  if (module === undefined || manifest === undefined)
    throw new InvalidArgumentError("Name a folder, or --module and --manifest.");
  readText(module);
  const files = {
    module: readFileSync(module),
    manifest: utf8(canonicalJson(readAnyJson(manifest))),
  };
  parseManifest(files.manifest);
  return files;
}

/** Hands a program to each; one that is down does not keep the others from it. @throws ProtocolError when nobody took it */
async function handTo({ client }: Session, program: Hex, endpoints: readonly string[]) {
  const workers = await Promise.all(
    endpoints.map(async (endpoint) => {
      try {
        await client.program.upload(program, [endpoint]);
        return { endpoint };
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        return { endpoint, fault: error.message, error };
      }
    }),
  );
  const [first] = workers;
  if (first?.error && workers.every(({ error }) => error)) throw first.error;
  return workers.map(({ endpoint, fault }) => ({
    endpoint,
    taken: fault === undefined,
    ...(fault && { fault }),
  }));
}

async function endpointsOf({ client }: Session): Promise<string[]> {
  return (await client.worker.list()).map((worker) => worker.endpoint);
}
