/** A table judged without anything being sent, and a few of its places to look at. @module */
import type { TableSpec } from "../../../protocol/program.ts";
import { checkTable } from "../../sdk/csv.ts";
import { refusalOf, type Report } from "../../sdk/reader/faults.ts";
import { blocksFrom } from "../../sdk/rows.ts";
import { placesOf, type Point } from "../places.ts";
import { countedStream } from "./flow.ts";

/** Places shown on a map: enough to see where a country is, few enough to draw at once. */
const SAMPLE = 3000;
/** Of one block, so that all of a large file is seen. */
const SAMPLE_OF_BLOCK = 300;

export async function checkFile(
  work: { readonly spec: TableSpec; readonly maxClasses: number; readonly file: Blob },
  onBytes: (bytes: number) => void,
): Promise<{ report: Report; sample: readonly Point[] }> {
  const { spec, maxClasses, file } = work;
  let report: Report | undefined;
  const onReport = (read: Report): void => void (report = read);
  const sample: Point[] = [];
  try {
    const rows = countedStream(file, onBytes);
    const options = { onFault: "skip", maxClasses, onReport } as const;
    for await (const block of blocksFrom(spec, rows, options)) {
      const step = Math.max(1, Math.ceil(block.rows / SAMPLE_OF_BLOCK));
      if (sample.length < SAMPLE) sample.push(...placesOf(spec, block, step));
    }
  } catch {
    // Too few good rows, or the file as a whole: the report, or the throw, of a plain check says it.
    report = await checkTable(spec, countedStream(file, onBytes), { maxClasses });
    const refusal = refusalOf(report);
    if (!refusal) throw new Error("a table was refused and then was not");
  }
  return { report: report as unknown as Report, sample };
}
