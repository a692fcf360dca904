/** How fast something is, beside something else in the same run. @module */

const TURNS = 7;

export interface Figure {
  readonly name: string;
  /** What one unit of `rate` is. */
  readonly unit: string;
  /** Units a second. */
  readonly rate: number;
  readonly peer: string;
  /** Time of the subject over time of the peer; below 1 is faster. */
  readonly ratio: number;
}

export interface MeasureOptions {
  readonly turns?: number;
  readonly before?: () => Promise<unknown>;
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await run();
  return (performance.now() - from) / 1000;
}

/**
 * Times a subject and its peer by turns.
 * @param options.turns how often each; an odd number
 * @param options.before what the subject needs before its time begins
 */
export async function measure(
  name: string,
  work: { readonly amount: number; readonly unit: string },
  subject: () => Promise<unknown>,
  peer: string,
  peerRun: () => Promise<unknown>,
  { turns = TURNS, before = async () => undefined }: MeasureOptions = {},
): Promise<Figure> {
  await before();
  await subject();
  await peerRun();
  const times: number[] = [];
  const ratios: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    await before();
    const own = await seconds(subject);
    times.push(own);
    ratios.push(own / (await seconds(peerRun)));
  }
  return { name, unit: work.unit, rate: work.amount / median(times), peer, ratio: median(ratios) };
}
