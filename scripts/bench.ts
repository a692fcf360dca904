/**
 * `npm run bench`: how fast, as ratios against a peer measured in the same run, so that the machine's mood cancels out. The median
 * of several turns, peer and subject by turns.
 *
 *   npm run bench -- [--full] [--json]      --full: 1,000 changes of a state; --json: the figures on stdout as JSON too
 * @module
 */
import { parseArgs } from "node:util";
import type { Figure } from "./bench/measure.ts";
import { runtimeFigures } from "./bench/runtime.ts";
import { sealingFigures } from "./bench/sealing.ts";
import { stateFigures } from "./bench/state.ts";

const CHANGES = 31;
const CHANGES_IN_FULL = 1000;

const { values: options } = parseArgs({
  options: { full: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});
const changes = options.full ? CHANGES_IN_FULL : CHANGES;
const figures: Figure[] = [];
for (const part of [sealingFigures(), runtimeFigures(), stateFigures(changes)])
  for await (const figure of part) {
    figures.push(figure);
    process.stderr.write(`${lineOf(figure)}\n`);
  }
if (options.json) process.stdout.write(`${JSON.stringify({ figures })}\n`);

function lineOf({ name, value, unit, ratio, peer, cpuRatio }: Figure): string {
  const amount = `${value.toFixed(value < 1000 ? 1 : 0).padStart(9)} ${unit.padEnd(10)}`;
  const cpu = cpuRatio === undefined ? "" : `, processor time ${cpuRatio.toFixed(2)} x`;
  return `${name.padEnd(32)} ${amount} ${ratio.toFixed(3)} x ${peer}${cpu}`;
}
