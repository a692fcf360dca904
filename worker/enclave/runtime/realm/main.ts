/**
 * The first code in the isolate, before the program's. The guest's process calls its functions and holds references to
 * nothing else; in the other direction there is no reference at all: the isolate is asked, it cannot ask.
 *
 * The program shares this realm and may change every built-in in it. What leaves here is therefore a stranger's word, and
 * the process outside reads it as one.
 * @module
 */
import type { OutputCaps } from "../output-caps.ts";
import { Asks, type Answer, type Ask } from "./asks.ts";
import { contextOf, type IsolateCall } from "./context.ts";
import { strip } from "./globals.ts";
import { fixMath } from "./math.ts";
import { take, TooLarge, type Taken } from "./proposal.ts";
import { seedRandom } from "./random.ts";

/** How far the program is. */
export type Progress =
  | { readonly kind: "pending"; readonly asks: readonly Ask[] }
  | ({ readonly kind: "proposal" } & Taken)
  | { readonly kind: "threw"; readonly code?: string; readonly trace?: string }
  | { readonly kind: "function-unknown" }
  | { readonly kind: "too-large" };

const asks = new Asks();
let traced = false;
let progress: Progress | undefined;

/**
 * Turns the realm into a program's world.
 * @param traces whether errors may say where they came from: on mock data only
 */
export function prepare(traces: boolean): void {
  traced = traces;
  fixMath();
  strip(traces);
}

/** Before the program's module is evaluated: it may draw random numbers then already. */
export function seed(bytes: ArrayBuffer): void {
  seedRandom(new Uint8Array(bytes));
}

/**
 * Calls the program's function.
 * @param module its namespace
 * @param text an {@link IsolateCall} as JSON
 * @param caps {@link OutputCaps} as JSON
 */
export function start(
  module: { readonly default?: unknown },
  text: string,
  caps: string,
  ...buffers: readonly ArrayBuffer[]
): void {
  const call = JSON.parse(text) as IsolateCall;
  const settle = async (): Promise<Progress> => {
    const program = module.default as Record<string, unknown> | null | undefined;
    const run = program?.[call.functionName];
    if (typeof run !== "function") return { kind: "function-unknown" };
    const proposal: unknown = await run.call(program, contextOf(call, buffers, asks));
    return { kind: "proposal", ...take(proposal, JSON.parse(caps) as OutputCaps) };
  };
  const finish = async (): Promise<void> => {
    try {
      progress = await settle();
    } catch (error) {
      progress = error instanceof TooLarge ? { kind: "too-large" } : thrown(error);
    }
  };
  void finish();
}

/** How far the program is, now that it has nothing left to do by itself. */
export function poll(): Progress {
  return progress ?? { kind: "pending", asks: asks.fetch() };
}

/** Answers to what {@link poll} gave out, as JSON. */
export function resume(answers: string): void {
  asks.answer(JSON.parse(answers) as Answer[]);
}

function thrown(error: unknown): Progress {
  const fields = (typeof error === "object" && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly stack?: unknown;
  };
  const { code } = fields;
  return {
    kind: "threw",
    ...(typeof code === "string" && { code }),
    ...(traced && { trace: String(fields.stack ?? error) }),
  };
}
