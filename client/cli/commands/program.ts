/** `cloister program ...`: code that members agree to run. @module */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Option, type Command } from "commander";
import type { Hex } from "../../../protocol/bytes.ts";
import { fromUtf8, utf8 } from "../../../protocol/bytes.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { canonicalJson } from "../../../protocol/json.ts";
import { parseManifest } from "../../../protocol/manifest.ts";
import type { Manifest } from "../../../protocol/program.ts";
import { hash, several } from "../arguments.ts";
import { readAnyJson, readText, writeNew } from "../home.ts";
import { allEvents } from "../lists.ts";
import { noun } from "../noun.ts";
import { columns, facts, size } from "../screen.ts";
import { withSession, type Session } from "../session.ts";
import { verb } from "../verb.ts";
import { EXAMPLE_HASH } from "./common.ts";

interface PublishOptions {
  readonly module: string;
  readonly manifest: string;
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
      usage: "publish",
      says: "put a program's hash on chain and its bytes on the workers",
      notes:
        "One ES module without imports, and the manifest that says what goes in and what may come out.",
      examples: ["program publish --module program.mjs --manifest manifest.json"],
      options: [
        new Option("--module <file>", "the bundled ES module").makeOptionMandatory(),
        new Option("--manifest <file>", "JSON").makeOptionMandatory(),
        new Option("--uri <uri>", "a hint where the source is"),
        new Option(
          "--worker <endpoint>",
          "give it to this worker; again for more; default: all",
        ).argParser(several(String)),
      ],
    },
    async (cli, options: PublishOptions) => {
      readText(options.module);
      const module = readFileSync(options.module);
      const manifest = utf8(canonicalJson(readAnyJson(options.manifest)));
      parseManifest(manifest);
      return withSession(cli, { needs: "account" }, async (session) => {
        const published = await session.client.program.publish({ module, manifest }, options.uri);
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
      notes: "The bytes come from workers and count only because they hash to the name.",
      examples: [`program inspect ${EXAMPLE_HASH} --out location-analytics`],
      options: [new Option("--out <folder>", "write module.mjs and manifest.json there")],
    },
    async (cli, { out }: { out?: string }, text) => {
      const name = hash(text);
      return withSession(cli, {}, async (session) => {
        const files = await session.client.program.get(name, await endpointsOf(session));
        const manifest = parseManifest(files.manifest);
        if (out !== undefined) {
          writeNew(join(out, "module.mjs"), files.module);
          writeNew(join(out, "manifest.json"), fromUtf8(files.manifest, "manifest"));
        }
        return {
          json: {
            program: name,
            bytes: files.module.length,
            manifest,
            ...(out !== undefined && { out }),
          },
          text: describe(name, files.module.length, manifest),
        };
      });
    },
  );
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

function describe(program: Hex, bytes: number, manifest: Manifest): string {
  const tables = manifest.tables.map(({ name, columns: all }) => [
    name,
    all
      .map((column) => `${column.name} ${column.type}${column.optional ? " (optional)" : ""}`)
      .join(", "),
  ]);
  const functions = Object.entries(manifest.functions).map(([name, spec]) => [
    name,
    spec.reads.join(", "),
    spec.release.kind,
    JSON.stringify(spec.params),
  ]);
  const about = {
    program,
    name: `${manifest.name} ${manifest.version}`,
    module: `${size(bytes)} of JavaScript`,
    "raw rows": manifest.rows ? "yes: read the code before you join" : "no",
  };
  return [
    facts(about),
    columns(["table", "columns"], tables),
    columns(["function", "reads", "releases", "parameters (JSON Schema)"], functions),
  ].join("\n\n");
}
