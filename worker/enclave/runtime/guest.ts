/**
 * The process in which a program runs, entered with no permission but to read this file: no keys, no files, no network, no
 * children. It takes one call over IPC, answers once and is killed. (An isolate inside it comes with the runtime, issue 3 of 4.)
 * @module
 */
import type { Program, ProgramContext } from "../../../protocol/program.ts";
import { isProgramFailure } from "./outcome.ts";
import type { GuestAnswer, GuestCall } from "./outcome.ts";

// A program that asks for entropy would give every worker another result.
Math.random = () => {
  throw new TypeError("programs take randomness from context.seed");
};

process.once("message", (call: GuestCall) => {
  void answer(call).then((result) => process.send?.(result));
});

async function answer({ module, functionName, context }: GuestCall): Promise<GuestAnswer> {
  try {
    const url = `data:text/javascript;base64,${Buffer.from(module).toString("base64")}`;
    const loaded = (await import(url)) as { default: Program };
    const run = loaded.default[functionName];
    if (typeof run !== "function") return { failure: "FUNCTION_UNKNOWN" };
    return { proposal: run(context satisfies ProgramContext) };
  } catch (error) {
    // Only the code leaves: a message may hold rows.
    return { failure: isProgramFailure(error) ? error.code : "PROGRAM_THREW" };
  }
}
