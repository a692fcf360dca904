/** A program in words: what goes in, what may come out. @module */
import type { Hex } from "../../protocol/bytes.ts";
import { canonicalJson } from "../../protocol/json.ts";
import type { Manifest } from "../../protocol/program.ts";
import { functionInWords, tableInWords } from "../sdk/function-words.ts";
import { size } from "../sdk/units.ts";
import { columns, facts } from "./screen.ts";

/** @param bytes of its module */
export function programText(program: Hex, bytes: number, manifest: Manifest): string {
  const tables = manifest.tables.map((table) => [table.name, tableInWords(table)]);
  const functions = Object.entries(manifest.functions).map(([name, spec]) =>
    [
      name,
      ...functionInWords(spec, manifest).map((line) => `  ${line}`),
      `  Parameters: ${canonicalJson(spec.params)}`,
    ].join("\n"),
  );
  const { seconds, memoryMiB, outputBytes } = manifest.limits ?? {};
  const about = {
    program,
    name: `${manifest.name} ${manifest.version}`,
    module: `${size(bytes)} of JavaScript`,
    "raw rows": manifest.rows ? "yes: read the code before you join" : "no",
    ...(seconds !== undefined && { "longest run": `${seconds} s` }),
    ...(memoryMiB !== undefined && { memory: `${memoryMiB} MiB` }),
    ...(outputBytes !== undefined && { "largest answer": size(outputBytes) }),
  };
  const columnsOf = tables.length > 0 ? [columns(["table", "columns"], tables)] : [];
  return [facts(about), ...columnsOf, ...functions].join("\n\n");
}
