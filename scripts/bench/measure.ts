/** How fast something is, beside something else in the same run. @module */
import { readFileSync } from "node:fs";

const TURNS = 7;

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer: string;
  /** Cost of the subject over cost of the peer; below 1 is cheaper. */
  readonly ratio: number;
  /** The same of the processor time that child processes spent; a shared machine disturbs it less than the clock. */
  readonly cpuRatio?: number;
}

/** What a time means. */
export interface Unit {
  readonly name: string;
  of(seconds: number): number;
}
export const milliseconds: Unit = { name: "ms", of: (seconds) => 1000 * seconds };
export const perSecond = (amount: number, name: string): Unit => ({
  name: `${name}/s`,
  of: (seconds) => amount / seconds,
});

export interface MeasureOptions {
  /** How often each; an odd number. */
  readonly turns?: number;
  /** What the subject needs before its time begins. */
  readonly before?: () => Promise<unknown>;
  /** Whether both are child processes of this one, which it waits for. */
  readonly children?: boolean;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

interface Cost {
  readonly seconds: number;
  /** Processor time of child processes, in ticks of the system's clock; 0 where Linux does not say. */
  readonly ticks: number;
}

/** Fields 16 and 17 of `/proc/self/stat`; the second field, a name in brackets, may hold blanks. */
function childTicks(): number {
  if (process.platform !== "linux") return 0;
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[13]) + Number(fields[14]);
}

async function costOf(run: () => Promise<unknown>): Promise<Cost> {
  const [from, ticks] = [performance.now(), childTicks()];
  await run();
  return { seconds: (performance.now() - from) / 1000, ticks: childTicks() - ticks };
}

/** Measures a subject and its peer by turns, so that the machine's mood is the same for both. */
export async function measure(
  name: string,
  unit: Unit,
  subject: () => Promise<unknown>,
  peer: string,
  peerRun: () => Promise<unknown>,
  { turns = TURNS, before = async () => undefined, children = false }: MeasureOptions = {},
): Promise<Figure> {
  const costs: { own: Cost; peers: Cost }[] = [];
  // The first turn of code in this process is not like the others: it is compiled then.
  for (let turn = children ? 0 : -1; turn < turns; turn++) {
    await before();
    const cost = { own: await costOf(subject), peers: await costOf(peerRun) };
    if (turn >= 0) costs.push(cost);
  }
  const ticks = (of: (cost: (typeof costs)[number]) => Cost): number =>
    costs.reduce((sum, cost) => sum + of(cost).ticks, 0);
  const cpuRatio = ticks(({ own }) => own) / ticks(({ peers }) => peers);
  return {
    name,
    unit: unit.name,
    value: unit.of(median(costs.map(({ own }) => own.seconds))),
    peer,
    ratio: median(costs.map(({ own, peers }) => own.seconds / peers.seconds)),
    ...(children && Number.isFinite(cpuRatio) && { cpuRatio }),
  };
}
