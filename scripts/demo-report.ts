/** What the demo shows at its end: results, gas, and who saw what. @module */
import type { Json } from "../protocol/json.ts";
import type { Telco } from "./demo-telcos.ts";
import { loadPlaces } from "./places.ts";
import { count, say, style, table } from "./screen.ts";

/** Output of `cluster`. */
export interface Clusters {
  readonly rows: number;
  readonly centres: readonly { latitude: number; longitude: number; size: number }[];
}
/** Output of `classify`. */
interface Classes {
  readonly rows: number;
  readonly classes: readonly { label: string; rows: number }[];
  readonly other: number;
  readonly holdout: { readonly rows: number; readonly accuracy: number };
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

export async function showTowers(output: Json): Promise<void> {
  const { rows, centres } = output as unknown as Clusters;
  const nameOf = await loadPlaces();
  table([
    ["tower", "near", "latitude", "longitude", "customers", "share"],
    ...centres.map(({ latitude, longitude, size }, i) => [
      String(i + 1),
      nameOf(latitude, longitude),
      latitude.toFixed(3),
      longitude.toFixed(3),
      count(size),
      percent(size, rows),
    ]),
  ]);
}

export function showClasses(output: Json): void {
  const { rows, classes, other, holdout } = output as unknown as Classes;
  table([
    ["class (synthetic)", "customers", "share"],
    ...classes.map(({ label, rows: size }) => [label, count(size), percent(size, rows)]),
    ...(other > 0 ? [["other", count(other), percent(other, rows)]] : []),
  ]);
  say(
    style(
      "dim",
      `    accuracy ${percent(holdout.accuracy, 1)} on ${count(holdout.rows)} held-out rows`,
    ),
  );
}

const rowsOf = ({ files }: Telco): number => files.locationsCsv.trimEnd().split("\n").length - 1;

/** The closing table. Simulated operators are named for what they could have done. */
export function whoSawWhat(telcos: readonly Telco[]): void {
  table([
    ["who", "saw", "did not see"],
    ...telcos.map((telco) => [
      telco.name,
      `its own ${count(rowsOf(telco))} customers, both results`,
      "any row of the others",
    ]),
    ["the chain", "hashes, terms, questions, signatures", "any row, any result"],
    ["the auditor", "the chain and the public program", "any row, any result"],
    [
      "workers' operators",
      "ciphertext, sizes, who asks and when",
      "with a TEE: any row, any result",
    ],
  ]);
  say(
    style("yellow", "    SIMULATED workers: nothing kept their operators from reading every row."),
  );
}

/** Mean gas of each kind of transaction the telcos sent, and the whole chain's. */
export function showGas(telcos: readonly Telco[], total: number): void {
  const byMethod = new Map<string, bigint[]>();
  for (const { method, gasUsed } of telcos.flatMap((telco) => telco.sent))
    byMethod.set(method, [...(byMethod.get(method) ?? []), gasUsed]);
  const means = [...byMethod].map(([method, all]) => {
    const mean = all.reduce((sum, gas) => sum + gas, 0n) / BigInt(all.length);
    return `${method} ${Math.round(Number(mean) / 1000)}k`;
  });
  say(style("dim", `\n    gas ${count(total)} in all; ${means.join(", ")}`));
}
