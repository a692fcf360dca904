/** Tables of a party: read and judged here, before anything leaves. @module */
import { utf8, type Hex } from "../../protocol/bytes.ts";
import { failures, ProtocolError } from "../../protocol/errors.ts";
import { canonicalJson } from "../../protocol/json.ts";
import { parseManifest, tableOf } from "../../protocol/manifest.ts";
import { parsePolicy } from "../../protocol/policy.ts";
import type { Manifest } from "../../protocol/program.ts";
import { sayFault } from "../../protocol/row-fault.ts";
import { checkTable, errorsCsv } from "../sdk/csv.ts";
import { refusalOf, type Report } from "../sdk/reader/faults.ts";
import type { Cli } from "./cli.ts";
import { readAnyJson, writeNew } from "./home.ts";
import { facts } from "./screen.ts";
import { withSession } from "./session.ts";
import { openSource } from "./source.ts";
import type { Answer } from "./verb.ts";

/** Faults shown on the screen; all of the report are in JSON and in `--report`. */
const SHOWN_FAULTS = 10;

export interface CheckOptions {
  readonly table: string;
  readonly contract?: Hex;
  readonly manifest?: string;
  readonly report?: string;
}

/** Reads a file and sends nothing. @throws ProtocolError FILE_UNREADABLE, and the reader's own about the file as a whole */
export async function check(cli: Cli, options: CheckOptions, file: string): Promise<Answer> {
  const { manifest, maxClasses } = await rulesFor(cli, options);
  const { spec } = tableOf(manifest, options.table);
  const { bytes } = await openSource(file);
  const report = await checkTable(spec, bytes, maxClasses === undefined ? {} : { maxClasses });
  writeReport(report, options.report);
  const refusal = refusalOf(report);
  const text = facts({
    file,
    table: spec.name,
    rows: report.rows,
    "bad rows": report.skipped,
    columns: columnsOf(report),
  });
  return {
    json: { file, table: spec.name, ok: !refusal, ...report },
    text: [text, ...faultLines(report)].join("\n"),
    exit: refusal ? failures[refusal.code].exit : 0,
  };
}

interface Rules {
  readonly manifest: Manifest;
  readonly maxClasses?: number;
}

async function rulesFor(cli: Cli, { manifest, contract }: CheckOptions): Promise<Rules> {
  if (manifest !== undefined)
    return { manifest: parseManifest(utf8(canonicalJson(readAnyJson(manifest)))) };
  if (contract === undefined)
    throw new ProtocolError("USAGE", { what: "say --contract or --manifest" });
  return withSession(cli, {}, async ({ client }) => {
    const { collaboration, terms } = await client.contract.get(contract);
    const { maxClasses } = parsePolicy(terms.policy);
    return { manifest: parseManifest(utf8(collaboration.manifest)), maxClasses };
  });
}

/** Each bad row as a line of a CSV file. */
export function writeReport(report: Report, file: string | undefined): void {
  if (file !== undefined) writeNew(file, errorsCsv(report));
}

/** Which column of the file was taken for which. */
export const columnsOf = ({ columns }: Report): string =>
  Object.entries(columns)
    .map(([name, found]) => (name === found ? name : `${name} (${found})`))
    .join(", ");

/** The first bad rows, for people. */
export function faultLines({ faults }: Report): string[] {
  const lines = faults.slice(0, SHOWN_FAULTS).map(sayFault);
  const more = faults.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more: --report FILE`] : lines;
}
