/** Files of the demo: what each party keeps, and what an auditor can check later. @module */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AuditReport } from "../protocol/audit.ts";
import type { Receipt } from "../protocol/receipt.ts";
import type { Clusters } from "./demo-report.ts";
import type { Answer } from "./demo-task.ts";
import type { Telco } from "./demo-telcos.ts";
import { loadPlaces } from "./places.ts";

export interface Audited {
  readonly report: AuditReport;
  readonly receipt: Receipt;
}

/** Writes `towers.geojson`, `receipts/<task>.json`, `audits/<task>.json` and `results/<telco>-<task>.json`, over older ones. */
export async function writeOutputs(
  folder: string,
  telcos: readonly Telco[],
  answers: readonly Answer[],
  audits: readonly Audited[],
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const write = async (name: string, value: unknown) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
  };
  for (const { report, receipt } of audits) {
    await write(`receipts/${report.task}.json`, receipt);
    await write(`audits/${report.task}.json`, report);
  }
  for (const { id, asked, output } of answers)
    for (const { name } of telcos)
      await write(`results/${name}-${id}.json`, { task: id, ...asked, output });
  const clustered = answers.find((answer) => answer.asked.function === "cluster");
  if (clustered)
    await write("towers.geojson", await towers(clustered.output as unknown as Clusters));
}

/** GeoJSON (RFC 7946) of the released centres. */
async function towers({ centres }: Clusters) {
  const nameOf = await loadPlaces();
  return {
    type: "FeatureCollection",
    features: centres.map(({ latitude, longitude, size }, i) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [longitude, latitude] },
      properties: { tower: i + 1, customers: size, near: nameOf(latitude, longitude) },
    })),
  };
}
