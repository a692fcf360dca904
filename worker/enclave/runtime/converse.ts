/** One call, from its isolate's first step to its answer, in the guest's process. @module */
import type { OutputCaps } from "./output-caps.ts";
import { OutOfMemory, type ProgramIsolate } from "./isolate.ts";
import { KernelRoom } from "./kernels.ts";
import { isProgramReason, type GuestAnswer, type GuestCall, type StateAsk } from "./outcome.ts";
import { packProposal } from "./proposal-frame.ts";
import type { Answer, Ask } from "./realm/asks.ts";
import type { Progress } from "./realm/main.ts";

/** Answers in the order of the asks. */
export type AskState = (asks: readonly StateAsk[]) => Promise<readonly Answer[]>;
export interface GuestFrame {
  readonly json: GuestAnswer;
  readonly pieces?: readonly Uint8Array[];
}

/** Asks of one step that are too many to be answered in one frame. */
const MOST_ASKS = 10_000;

export async function converse(
  isolate: ProgramIsolate,
  call: GuestCall,
  caps: OutputCaps,
  askState: AskState,
): Promise<GuestFrame> {
  const kernels = new KernelRoom(call.facts);
  try {
    let progress = isolate.run(call, caps);
    while (progress.kind === "pending") {
      const { asks } = progress;
      // Nothing to do and nothing asked: the promise it waits for can never settle.
      if (asks.length === 0) return { json: { failure: "PROGRAM_THREW" } };
      if (asks.length > MOST_ASKS) return { json: { abstention: "LIMIT_OUTPUT" } };
      progress = isolate.resume(await answerAll(asks, kernels, askState));
    }
    return ending(progress, caps, kernels);
  } catch (error) {
    if (error instanceof OutOfMemory) return { json: { abstention: "LIMIT_MEMORY" } };
    throw error;
  }
}

async function answerAll(
  asks: readonly Ask[],
  kernels: KernelRoom,
  askState: AskState,
): Promise<readonly Answer[]> {
  const ofState = asks.filter(({ what }) => what.startsWith("state."));
  const answers = ofState.length > 0 ? await askState(ofState.map(stateAsk)) : [];
  const bySource = new Map(ofState.map((ask, i) => [ask, answers[i] as Answer]));
  return asks.map(
    (ask) => bySource.get(ask) ?? kernels.answer(ask.what.replace("kernels.", ""), ask.args[0]),
  );
}

const stateAsk = ({ what, args }: Ask): StateAsk => ({
  method: what.replace("state.", "") as StateAsk["method"],
  args: args as StateAsk["args"],
});

function ending(
  progress: Exclude<Progress, { kind: "pending" }>,
  caps: OutputCaps,
  kernels: KernelRoom,
): GuestFrame {
  if (progress.kind === "function-unknown") return { json: { failure: "FUNCTION_UNKNOWN" } };
  if (progress.kind === "too-large") return { json: { abstention: "LIMIT_OUTPUT" } };
  if (progress.kind === "threw") {
    const { code, trace } = progress;
    const failure = isProgramReason(code) ? code : "PROGRAM_THREW";
    return { json: { failure, ...(trace !== undefined && { trace }) } };
  }
  const { text, names, arrays } = progress;
  // The isolate counted already; but what it says is a stranger's word.
  const elements = arrays.reduce((sum, { length }) => sum + length, 0);
  if (text.length > caps.text || elements > caps.elements)
    return { json: { abstention: "LIMIT_OUTPUT" } };
  const fields = JSON.parse(text) as unknown;
  const proposal = names.length > 0 ? { ...(fields as object), ...zip(names, arrays) } : fields;
  return packProposal(kernels.exchange(proposal));
}

const zip = (names: readonly string[], arrays: readonly Uint32Array[]) =>
  Object.fromEntries(names.map((name, i) => [name, arrays[i]]));
